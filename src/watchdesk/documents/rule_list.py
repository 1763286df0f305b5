"""Every rule in brief: how much it finds, when it last did, whether it is silent or worth a look."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watchdesk import digests
from watchdesk.backtest import Habit, Window, habits
from watchdesk.backtest.habits import Oddity, oddity_of
from watchdesk.digesting.languages import unread_rules
from watchdesk.digesting.wide_rules import wide_rules
from watchdesk.documents.labels import Precision, precisions
from watchdesk.documents.rules import HabitsDocument, rules_document
from watchdesk.model.archive import NOTHING, ArchivePage, LookBack
from watchdesk.plan import Configured
from watchdesk.ports import Store
from watchdesk.rules import Rule

COUNTED = timedelta(days=30)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RuleReport:
    """A rule in brief."""

    rule: Rule
    matches: int
    """Of the last 30 days."""
    share: float
    """Of all articles, from 0 to 1."""
    last_matched: datetime | None
    oddity: Oddity | None
    too_wide: int | None
    """How many it found in the last day, where that is more than anyone reads."""
    silent_until: datetime | None

    @property
    def needs_a_look(self) -> bool:
        """Whether a person should see it."""
        return bool(self.oddity or self.too_wide or self.silent_until)


def rule_reports(configured: Configured, store: Store, now: datetime) -> tuple[Sequence[RuleReport], float]:
    """Every rule, and how many of the last 30 days have articles."""
    rules, since = configured.rules.rules, now - COUNTED
    names = [rule.id for rule in rules]
    totals, last = store.match_totals(names, since), store.last_matches()
    articles = store.article_count(since)
    wide = wide_rules(configured.rules, store, now)
    silent = digests.silent_until(store.silences(now), now)
    unread = unread_rules(configured.rules, store, now)
    oldest = store.oldest_article(since) or now
    found = []
    for rule in rules:
        count = totals.get(rule.id, 0)
        share = count / articles if articles else 0.0
        odd = None if rule.id in unread else oddity_of(count, share, articles)
        found.append(
            RuleReport(rule, count, share, last.get(rule.id), odd, wide.get(rule.id), silent.get(rule.id))
        )
    return found, max((now - oldest) / _DAY, 1.0)


@dataclass(frozen=True, slots=True)
class RuleHabits:
    """How every rule behaved."""

    habits: Sequence[Habit]
    window: Window
    articles: int
    """Of the window, matched or not."""
    too_wide: Mapping[str, int]
    said: Mapping[str, Precision] = field(default_factory=dict)
    """By readers, of the matches of each rule."""

    @property
    def document(self) -> HabitsDocument:
        """What `rules --json` prints."""
        return rules_document(self.habits, self.window, self.articles, self.too_wide, self.said)


def read_habits(
    configured: Configured,
    store: Store,
    now: datetime,
    since: timedelta,
    pages: Callable[[LookBack], Iterable[ArchivePage]],
) -> RuleHabits:
    """Reads the matches of so long. `pages`: reads what it is asked of the archive."""
    after = now - since
    window = Window(after, now, configured.settings.timezone, store.oldest_article(after))
    articles = store.article_count(after)
    last, unread = store.last_matches(), unread_rules(configured.rules, store, now)
    asked = LookBack(after, NOTHING, matched_by=None)
    matched = (archived for page in pages(asked) for archived in page.articles)
    found = habits(matched, configured.rules, window, articles, last, unread)
    wide = wide_rules(configured.rules, store, now)
    said = precisions([habit.rule.id for habit in found], store)
    return RuleHabits(found, window, articles, wide, said)
