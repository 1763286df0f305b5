"""The program in one page: poll sources, make the digests that are due, send them, tell the operators.

Each step calls the rooms in their order and decides nothing: the pure rooms decide, transactions of the store
keep what was promised, and any step may run twice. `polling.poll` and `digesting.making` tell the rest of an
article's journey; `service` decides when each step runs.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from watchdesk import delivery, digesting, notices, reporting
from watchdesk.delivery import InFlight, Report
from watchdesk.digesting.spikes import SpikeWatch
from watchdesk.errors import DamagedStorage
from watchdesk.model import Digest, PageToFetch, Source, SourceState
from watchdesk.notices import Cause, subjects
from watchdesk.plan import Clock, Plan
from watchdesk.polling import full_text
from watchdesk.polling.poll import Keep, ask, begin, take_answer
from watchdesk.polling.report import PollReport
from watchdesk.ports import PollStore, Store


def poll_source(
    plan: Plan,
    store: PollStore,
    group: Sequence[Source],
    states: Mapping[str, SourceState],
    clock: Clock,
    rng: random.Random,
    keep: Keep,
) -> Sequence[PollReport]:
    """Asks once for the sources of one address, and stores what the answer brings to each of them.

    `states`: what is remembered of those that were polled before. Raises `StorageError`.
    """
    polls = begin(plan, store, group, states, clock, rng, keep)
    outcome = ask(polls)
    return [take_answer(poll, outcome) for poll in polls]


def fetch_pages(
    plan: Plan,
    store: PollStore,
    source: Source,
    missing: Sequence[PageToFetch],
    clock: Clock,
    rng: random.Random,
) -> PollReport:
    """Asks again for articles' pages whose servers were in trouble. Raises `StorageError`."""
    return full_text.fetch_pages(plan, store, source, missing, clock, rng)


def make_digests(
    plan: Plan,
    store: Store,
    now: datetime,
    spikes: SpikeWatch | None = None,
    made: Callable[[Digest], object] = lambda _: None,
) -> Sequence[Digest]:
    """Makes every digest that is due, each with its deliveries in one transaction.

    `spikes`: what earlier rounds found. `made` is called with each digest that is in the outbox, before the
    next one is made. Raises `StorageError`; what is damaged in a part costs those that need it, and no other.
    """
    spikes = spikes or SpikeWatch()
    digests: list[Digest] = []
    met: DamagedStorage | None = None
    for candidate in digesting.candidates(plan, store, now):
        try:
            digest = digesting.make_if_due(plan, store, candidate, now, spikes)
        except DamagedStorage as damage:
            if damage.part is None:
                raise
            met = damage
            continue
        if digest:
            digests.append(digest)
            made(digest)
    if met:
        raise met
    return digests


def send_due(
    plan: Plan,
    store: Store,
    owner: str,
    clock: Clock,
    rng: random.Random,
    in_flight: InFlight | None = None,
    known_only: Callable[[], bool] | None = None,
) -> Sequence[Report]:
    """Leases each delivery that is due, sends it, and records what came of it. Raises `StorageError`.

    `owner` names this process; `in_flight` is shared by its threads. `known_only`: whether deliveries of
    channels that the plan does not have are left to other machines; None: where some share the work.
    """
    leave = known_only or (lambda: any(host.lives for host in store.hosts()))
    return delivery.send_due(store, plan.channels, owner, clock, rng, plan.limits, in_flight, leave)


def tell_operators(
    plan: Plan,
    store: Store,
    now: datetime,
    state_directory: Path | None = None,
    also: Sequence[Cause] = (),
    found: Callable[[Sequence[Cause]], object] | None = None,
) -> Sequence[Digest]:
    """Puts notices of new troubles into the outbox, where `send_due` finds them. Raises `StorageError`.

    `state_directory`: whose disk is looked at. `also`: what else is a trouble. `found` is called with all
    that is a trouble now, also where there are no operators.
    """
    reporting.old_thresholds(plan.rules, store, now)
    owners = subjects.of_owners(
        plan.settings, plan.rules.owners, plan.rules.folder_owners, plan.refused_folders
    )
    nobody = not plan.settings.operators and not any(owners.values())
    if nobody and found is None:
        return ()
    facts = reporting.read_facts(plan, store, now)
    causes = [*also, *notices.causes(facts, now), *reporting.little_room(state_directory, facts)]
    if found:
        found(causes)
    if nobody:
        return ()
    gathered = facts.remembered.sources_notice
    before = notices.Before(facts.reported, gathered.at if gathered else None)
    news = notices.news(causes, before, plan.settings, facts.stopped_channels, now, owners)
    return reporting.write_news(plan, store, news, now)
