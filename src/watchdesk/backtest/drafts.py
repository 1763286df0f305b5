"""A rule that is tried without being saved: what somebody typed → a rule, or what is wrong with it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from watchdesk.config.places import ASKED_QUERY, Place, Problem, Problems, Severity, did_you_mean
from watchdesk.errors import UsageError
from watchdesk.rules import Query, Rule
from watchdesk.rules.language.mistakes import Mistake
from watchdesk.rules.language.parse import parse
from watchdesk.rules.language.syntax import Words

DRAFT = "query"
"""The id of the rule in results."""
LONGEST = 50_000
"""Characters that its query and its `exclude` may have together."""
_NEVER = "never:"
_MOST_SHOWN = 60

Lists = Mapping[str, Sequence[Words]]


@dataclass(frozen=True, slots=True)
class Sources:
    """Which sources a rule reads, by ids and `tag:NAME`; as `sources` of a rule has it."""

    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Sources":
        """Names in one line, such as `tag:wire, reuters, never:tag:sport`."""
        names = dict.fromkeys(name for name in re.split(r"[\s,]+", text) if name)
        return cls(
            tuple(name for name in names if not name.startswith(_NEVER)),
            tuple(name.removeprefix(_NEVER) for name in names if name.startswith(_NEVER)),
        )

    def __str__(self) -> str:
        return ", ".join([*self.only, *(f"{_NEVER}{name}" for name in self.never)])


@dataclass(frozen=True, slots=True)
class Draft:
    """The keys of a rule as somebody typed them."""

    query: str
    exclude: str = ""
    sources: Sources = Sources()
    at_least: float = 0.0

    def __post_init__(self) -> None:
        """Raises `UsageError` where it is too long, or `at_least` is no score."""
        if len(self.query) + len(self.exclude) > LONGEST:
            raise UsageError(f"a query may have {LONGEST:,} characters here, with its `exclude`")
        if not 0 <= self.at_least <= 1:
            raise UsageError("`at_least` must be a number from 0 to 1")


@dataclass(frozen=True, slots=True)
class Known:
    """What a draft may name."""

    lists: Lists
    source_ids: Collection[str] | None = None
    """None: unknown."""
    source_tags: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft that was read."""

    rule: Rule | None
    """None where there is a mistake."""
    problems: tuple[Problem, ...]
    """Mistakes and warnings, with places in `query`, `exclude` and `sources`."""

    @property
    def mistakes(self) -> Sequence[Problem]:
        """What has to be mended before it can be asked."""
        return [problem for problem in self.problems if problem.severity is Severity.ERROR]


def check_draft(draft: Draft, known: Known, *, lint: bool = False) -> Checked:
    """The draft as a rule with the id `DRAFT`. `lint`: with warnings of what says nothing."""
    problems = Problems()
    query = _query(ASKED_QUERY, draft.query, known.lists, problems)
    exclude = _query("exclude", draft.exclude, known.lists, problems) if draft.exclude.strip() else None
    for name in (*draft.sources.only, *draft.sources.never):
        _check_source(name, known, problems)
    rule = None
    if query is not None and not problems.errors:
        title = " ".join(draft.query.split())
        rule = Rule(
            DRAFT,
            title if len(title) <= _MOST_SHOWN else f"{title[:_MOST_SHOWN]}…",
            query,
            Place(ASKED_QUERY, 1, 1, ""),
            exclude=exclude,
            only=frozenset(draft.sources.only),
            never=frozenset(draft.sources.never),
            at_least=draft.at_least,
        )
        if lint:
            _lint(rule, known, problems)
    return Checked(rule, tuple(problems))


def rule_of(draft: Draft, known: Known) -> Rule:
    """The draft as a rule. Raises `ConfigurationError` with every mistake in it."""
    checked = check_draft(draft, known)
    problems = Problems()
    for mistake in checked.mistakes:
        problems.note(mistake)
    problems.raise_if_errors()
    assert checked.rule is not None
    return checked.rule


def as_other(rule: Rule) -> Rule:
    """A rule that a draft is compared with, under an id that is not the draft's."""
    return replace(rule, id="against") if rule.id == DRAFT else rule


def _query(name: str, text: str, lists: Lists, problems: Problems) -> Query | None:
    parsed = parse(text, lists)
    for mistake in parsed.mistakes:
        _note(name, text, mistake, problems)
    return Query(text, parsed.node, lists) if parsed.node is not None else None


def _note(name: str, text: str, mistake: Mistake, problems: Problems) -> None:
    line = text.count("\n", 0, mistake.offset)
    start = text.rfind("\n", 0, mistake.offset) + 1
    place = Place(name, line + 1, mistake.offset - start + 1, text.split("\n")[line])
    problems.note(Problem(place, mistake.message, mistake.hint, mistake.severity))


def _check_source(name: str, known: Known, problems: Problems) -> None:
    tag = name.removeprefix("tag:") if name.startswith("tag:") else None
    there = known.source_ids if tag is None else known.source_tags
    if there is not None and (name if tag is None else tag) not in there:
        what = f"there is no source '{name}'" if tag is None else f"no source has the tag '{tag}'"
        problems.error(Place("sources", 1, 1), what, did_you_mean(tag or name, sorted(there)))


def _lint(rule: Rule, known: Known, problems: Problems) -> None:
    from watchdesk.rules.lint import lint_exclude, lint_query  # noqa: PLC0415 - only the page warns

    names = (), known.source_ids, known.source_tags
    for mistake in lint_query(rule.query, *names):
        _note(ASKED_QUERY, rule.query.text, mistake, problems)
    if rule.exclude:
        for mistake in (*lint_query(rule.exclude, *names), *lint_exclude(rule.query, rule.exclude)):
            _note("exclude", rule.exclude.text, mistake, problems)
