"""A watch rule as its file declares it, checked and ready, and its match with an article."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from watchdesk.config.places import Place
from watchdesk.model import Article, Match, Priority, RuleLabel
from watchdesk.rules.matching.limits import MOST_STEPS, Work
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.matching.score import score_of
from watchdesk.rules.query import Query, make_match

_NEARLY_ALL = MOST_STEPS - MOST_STEPS // 1_000
"""With as many steps left, `holds` would not run out either, though it asks parts again at each level."""

NO_NAMES: frozenset[str] = frozenset()
"""One for all rules: Python makes a new empty set each time."""


@dataclass(frozen=True, slots=True)
class Example:
    """One of a rule's own tests: an article in short, or a file that holds one."""

    place: Place
    title: str = ""
    text: str = ""
    language: str | None = None
    source: str | None = None
    file: Path | None = None

    @property
    def shown(self) -> str:
        """How lists show it."""
        if self.file:
            return self.file.name
        return " / ".join(part for part in (self.title, " ".join(self.text.split())) if part)


@dataclass(frozen=True, slots=True)
class Rule:
    """A question asked of every new article."""

    id: str
    title: str
    query: Query
    place: Place
    exclude: Query | None = None
    languages: frozenset[str] = NO_NAMES
    only: frozenset[str] = NO_NAMES
    """Source ids and `tag:NAME`; empty for every source."""
    never: frozenset[str] = NO_NAMES
    at_least: float = 0.0
    priority: Priority = Priority.NORMAL
    tags: frozenset[str] = NO_NAMES
    backfill: timedelta | None = None
    """How far back it looks in the archive once, when it is new or asks something else; None: not at all."""
    owner: tuple[str, ...] = ()
    """Channels of those who look after it."""
    folder: str = ""
    """Of rules/, that it stands in; empty for a rule of a file directly in rules/."""
    matching_examples: tuple[Example, ...] = ()
    ignored_examples: tuple[Example, ...] = ()

    @property
    def label(self) -> RuleLabel:
        """What a digest needs to know of it."""
        return RuleLabel(self.id, self.title, self.priority, self.tags)

    def reads(self, language: str | None) -> bool:
        """Whether it is for articles of this language, with or without a region; None is for every rule."""
        return not self.languages or not language or _of(language) in self.languages

    def obstacle(self, article: Article) -> str | None:
        """Why the article is not for this rule, whatever it says; None when it is.

        An article whose language is unsure is for rules of every language.
        """
        if not self.reads(article.language):
            return (
                f"the article is in '{_of(article.language)}', and the rule reads {_listed(self.languages)}"
            )
        names = {article.source_id, *(f"tag:{tag}" for tag in article.source_tags)}
        if self.only and not names & self.only:
            return f"it comes from '{article.source_id}', and the rule reads only {_listed(self.only)}"
        refused = names & self.never
        if refused:
            return f"it comes from '{article.source_id}', and the rule never reads {_listed(refused)}"
        return None


def match_of(rule: Rule, reading: Reading) -> Match | None:
    """The match; None when the rule does not match. Stops as soon as it can; `explaining.judge` agrees."""
    return what_matched(rule, reading) if _finds(rule, reading) else None


def matches(rule: Rule, reading: Reading, *, likely: bool = False) -> bool:
    """Whether there is a match; cheaper than `match_of`, which also makes a snippet and names every place.

    `likely`: it is expected, so that it pays to ask for the score at once.
    """
    if not rule.at_least:
        return _finds(rule, reading)
    if rule.obstacle(reading.article) or not (likely or _finds(rule, reading)):
        return False
    reading.work = Work()
    outcome = rule.query.find(reading)
    found = outcome.ok and not (rule.exclude and rule.exclude.holds(reading))
    if reading.work.left < _NEARLY_ALL:
        found = _finds(rule, reading)
    return found and score_of(outcome, reading) >= rule.at_least


def _finds(rule: Rule, reading: Reading) -> bool:
    """Whether the rule matches, if its score is high enough."""
    reading.work = Work()
    if rule.obstacle(reading.article) or not rule.query.holds(reading):
        return False
    return not (rule.exclude and rule.exclude.holds(reading))


def what_matched(rule: Rule, reading: Reading) -> Match | None:
    """As `match_of`, for a rule whose query is known to hold: only the score can still be too low."""
    reading.work = Work()
    match = make_match(rule.id, rule.query.find(reading), reading)
    return match if match.score >= rule.at_least else None


def _of(language: str | None) -> str:
    """The language without its region."""
    return (language or "").partition("-")[0].lower()


def _listed(names: frozenset[str] | set[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))
