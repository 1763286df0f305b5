"""One pass over everything, for `watchdesk once`: the same steps as the service, without its clock."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from watchdesk import pipeline, sources
from watchdesk.delivery import Report
from watchdesk.model import Digest, Source
from watchdesk.plan import Clock, Plan
from watchdesk.polling.full_text import FORCED, pages_due
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.ports import Store
from watchdesk.service.pass_processes import PassProcesses
from watchdesk.service.poll_tasks import Workforce
from watchdesk.service.poll_workers.workers import PollWorkers
from watchdesk.service.polling import Poller, restore_backoff
from watchdesk.service.states_ahead import Group
from watchdesk.sources import Hosts


def poll_now(
    plan: Plan,
    store: Store,
    due: Iterable[Source],
    clock: Clock,
    rng: random.Random,
    done: Callable[[PollReport], object] = lambda _: None,
    *,
    every_page: bool = False,
    says_failures: bool = True,
    workforce: Workforce | None = None,
) -> Sequence[PollReport]:
    """Polls the sources, many at a time, and answers in the order of the configuration.

    A source that is not in `due` was skipped. `done` is called as each poll finishes. Raises
    `StorageError` when what was polled cannot be remembered. Articles' own pages that are still missing are
    asked for where they are due; with `every_page`, also those that were tried a few times only.
    `says_failures`: whether the log says of each poll that failed, as the answer does.
    `workforce`: this process if left out.
    """
    store.know_digests(list(plan.settings.digests), clock())
    groups = sources.by_request(due)
    pages = pages_due(plan, store, clock(), FORCED if every_page else 0)
    polled = {source.id for group in groups for source in group}
    pages_alone = [
        group
        for group in sources.by_request(plan.settings.sources.values())
        if not polled & {s.id for s in group} and any(s.id in pages for s in group)
    ]
    restore_backoff(plan, store, store.appointments(), clock())
    reports: dict[str, PollReport] = {}

    def finished(_: Group, found: Sequence[PollReport]) -> None:
        for report in found:
            reports[report.source_id] = report
            done(report)

    poller = Poller(store, clock, rng, finished, says_failures=says_failures, workforce=workforce)
    poller.enqueue(plan, groups, pages)
    poller.enqueue_pages(plan, pages_alone, pages)
    poller.wait_until_done()
    configured = plan.settings.sources.values()
    return [reports.get(s.id) or PollReport(s.id, PollOutcome.SKIPPED) for s in configured]


@contextmanager
def hired(processes: PassProcesses, plan: Plan, hosts: Hosts, store: Store) -> Iterator[Workforce | None]:
    """Poll workers for `poll_now`, where they pay. `hosts`: where requests get their turns."""
    if not processes.workers:
        yield None
        return
    processes.wait_until_loaded()
    with closing(PollWorkers(store, processes.slots, hosts)) as workers:
        workers.follow(workers.hire(plan, processes.fork_server, processes.workers))
        yield workers


def send_now(
    plan: Plan,
    store: Store,
    owner: str,
    clock: Clock,
    rng: random.Random,
    state_directory: Path | None = None,
) -> tuple[Sequence[Digest], Sequence[Report]]:
    """Composes every digest that is due, and sends every delivery that is.

    `state_directory`: whose disk is looked at. The operators hear in the same pass of what went wrong while
    it was sent: the next one may be hours away.
    """
    made = pipeline.make_digests(plan, store, clock())
    pipeline.tell_operators(plan, store, clock(), state_directory)
    reports = [*pipeline.send_due(plan, store, owner, clock, rng)]
    if pipeline.tell_operators(plan, store, clock(), state_directory):
        reports += pipeline.send_due(plan, store, owner, clock, rng)
    return made, reports
