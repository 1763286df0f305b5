"""What a process of the playground is asked, and what it answers: values that go through a pipe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from watchdesk.config.places import Problem
from watchdesk.rules import Query

if TYPE_CHECKING:  # the service, which starts with these messages, sends none until somebody asks
    from watchdesk.backtest.changes import Tally
    from watchdesk.backtest.drafts import Draft
    from watchdesk.documents.near_rules import NearRule
    from watchdesk.documents.rule_answers import Answers
    from watchdesk.documents.rule_view import RuleView
    from watchdesk.rules import Explanation

Marks = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Begin:
    """The first message: which desk it is. Sent again once other files are in force."""

    configuration: Path
    state: Path
    storage: str
    zone: ZoneInfo
    source_ids: frozenset[str]
    source_tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a draft can be asked. Answer: `Said`."""

    draft: "Draft"


@dataclass(frozen=True, slots=True)
class Search:
    """What a draft finds. Answers: `Said`, `Found` again and again if it can be asked, and `Near`."""

    draft: "Draft"
    since: timedelta
    against: str = ""
    """The id of a rule that it is compared with, or a query if `against_is_query`; empty: nothing."""
    against_is_query: bool = False
    shown: int = 50
    """Kept, new and lost matches each that are given in full."""
    seconds: float = 20.0
    """After so many it ends as far as it is."""
    tells: bool = True
    """Whether it tells what it has found while it goes on."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """As `Search`, or what rules of the files find. Answer: `Document`."""

    search: Search | None
    rule_ids: tuple[str, ...] = ()
    since: timedelta = timedelta(days=30)
    seconds: float = 15.0


@dataclass(frozen=True, slots=True)
class Explain:
    """Why a draft matches a stored article, or why not. Answer: `Explained`."""

    draft: "Draft"
    article_id: int


@dataclass(frozen=True, slots=True)
class TakeAway:
    """The draft as a rule of a file. Answer: `Taken`."""

    draft: "Draft"
    title: str
    marks: Mapping[int, bool]
    """Articles that are to be examples, by id: whether they should match."""


@dataclass(frozen=True, slots=True)
class TryArticle:
    """A text, or the page at an address, asked a draft; without one, the rules of the files.

    Answer: `Document`.
    """

    text: str = ""
    address: str = ""
    source: str | None = None
    draft: "Draft | None" = None


@dataclass(frozen=True, slots=True)
class AskRules:
    """What the rules of the files say of a stored article (`answers_of`). Answer: `RulesSay`."""

    article_id: int
    most: int | None
    """Matches that are wanted, the best ones; None: all."""
    others_from: str | None
    shows_others: bool
    patience: float
    """Seconds that it may take to find out why rules do not match."""


@dataclass(frozen=True, slots=True)
class AskRule:
    """Why a rule of the files matches a stored article, or why not. Answer: `RuleSays`."""

    rule_id: str
    article_id: int


@dataclass(frozen=True, slots=True)
class ViewRule:
    """What a rule of the files found lately, and by which words. Answer: `Viewed`."""

    rule_id: str
    now: datetime


@dataclass(frozen=True, slots=True)
class LookNear:
    """What a rule of the files nearly found. Answer: `Nearly`."""

    rule_id: str
    now: datetime
    budget: float
    """Seconds of the processor."""


@dataclass(frozen=True, slots=True)
class CountHabits:
    """How the rules of the files behaved. Answer: `Document`, that of `rules --json`."""

    now: datetime
    since: timedelta


@dataclass(frozen=True, slots=True)
class Parse:
    """A query that names lists of the files. Answer: `Parsed`."""

    query: str


Request = (
    Check
    | Search
    | Backtest
    | Explain
    | TakeAway
    | TryArticle
    | AskRules
    | AskRule
    | ViewRule
    | LookNear
    | CountHabits
    | Parse
)


@dataclass(frozen=True, slots=True)
class Row:
    """An article in a list."""

    id: int
    title: str
    title_marks: Marks
    url: str | None
    source: str
    first_seen: datetime
    kind: str
    """`new`, `kept`, `lost` or `near`."""
    score: float | None = None
    text: str = ""
    """The snippet of a match, or why there is none."""
    marks: Marks = ()
    published: datetime | None = None
    """None: it says no date."""
    part: str = ""
    """Of a near miss: the part that it fails by."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is wrong with a draft, or deserves a look."""

    problems: tuple[Problem, ...]
    usable: bool


@dataclass(frozen=True, slots=True)
class Found:
    """How far a search is."""

    total: "Tally"
    by_day: "Mapping[date, Tally]"
    by_source: "Sequence[tuple[str, Tally]]"
    """The sources with the most matches."""
    sources: int
    rows: Sequence[Row]
    """The newest matches."""
    lost: Sequence[Row]
    """The newest that only the rule it is compared with finds."""
    days: tuple[date, ...]
    """All days that were asked for, the oldest first."""
    articles: int
    """How many the archive has of them."""
    read: int
    reached: datetime | None
    """How far back it has read."""
    since: datetime
    seconds: float
    is_whole: bool
    """Whether all was read."""
    is_over: bool
    """Whether it goes no further."""


@dataclass(frozen=True, slots=True)
class Near:
    """The near misses, after the search."""

    rows: Sequence[Row]
    is_whole: bool
    """Whether all articles were asked that may be one."""


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation, in the words of `watchdesk explain`."""

    row: Row
    matched: bool
    text: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A marked article that cannot be an example."""

    title: str
    should_match: bool
    because: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The rule as YAML."""

    rule_id: str
    yaml: str
    left_out: Sequence[LeftOut]


@dataclass(frozen=True, slots=True)
class Document:
    """As the command prints it with `--json`."""

    document: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be done as asked; `said` is for whoever asked."""

    said: str
    is_ours: bool = False
    """Whether the desk is at fault, and not what was asked."""
    of_files: bool = False
    """Whether the files of the desk have to be mended first."""
    trouble: str = ""
    """For the log."""


@dataclass(frozen=True, slots=True)
class RulesSay:
    """What the rules say of an article."""

    answers: "Answers"
    version: bytes
    """Of the rules that were asked (`RuleSet.version`)."""


@dataclass(frozen=True, slots=True)
class RuleSays:
    """What one rule says of an article."""

    explanation: "Explanation"
    version: bytes


@dataclass(frozen=True, slots=True)
class Viewed:
    """What a rule found."""

    view: "RuleView"
    version: bytes


@dataclass(frozen=True, slots=True)
class Nearly:
    """What a rule nearly found."""

    near: "NearRule"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query with the lists that it names, or what is wrong with it."""

    query: Query | None
    mistakes: str = ""


Reply = (
    Said
    | Found
    | Near
    | Explained
    | Taken
    | Document
    | Refused
    | RulesSay
    | RuleSays
    | Viewed
    | Nearly
    | Parsed
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The files are read first, which may take long. It is said once, and nothing stops it."""


@dataclass(frozen=True, slots=True)
class Done:
    """There are no more replies to the request."""


@dataclass(frozen=True, slots=True)
class Stop:
    """To the process: nobody waits for the answer any more."""
