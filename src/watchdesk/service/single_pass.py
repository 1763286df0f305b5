"""One pass over everything, for `watchdesk once`: the same steps as the service, without its clock."""

import random
from collections.abc import Callable, Iterable, Sequence

from watchdesk import sources
from watchdesk.delivery import Report, send_due
from watchdesk.model import Digest, Source
from watchdesk.pipeline import Clock, Plan, PollOutcome, PollReport, make_digests, tell_operators
from watchdesk.ports import Store
from watchdesk.service.polling import Group, Poller, hold_hosts


def poll_now(
    plan: Plan,
    store: Store,
    due: Iterable[Source],
    clock: Clock,
    rng: random.Random,
    done: Callable[[PollReport], None] = lambda _: None,
) -> Sequence[PollReport]:
    """Polls the sources, many at a time, and answers in the order of the configuration.

    A source that is not in `due` was skipped. `done` is called as each poll finishes. Raises
    `StorageError` when what was polled cannot be remembered.
    """
    store.know_digests(list(plan.settings.digests), clock())
    groups = sources.by_request(due)
    hold_hosts(plan, store, store.appointments(), clock())
    reports: dict[str, PollReport] = {}

    def finished(_: Group, found: Sequence[PollReport]) -> None:
        for report in found:
            reports[report.source_id] = report
            done(report)

    poller = Poller(store, clock, rng, finished)
    poller.line_up(plan, groups)
    poller.wait_until_done()
    configured = plan.settings.sources.values()
    return [reports.get(s.id) or PollReport(s.id, PollOutcome.SKIPPED) for s in configured]


def send_now(
    plan: Plan, store: Store, holder: str, clock: Clock, rng: random.Random
) -> tuple[Sequence[Digest], Sequence[Report]]:
    """Composes every digest that is due, and sends every delivery that is."""
    made = make_digests(plan, store, clock)
    tell_operators(plan, store, clock)
    return made, send_due(store, plan.channels, holder, clock, rng, plan.limits)
