"""The chore by which a new rule with `backfill` looks at the archive, once.

What it finds is written when all of it is found, so that a digest that goes out at once goes out once. Until
then it is in memory alone: after a kill it is found again, and what was written is not written twice.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from watchdesk.archive.condition import condition_of_rule
from watchdesk.backtest import reach
from watchdesk.logger import get_logger
from watchdesk.model import Article, FoundLater, Match
from watchdesk.model.archive import Archived, ArchivePage, LookBack
from watchdesk.model.conditions import any_of
from watchdesk.remembered import LookedBack, forget, remember, remembered
from watchdesk.rules import Rule, RuleSet, asked_by
from watchdesk.service.upkeep.chores import Workplace

log = get_logger(__name__)

MOST = 1000
"""Articles that a rule finds, the newest: nobody reads more, and a rule that finds more is too wide."""
_TOGETHER = 2000
"""Matches that are written in one transaction."""
_LONGEST = 0.04
"""Seconds of a step, about."""


class Backfilling:
    """A `Chore`. A reload begins it anew with the rules of then, and so does a failure."""

    name = "look back for new rules"
    every = timedelta(hours=1)
    needs_steady_clock = False
    """It removes nothing. What was done by a clock that was ahead is done again."""

    def __init__(self) -> None:
        self._looking: _Looking | None = None

    def step(self, place: Workplace) -> bool:
        """See `Chore.step`."""
        # While it looks, it is not kept: an archive whose reading failed once seems to be at its end.
        looking, self._looking = self._looking or _begun(place), None
        if looking is None:
            return False
        end = time.monotonic() + _LONGEST
        while time.monotonic() < end:
            if not looking.next():
                looking.write()
                return False
        self._looking = looking
        return True


def run_to_end(place: Workplace) -> None:
    """All of it at once, for who comes back much later. Raises `StorageError`."""
    chore = Backfilling()
    while chore.step(place):
        pass


def waiting(rules: Sequence[Rule], done: Sequence[LookedBack], now: datetime) -> Sequence[Rule]:
    """The rules that have still to look back: that are new, or ask something else than when they did."""
    known = {fact.rule: fact for fact in done if fact.at <= now}
    return [
        rule
        for rule in rules
        if rule.backfill and (rule.id not in known or known[rule.id].asked != asked_by(rule))
    ]


def _begun(place: Workplace) -> "_Looking | None":
    rules, now = place.configured.rules.rules, place.clock()
    done = remembered(place.store).looked_back
    backfilling = {rule.id for rule in rules if rule.backfill}
    for fact in done:
        if fact.rule not in backfilling:  # should it come back, it looks back again
            forget(place.store, fact)
    chosen = waiting(rules, done, now)
    return _Looking(place, chosen, now) if chosen else None


class _Looking:
    """Some rules look back together."""

    def __init__(self, place: Workplace, rules: Sequence[Rule], now: datetime) -> None:
        self._place = place
        self._now = now
        self._rules = {rule.id: rule for rule in rules}
        self._since = {rule.id: now - rule.backfill for rule in rules if rule.backfill}
        self._found: dict[str, list[FoundLater]] = {rule.id: [] for rule in rules}
        self._known = dict.fromkeys(self._rules, 0)
        self._wants = _Wants(place)
        self._matching = RuleSet(tuple(rules))
        condition = any_of(condition_of_rule(rule) for rule in rules)
        asked = LookBack(min(self._since.values()), reach(rules), condition, frozenset(self._rules))
        self._articles = _each(place.store.look_back(asked))

    def next(self) -> bool:
        """Reads one article; False when there are no more."""
        archived = None if self._is_full() else next(self._articles, None)
        if archived is None:
            return False
        for match in self._matching.match(archived.article):
            self._take(archived, match)
        return True

    def _take(self, archived: Archived, match: Match) -> None:
        article, rule = archived.article, match.rule
        if article.id is None or _is_older(article, self._since[rule]) or len(self._found[rule]) >= MOST:
            return
        if rule in archived.matched:
            self._known[rule] += 1
        else:
            self._found[rule].append(self._wants.found(article.id, match))

    def _is_full(self) -> bool:
        return all(len(found) >= MOST for found in self._found.values())

    def write(self) -> None:
        """What was found, and that it was looked for. Raises `StorageError`."""
        place = self._place
        every = [one for found in self._found.values() for one in found]
        new: Counter[str] = Counter()
        for start in range(0, len(every), _TOGETHER):
            written = place.store.find_later(every[start : start + _TOGETHER], place.clock())
            new.update(one.match.rule for one in written)
        for rule in self._rules.values():
            since, found = self._since[rule.id], new[rule.id] + self._known[rule.id]
            is_cut = len(self._found[rule.id]) >= MOST
            fact = LookedBack(rule.id, asked_by(rule), since, self._now, found, new[rule.id], is_cut)
            remember(place.store, fact)
            log.info(
                "a rule looked back", rule=rule.id, since=since.isoformat(), found=found, new=new[rule.id]
            )


class _Wants:
    """Which digests want what a rule finds by looking back."""

    def __init__(self, place: Workplace) -> None:
        self._configured = place.configured
        digests = place.configured.settings.digests
        self._spikes = {name for name, digest in digests.items() if digest.spike is not None}

    def found(self, article_id: int, match: Match) -> FoundLater:
        """A spike is what rises now, so that digests of spikes want none of it."""
        asking: Mapping[str, tuple[str, ...]] = self._configured.digests_of([match])
        names = asking[match.rule]
        return FoundLater(
            article_id,
            match,
            tuple(name for name in names if name not in self._spikes),
            tuple(name for name in names if name in self._spikes),
        )


def _each(pages: Iterator[ArchivePage]) -> Iterator[Archived]:
    for page in pages:
        yield from page.articles


def _is_older(article: Article, since: datetime) -> bool:
    return article.happened_at < since
