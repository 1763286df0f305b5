"""Polls of many sources at a time, with the limits of the settings."""

import random
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog

from watchdesk.errors import StorageError
from watchdesk.model import Source, SourceState
from watchdesk.pipeline import Clock, Plan, PollOutcome, PollReport, poll_source
from watchdesk.ports import Store
from watchdesk.service.workers import Workers

log = structlog.get_logger(__name__)


class Poller:
    """Starts polls while there is room, at most `polling.per_host` to one host."""

    def __init__(self, store: Store, clock: Clock, rng: random.Random) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng
        self.workers = Workers("poll", size=1)

    def offer(
        self, plan: Plan, source: Source, state: SourceState | None, done: Callable[[PollReport], None]
    ) -> bool:
        """Starts a poll of the source and calls `done` with its report; False when there is no room now."""
        polling = plan.settings.polling
        self.workers.size, self.workers.per_group = polling.concurrency, polling.per_host
        before = state or SourceState(source.id)
        host = urlsplit(source.url).hostname or ""
        return self.workers.offer(source.id, lambda: done(self._poll(plan, source, before)), group=host)

    def _poll(self, plan: Plan, source: Source, state: SourceState) -> PollReport:
        try:
            report = poll_source(plan, self._store, source, state, self._clock, self._rng)
        except StorageError as error:
            log.error("a poll could not be recorded; it will be repeated", source=source.id, why=str(error))
            return PollReport(source.id, PollOutcome.FAILED, error=str(error))
        _tell(report)
        return report


def _tell(report: PollReport) -> None:
    if report.outcome is PollOutcome.FAILED:
        log.warning("poll failed", source=report.source_id, status=report.status, why=report.error)
    elif report.outcome is PollOutcome.NEW:
        log.info(
            "polled",
            source=report.source_id,
            new=report.new_articles,
            updated=report.updated_articles,
            matches=len(report.matches),
        )
    else:
        log.debug("polled, nothing new", source=report.source_id, status=report.status)
