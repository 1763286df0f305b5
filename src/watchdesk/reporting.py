"""Reads from the store what the operators may have to know, and puts notices of it into the outbox.

`notices` decides what of it is a trouble, and what is news.
"""

import shutil
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from watchdesk import digests, sources
from watchdesk.config.keep import Keep
from watchdesk.config.settings import OPERATORS
from watchdesk.delivery import deliveries_for
from watchdesk.digesting.choosing import news_marks
from watchdesk.model import Digest, Notice
from watchdesk.model.archive import NOTHING, LookBack
from watchdesk.notices import LOOK_BACK, PATIENCE, Facts, News, PolledSource
from watchdesk.notices.room import NEARLY_FULL, DiskNearlyFull, Outlook, nearly_full, outlook
from watchdesk.plan import Plan
from watchdesk.ports import Store
from watchdesk.remembered import (
    OldThreshold,
    Remembered,
    SourcesNotice,
    UnitScores,
    forget,
    remember,
    remembered,
)
from watchdesk.rules import RuleSet

if TYPE_CHECKING:
    from watchdesk.digests import Rendering

_MONTH = timedelta(days=30)

_OLD_THRESHOLDS_STAY = timedelta(days=7)
"""How long the operators may hear of them, where a channel fails at first."""


def old_thresholds(rules: RuleSet, store: Store, now: datetime) -> Sequence[OldThreshold]:
    """Each `at_least` from before scores went from 0 to 1, with what it would drop of a month's matches.

    They are counted when such a database is looked at for the first time, and forgotten after a week or
    when somebody changes them. Raises `StorageError`.
    """
    known = remembered(store)
    if known.unit_scores is None:
        found = _counted_thresholds(rules, store, now)
        for threshold in found:
            remember(store, threshold)
        remember(store, UnitScores())
        return found
    set_now = {rule.id: rule.at_least for rule in rules.rules}
    kept: list[OldThreshold] = []
    for threshold in known.old_thresholds:
        changed = set_now.get(threshold.rule) != threshold.at_least
        if changed or now - threshold.found_at > _OLD_THRESHOLDS_STAY:
            forget(store, threshold)
        else:
            kept.append(threshold)
    return kept


def _counted_thresholds(rules: RuleSet, store: Store, now: datetime) -> Sequence[OldThreshold]:
    asked = {rule.id: rule.at_least for rule in rules.rules if rule.at_least}
    if not asked or not store.last_matches():
        return ()
    scores: dict[str, list[float]] = {rule_id: [] for rule_id in asked}
    looking = LookBack(now - _MONTH, NOTHING, matched_by=frozenset(asked))
    for found in chain.from_iterable(page.articles for page in store.look_back(looking)):
        for rule_id in found.matched:
            score = rules.score(rule_id, found.article)
            if score is not None:
                scores[rule_id].append(score)
    return [
        OldThreshold(rule_id, least, sum(one < least for one in scores[rule_id]), len(scores[rule_id]), now)
        for rule_id, least in asked.items()
    ]


def read_outlook(store: Store, facts: Remembered, keep: Keep | None, now: datetime) -> Outlook:
    """How large the database is, and how it grows; `keep`: what of it is kept.

    Raises `StorageError`.
    """
    samples = facts.sizes.samples if facts.sizes else ()
    age, most = (keep.age, keep.size) if keep else (None, None)
    least = facts.size_kept.of(most).least if most is not None and facts.size_kept else None
    return outlook(samples, store.size(), store.oldest_article(None), age, now, most, least)


def read_facts(plan: Plan, store: Store, now: datetime) -> Facts:
    """Everything that may be a trouble, each read once. Raises `StorageError`."""
    states = store.troubled_sources(sources.MOVED_AFTER)
    configured = (source for source in plan.settings.sources.values() if source.id in states)
    polled = [(source, sources.valid_state(source, states[source.id])) for source in configured]
    facts = remembered(store)
    return Facts(
        settings=plan.settings,
        sources=[PolledSource(source, state, sources.has_moved(state)) for source, state in polled],
        stopped_channels=store.stopped_channels(),
        dead_letters=store.dead_letters(),
        failing_channels=store.failing_channels(),
        receivers_notes=store.sent_notes(now - LOOK_BACK),
        digest_marks=news_marks(plan.settings.digests, store, now),
        silences=store.silences(now - PATIENCE),
        remembered=facts,
        reported=store.reported_troubles(),
        outlook=read_outlook(store, facts, plan.settings.articles.keep, now),
        refused_folders=plan.refused_folders,
        hosts=store.hosts(),
    )


def little_room(state_directory: Path | None, facts: Facts) -> Sequence[DiskNearlyFull]:
    """Whether the disk of the state directory is nearly full."""
    if state_directory is None:
        return ()
    disk = disk_of(state_directory)
    if disk is None:
        return ()
    return list(nearly_full(disk.free, disk.total, was_told=NEARLY_FULL in facts.reported))


class Disk(NamedTuple):
    """In bytes."""

    free: int
    total: int


def disk_of(directory: Path) -> Disk | None:
    """That of the directory, or of the place where it would be; None where this user may not look."""
    for folder in (directory, *directory.absolute().parents):
        try:
            usage = shutil.disk_usage(folder)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return None
        return Disk(usage.free, usage.total)
    return None


def write_news(plan: Plan, store: Store, news: News, now: datetime) -> Sequence[Digest]:
    """Puts the notices into the outbox, and forgets what is over. Raises `StorageError`.

    A crash in between reports nothing twice: a notice and what it reports are written together.
    """
    if news.ended:
        store.forget_troubles(news.ended)
    notices: list[Digest] = []
    unsaid = set(news.over)
    last = next((to for to, said in reversed([*news.notices.items()]) if said.over), None)
    for to, said in news.notices.items():
        notice, rendering = make_notice(plan, said, now)
        from watchdesk.digesting.making import note_templates  # noqa: PLC0415 - Jinja2 is heavy

        rendered = note_templates(plan, store, rendering)
        deliveries = deliveries_for(notice, to, now)
        over = unsaid if to == last else unsaid & {one.cause for one in said.over}
        store.commit_notice(notice, rendered, deliveries, said.troubles, over)
        unsaid -= over
        notices.append(notice)
    if news.of_sources:
        remember(store, SourcesNotice(now))
    return notices


def make_notice(plan: Plan, said: Notice, now: datetime) -> "tuple[Digest, Rendering]":
    """A notice under an identity of its own, and how it reads in the desk's zone."""
    notice = Digest(OPERATORS, "watchdesk", now, None, (), id=uuid.uuid4().hex)
    return notice, digests.render_notice(plan.templates, said, now, plan.settings.timezone)
