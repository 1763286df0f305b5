"""One pass over everything, for `watchdesk once`: the same steps as the service, without its clock."""

import random
from collections.abc import Callable, Iterable, Sequence

from watchdesk import sources
from watchdesk.delivery import Report, send_due
from watchdesk.model import Digest, Source
from watchdesk.pipeline import Clock, Plan, PollOutcome, PollReport, make_digests, tell_operators
from watchdesk.ports import Store
from watchdesk.service.polling import Group, Poller


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
    groups = sources.by_request(due)
    reports: dict[str, PollReport] = {}

    def finished(_: Group, found: Sequence[PollReport]) -> None:
        for report in found:
            reports[report.source_id] = report
            done(report)

    poller = Poller(store, clock, rng, finished)
    poller.line_up(plan, groups)
    poller.wait_until_done()
    asked = {source.id for group in groups for source in group}
    return [_report(source.id, reports, asked) for source in plan.settings.sources.values()]


def _report(source_id: str, reports: dict[str, PollReport], asked: set[str]) -> PollReport:
    if source_id in reports:
        return reports[source_id]
    if source_id in asked:
        return PollReport(source_id, PollOutcome.FAILED, error="watchdesk made a mistake; the log says which")
    return PollReport(source_id, PollOutcome.SKIPPED)


def send_now(
    plan: Plan, store: Store, holder: str, clock: Clock, rng: random.Random
) -> tuple[Sequence[Digest], Sequence[Report]]:
    """Composes every digest that is due, and sends every delivery that is."""
    made = make_digests(plan, store, clock)
    tell_operators(plan, store, clock)
    return made, send_due(store, plan.channels, holder, clock, rng)
