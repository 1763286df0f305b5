"""Makes the digests that are due: looks at what waits, decides, composes, renders, fills the outbox.

`digests` decides whether a digest is due and what it holds; `delivery` sends it.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchdesk import digests, sources
from watchdesk.config.settings import DigestSettings
from watchdesk.delivery import contacts_for, deliveries_for
from watchdesk.digesting.choosing import choice_for, chosen
from watchdesk.digesting.languages import unread_rules
from watchdesk.digesting.links import signed_links
from watchdesk.digesting.spikes import SpikeWatch, release_late
from watchdesk.digests import Links, Reason, Rendering
from watchdesk.digests.choosing import PATIENCE, Choice
from watchdesk.errors import StorageError
from watchdesk.logger import get_logger
from watchdesk.model import (
    Digest,
    DigestMark,
    NotWanted,
    Past,
    Rendered,
    SourceCondition,
    Spike,
    WaitingMatch,
)
from watchdesk.plan import Configured, Plan
from watchdesk.ports import Store
from watchdesk.remembered import BrokenTemplate, FailedDigest, forget, remember, remembered

log = get_logger(__name__)

_AGAIN = timedelta(minutes=1)
"""After which a digest that could not be made is tried again."""
_GIVEN_UP = timedelta(minutes=10)
"""After which nobody tries it again: it has gone from the files of every machine."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A digest that may be due."""

    setting: DigestSettings
    mark: DigestMark
    """What waits for it, without what silent rules found, and without what waits for more sources."""
    failed: FailedDigest | None
    """The last attempt to make it, where that failed by a bug of ours."""


def candidates(plan: Plan, store: Store, now: datetime) -> Sequence[Candidate]:
    """All digests but those that could not be made within the last minute; those with least to hold first.

    A digest of thousands of matches takes seconds to make, and the others would wait for it.
    """
    subscriptions = plan.settings.digests
    store.know_digests(list(subscriptions), now)
    marks, silent = store.digest_marks(), digests.silent_until(store.silences(now), now)
    failures = {failed.digest: failed for failed in remembered(store).failed_digests}
    found: list[Candidate] = []
    for setting in subscriptions.values():
        failed = failures.pop(setting.name, None)
        if failed is None or abs(now - failed.at) >= _AGAIN:
            found.append(Candidate(setting, marks[setting.name].without(silent), failed))
    for other in failures.values():  # of another machine's files, or gone
        if abs(now - other.at) >= _GIVEN_UP:
            forget(store, other)
    return sorted(found, key=lambda candidate: candidate.mark.waiting)


def make_if_due(
    plan: Plan, store: Store, candidate: Candidate, now: datetime, spikes: SpikeWatch
) -> Digest | None:
    """The digest, if it is due and could be made.

    A bug of ours costs the other digests nothing: it is logged and noted, and the digest is tried again.
    Raises `StorageError`.
    """
    try:
        digest = _make_if_due(plan, store, candidate.setting, candidate.mark, now, spikes)
    except StorageError:
        raise
    except Exception as bug:
        name = candidate.setting.name
        log.exception("a digest could not be made; it will be tried again", digest=name)
        remember(store, FailedDigest(name, now, f"{type(bug).__name__}: {bug}"))
        return None
    if candidate.failed:
        forget(store, candidate.failed)
    return digest


def _make_if_due(
    plan: Plan,
    store: Store,
    setting: DigestSettings,
    mark: DigestMark,
    now: datetime,
    spikes: SpikeWatch,
) -> Digest | None:
    mark = _choose(store, setting, mark, now)
    rises = spikes.rises(plan, store, setting, mark)
    decision = digests.due(setting, mark, now, plan.zone_of(setting), plan.urgent_of(mark.queues), rises)
    if decision.is_due:
        spiking = [rise.spike for rise in rises]
        at_once = decision.scheduled is None and not spiking
        return make_digest(plan, store, setting, now, decision.scheduled, spiking, needs_news=at_once)
    if decision.reason is Reason.NOTHING_SPIKES:
        release_late(store, setting, mark, now)
    return None


def _choose(store: Store, setting: DigestSettings, mark: DigestMark, now: datetime) -> DigestMark:
    """The mark with the news alone in its queues; lets go what too few sources told in time."""
    oldest = mark.oldest_waiting
    if setting.schedule and (oldest is None or now < oldest + PATIENCE):
        return mark  # its time comes whatever waits
    silent = digests.silent_until(store.silences(now), now)
    reduced, choice = chosen(store, setting, mark, now, silent)
    if choice and choice.unwanted and setting.only:
        store.release_unwanted(setting.name, choice.unwanted, setting.only.sources, now)
    return reduced


