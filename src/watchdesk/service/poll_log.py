"""What the log says of polls: what they found, and each trouble of a source once.

A poll that found nothing is no line. Nor is one that failed as the poll before did: a dead source would be
most of the log of a year. `status` and the operators say what still lasts.
"""

import re
from typing import assert_never

from watchdesk.logger import get_logger
from watchdesk.polling.report import PollOutcome, PollReport

log = get_logger(__name__)

_NUMBER = re.compile(r"\d+")


class PollLog:
    """Remembers which sources fail, for as long as the process lives."""

    def __init__(self, *, says_failures: bool = True) -> None:
        """`says_failures`: whether polls that failed are logged at all."""
        self._says_failures = says_failures
        self._failing: dict[str, str] = {}
        """Source id → why, without its numbers."""

    def take(self, report: PollReport) -> None:
        """Logs what is new in it."""
        match report.outcome:
            case PollOutcome.FAILED:
                self._failed(report)
            case PollOutcome.NEW:
                self._well(report)
                log.info(
                    "polled",
                    source=report.source_id,
                    new=report.new_articles,
                    updated=report.updated_articles,
                    matches=len(report.matches),
                )
            case PollOutcome.UNCHANGED:
                self._well(report)
                log.debug("polled, nothing new", source=report.source_id, status=report.status)
            case PollOutcome.SKIPPED:
                log.debug("not asked", source=report.source_id, why=report.error)
            case _:
                assert_never(report.outcome)

    def _failed(self, report: PollReport) -> None:
        if not self._says_failures:
            return
        kind = _NUMBER.sub("", report.error or "")
        known = self._failing.get(report.source_id) == kind
        self._failing[report.source_id] = kind
        if known:
            log.debug("poll failed again", source=report.source_id, **_answer(report), why=report.error)
        else:
            log.warning("poll failed", source=report.source_id, **_answer(report), why=report.error)

    def _well(self, report: PollReport) -> None:
        if self._failing.pop(report.source_id, None) is not None:
            log.info("the source can be read again", source=report.source_id)


def _answer(report: PollReport) -> dict[str, int]:
    """The status, where there was an answer."""
    return {} if report.status is None else {"status": report.status}
