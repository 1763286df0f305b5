"""One rule as its page and the API show it: how much it finds, from where, by which words, what lately."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from watchdesk.backtest import Habit, Part, Window, brought, habits
from watchdesk.backtest.alone import groups
from watchdesk.digesting.languages import unread_rules
from watchdesk.documents.articles import ReferenceDocument, reference_document
from watchdesk.documents.labels import Precision, precision_of
from watchdesk.documents.rules import HabitDocument, rule_document
from watchdesk.documents.silences import RuleSilenceDocument, silence_document
from watchdesk.documents.words import utc_text
from watchdesk.model import Silence
from watchdesk.model.archive import Archived, RuleMatch
from watchdesk.plan import Configured
from watchdesk.ports import Store
from watchdesk.rules import Rule, RuleSet

WATCHED = timedelta(days=90)
MOST_READ = 500
"""Matches that are read for their sources and words, the newest."""
LATEST = 10


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule in the last 90 days."""

    rule: Rule
    habit: Habit
    """By the newest matches, where there are more than are read."""
    window: Window
    days: Sequence[tuple[date, int]]
    """News articles that it found, by day, the oldest first."""
    total: int
    """Matches."""
    read: int
    """The newest matches, by which `sources` and `words` were counted."""
    sources: Sequence[Part]
    words: Sequence[Part]
    """The words that alone brought matches."""
    has_choices: bool
    """Whether its query has alternatives at all."""
    latest: Sequence[RuleMatch]
    silences: Sequence[tuple[Silence, int]]
    """Those in force, and how many articles each holds back."""
    said: Precision
    """By readers, of its matches."""


class MatchDocument(ReferenceDocument):
    """An article that the rule found."""

    matched_at: str | None
    score: float
    snippet: str
    standing: str | None
    """news: it may alert; else why it does not."""


class RuleDetailDocument(HabitDocument):
    """A rule, how it behaved in the last 90 days, and what it found lately."""

    query: str
    exclude: str | None
    file: str
    line: int
    days: dict[str, int]
    """News articles that it found, by day; days without any are left out."""
    total: int
    """Matches of the 90 days."""
    read: int
    """The newest of them, by which sources and words were counted."""
    by_source: dict[str, int]
    by_word: dict[str, int]
    """The words that alone brought matches, and how many: they would be lost without it."""
    latest: list[MatchDocument]
    silences: list[RuleSilenceDocument]


def read_rule(rule: Rule, configured: Configured, store: Store, now: datetime, zone: ZoneInfo) -> RuleView:
    """Reads what is stored of the rule."""
    since = now - WATCHED
    found = store.rule_matches(rule.id, since, MOST_READ)
    total = store.match_totals([rule.id], since).get(rule.id, 0)
    sources, words = brought(rule, [(one.article, one.match.spans) for one in found])
    habit, window = _habit(rule, configured, store, found, now, zone)
    silent = [one for one in store.silences(now) if one.rule_id == rule.id and one.until > now]
    return RuleView(
        rule,
        habit,
        window,
        found_by_day(rule.id, store, now, zone),
        total,
        len(found),
        sources,
        words,
        bool(groups(rule.query)),
        found[:LATEST],
        [(one, store.held_back(one)) for one in silent],
        precision_of(rule.id, store),
    )


def found_by_day(rule_id: str, store: Store, now: datetime, zone: ZoneInfo) -> Sequence[tuple[date, int]]:
    """News articles that the rule found in the last 90 days, by day, the oldest first."""
    quarters = store.match_counts([rule_id], [(now - WATCHED, now)]).get(rule_id, {})
    by_day: Counter[date] = Counter()
    for moment, count in quarters.items():
        by_day[moment.astimezone(zone).date()] += count
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=ago) for ago in reversed(range(WATCHED.days))]
    return [(day, by_day[day]) for day in days]


def _habit(
    rule: Rule,
    configured: Configured,
    store: Store,
    found: Sequence[RuleMatch],
    now: datetime,
    zone: ZoneInfo,
) -> tuple[Habit, Window]:
    """Since the oldest match that was read, where there are more."""
    since = found[-1].matched_at if len(found) == MOST_READ else now - WATCHED
    window = Window(since, now, zone, store.oldest_article(since))
    archived = [Archived(one.article, {}, {rule.id: one.match.spans}) for one in found]
    last = {rule.id: found[0].matched_at} if found else store.last_matches()
    (habit, *_) = habits(
        archived,
        RuleSet((rule,), configured.rules.lists),
        window,
        store.article_count(since),
        {rule.id: last[rule.id]} if rule.id in last else {},
        unread_rules(configured.rules, store, now),
    )
    return habit, window


def rule_detail(view: RuleView) -> RuleDetailDocument:
    """One rule, as the API gives it."""
    rule = view.rule
    return {
        **rule_document(view.habit, view.window, view.said),
        "query": rule.query.text,
        "exclude": rule.exclude.text if rule.exclude else None,
        "file": rule.place.file,
        "line": rule.place.line,
        "days": {str(day): count for day, count in view.days if count},
        "total": view.total,
        "read": view.read,
        "by_source": {part.name: part.matches for part in view.sources},
        "by_word": {part.name: part.matches for part in view.words},
        "latest": [_match_document(one) for one in view.latest],
        "silences": [silence_document(one, held) for one, held in view.silences],
    }


def _match_document(one: RuleMatch) -> MatchDocument:
    return {
        **reference_document(one.article),
        "matched_at": utc_text(one.matched_at),
        "score": one.match.score,
        "snippet": one.match.snippet.text,
        "standing": str(one.standing) if one.standing else None,
    }