def make_digest(
    plan: Plan,
    store: Store,
    setting: DigestSettings,
    now: datetime,
    scheduled: datetime | None,
    spikes: Sequence[Spike] = (),
    *,
    needs_news: bool = False,
) -> Digest | None:
    """Composes one digest now and puts it into the outbox; None when another process was first.

    `needs_news`: it is made because something waits, which another process may have taken since.

    An empty digest that is not sent is kept too: it marks its scheduled time as done. With `spikes`,
    it holds only what these rules found since the beginning of their hour.
    """
    waiting, choice = ready_matches(store, setting, now)
    if spikes:
        hours = {spike.rule_id: (spike.until or now) - digests.HOUR for spike in spikes}
        waiting = [m for m in waiting if m.rule_id in hours and m.article.happened_at > hours[m.rule_id]]
    if needs_news and not waiting:
        return None
    digest = compose_digest(plan, store, setting, waiting, now, uuid.uuid4().hex, spikes, choice)
    rendering = rendering_of(plan, setting, digest, signed_links(plan, digest.composed_at))
    rendered = note_templates(plan, store, rendering)
    to = setting.to if waiting or setting.when_empty == "send" else ()
    deliveries = deliveries_for(digest, to, now)
    places = [match.id for match in waiting]
    return digest if store.commit_digest(digest, rendered, deliveries, places, scheduled) else None


def ready_matches(
    store: Store, setting: DigestSettings, now: datetime
) -> tuple[Sequence[WaitingMatch], Choice | None]:
    """What the digest holds if it is made now, and what was chosen by the stories, if anything.

    Without what silent rules found, and what waits for more sources.
    """
    silent = digests.silent_until(store.silences(now), now)
    choice = choice_for(store, setting, now, silent)
    taken = choice.taken if choice else None
    return [
        match
        for match in store.waiting(setting.name)
        if match.rule_id not in silent and (taken is None or match.id in taken)
    ], choice


def compose_digest(
    plan: Configured,
    store: Store,
    setting: DigestSettings,
    waiting: Sequence[WaitingMatch],
    now: datetime,
    digest_id: str,
    spikes: Sequence[Spike] = (),
    choice: Choice | None = None,
) -> Digest:
    """The digest: the matches that wait for it, what the past says of them, the health of the sources."""
    known = store.conditions()
    return digests.compose(
        setting,
        plan.rules.labels,
        waiting,
        sources.health(plan.settings.sources.values(), known, now),
        _past(plan, store, setting, waiting, known, now, choice),
        now=now,
        timezone=plan.zone_of(setting),
        digest_id=digest_id,
        weights={source.id: source.weight for source in plan.settings.sources.values()},
        spikes=spikes,
        updates=choice.updates if choice else (),
        ask=contacts_for(plan.settings, setting.to),
    )


def _past(
    plan: Configured,
    store: Store,
    setting: DigestSettings,
    waiting: Sequence[WaitingMatch],
    known: Mapping[str, SourceCondition],
    now: datetime,
    choice: Choice | None,
) -> Past:
    mark = store.digest_marks().get(setting.name)
    since = mark.last_composed if mark else None
    if since and since > now:  # written while a clock was ahead
        since = None
    begun = since or (mark.known_since if mark else now)
    read = [one.last_success for one in known.values() if one.last_success]
    oldest = min((match.matched_at for match in waiting), default=now)
    first = digests.history_starts(since, now, plan.zone_of(setting))[0] - timedelta(hours=1)
    labels = plan.rules.labels.values()
    own = [label.id for label in labels if setting.takes(label.id, label.tags)]
    stories = {match.story_id for match in waiting}
    wanted = setting.only.sources if setting.only else None
    return Past(
        since=since,
        told=store.last_included(setting.name, stories),
        coverage=store.coverage(stories),
        not_wanted=NotWanted(store.not_wanted(setting.name, begun), wanted) if wanted else None,
        waits=choice.waits if choice else 0,
        found=store.match_counts({match.rule_id for match in waiting}, [(first, now + timedelta(days=1))]),
        silences=tuple(store.silences(min(oldest, now))),
        articles_seen=store.article_count(begun),
        sources_read=sum(moment >= begun for moment in read),
        last_read=max(read, default=None),
        archive_only=store.archive_only(begun, own),
        unread_rules=unread_rules(plan.rules, store, now),
    )


def rendering_of(plan: Configured, setting: DigestSettings, digest: Digest, links: Links | None) -> Rendering:
    """The digest in its readers' zone and language."""
    return digests.render(plan.templates, digest, plan.zone_of(setting), plan.language_of(setting), links)


def note_templates(plan: Plan, store: Store, rendering: Rendering) -> Rendered:
    """What was rendered, after noting which of the desk's own templates are broken and which no longer are.

    A template that failed once counts as broken until somebody changes the templates and it then works: many
    a mistake shows with some stories only, and would be reported again and again.
    """
    known = {broken.file: broken for broken in remembered(store).broken_templates}
    troubled = {trouble.file: trouble.sentence for trouble in rendering.troubles}
    for file, sentence in troubled.items():
        if not _is_of(plan, known.get(file)):
            remember(store, BrokenTemplate(file, plan.templates.fingerprint, sentence))
    for file, broken in known.items():
        tried = file in rendering.used or (bool(rendering.used) and not _is_top_level(plan, file))
        works = tried and file not in troubled and not _is_of(plan, broken)
        if works or file not in plan.templates.names:
            forget(store, broken)
    return rendering.rendered


def _is_of(plan: Plan, broken: BrokenTemplate | None) -> bool:
    """Whether it was found in the templates as they are now."""
    return broken is not None and broken.fingerprint == plan.templates.fingerprint


def _is_top_level(plan: Plan, file: str) -> bool:
    """Whether digests or notices are rendered by it; others are files that these extend or include."""
    return file.partition(".")[0] in ("digest", "notice", *plan.settings.digests)
