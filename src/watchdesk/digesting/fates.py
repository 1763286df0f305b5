"""Looks up what became of an article under a rule, and when a digest that it waits for goes out.

It reads what is stored; `digests.fate` and `digests.due` decide what follows from that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watchdesk import digests
from watchdesk.config.settings import DigestSettings
from watchdesk.digesting.choosing import choice_for, chosen
from watchdesk.digesting.spikes import SpikeWatch
from watchdesk.digests import Departure
from watchdesk.digests.fate import Fate, fate_of
from watchdesk.model import Article, DigestMark, HeldUpdate, MoreSources, StoredMatch
from watchdesk.plan import Configured
from watchdesk.ports import Store


@dataclass(frozen=True, slots=True)
class Background:
    """What is read once for what became of an article, under however many rules."""

    stored: Sequence[StoredMatch]
    """The article's matches."""
    silent: Mapping[str, datetime]
    """Until when, by rule."""


def read_background(store: Store, article: Article, now: datetime) -> Background:
    """Reads it."""
    stored = store.matches(article.id) if article.id is not None else ()
    return Background(stored, digests.silent_until(store.silences(now), now))


def look_up_fate(
    configured: Configured,
    store: Store,
    article: Article,
    rule_id: str,
    now: datetime,
    *,
    matches_now: bool,
    background: Background | None = None,
) -> Fate:
    """Reads what the decision needs, and decides. The rule is a configured one.

    `background`: where it was read before.
    """
    behind = background or read_background(store, article, now)
    found = next((match for match in behind.stored if match.match.rule == rule_id), None)
    silent = behind.silent
    went = [digest_id for digest_id in found.digests.values() if digest_id] if found else []
    return fate_of(
        article,
        configured.rules.labels[rule_id],
        found,
        matches_now=matches_now,
        subscriptions=configured.settings.digests,
        departures=_departures(configured, store, found, rule_id, silent, now) if found else {},
        silent_until=silent.get(rule_id),
        went_out=store.went_out(went) if went else {},
        held=_held(configured, store, found, silent, now) if found else {},
    )


def _held(
    configured: Configured,
    store: Store,
    found: StoredMatch,
    silent: Mapping[str, datetime],
    now: datetime,
) -> Mapping[str, MoreSources | HeldUpdate]:
    """By digest for which the match waits, why it does not make that go out."""
    held: dict[str, MoreSources | HeldUpdate] = {}
    rule_id = found.match.rule
    for name, digest_id in found.digests.items():
        setting = configured.settings.digests.get(name)
        if digest_id is not None or setting is None or rule_id in silent:
            continue
        choice = choice_for(store, setting, now, silent)
        for match in store.queued(name) if choice else ():
            if choice and (match.article_id, match.rule_id) == (found.article_id, rule_id):
                held |= {name: choice.held[match.id]} if match.id in choice.held else {}
    return held


def _departures(
    configured: Configured,
    store: Store,
    found: StoredMatch,
    rule_id: str,
    silent: Mapping[str, datetime],
    now: datetime,
) -> Mapping[str, Departure]:
    """By digest for which the match waits."""
    marks = store.digest_marks()
    waits = [name for name, digest_id in found.digests.items() if digest_id is None]
    return {
        name: departure_of(
            configured, store, configured.settings.digests[name], marks[name], now, silent, rule_id
        )
        for name in waits
        if name in configured.settings.digests and name in marks
    }


def departure_of(
    configured: Configured,
    store: Store,
    setting: DigestSettings,
    mark: DigestMark,
    now: datetime,
    silent: Mapping[str, datetime],
    rule_id: str | None = None,
) -> Departure:
    """When the digest goes out; for a rule that is silent, when it can hold what that found."""
    asked, moment = chosen(store, setting, mark.without(silent), now, silent)[0], now
    if rule_id is not None and rule_id in silent:
        # Matches of other rules may go out earlier.
        asked, moment = mark.without(mark.queues.keys() - {rule_id}), silent[rule_id]
        if setting.schedule:  # scheduled times until then pass without it
            moment -= timedelta(microseconds=1)
            asked = replace(asked, last_scheduled=moment)
    rises = SpikeWatch().rises(configured, store, setting, asked)
    urgent = configured.urgent_of(asked.queues)
    return digests.departure(setting, asked, moment, configured.zone_of(setting), urgent, rises)
