"""Digests that cannot be made, or were not, and templates that cannot be used. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from watchdesk import digests
from watchdesk.config.settings import Settings
from watchdesk.model import DigestMark, Silence, Trouble
from watchdesk.notices import subjects
from watchdesk.notices.wording import clock
from watchdesk.remembered import Remembered

PATIENCE = timedelta(minutes=2)
"""A digest that is due is made within seconds; a machine that wakes up needs a moment more."""


@dataclass(frozen=True, slots=True)
class TemplateBroken:
    """A template of the desk's own cannot be used."""

    file: str
    mistake: str
    """A sentence that names the place."""


@dataclass(frozen=True, slots=True)
class DigestFailed:
    """A digest cannot be made, by a mistake in watchdesk."""

    digest: str
    why: str


@dataclass(frozen=True, slots=True)
class DigestOverdue:
    """A digest was due a while ago and was not made, though matches wait for it."""

    digest: str
    scheduled: datetime | None
    waiting: int
    """Matches."""


DigestCause: TypeAlias = TemplateBroken | DigestFailed | DigestOverdue


def broken_templates(remembered: Remembered) -> Iterator[TemplateBroken]:
    """One for each template that is in trouble."""
    for broken in remembered.broken_templates:
        yield TemplateBroken(broken.file, broken.sentence)


def failed_digests(remembered: Remembered) -> Iterator[DigestFailed]:
    """One for each digest that cannot be made."""
    for failed in remembered.failed_digests:
        yield DigestFailed(failed.digest, failed.why)


def overdue_digests(
    settings: Settings,
    marks: Mapping[str, DigestMark],
    silences: Sequence[Silence],
    remembered: Remembered,
    now: datetime,
) -> Iterator[DigestOverdue]:
    """One for each digest that something waits for, that was due a while ago, and that was not made.

    `silences`: at least those that were not over `PATIENCE` ago. None while a service that has just started
    catches up.
    """
    then, started = now - PATIENCE, remembered.started
    if started and then < started.at <= now:
        return
    silent = {**digests.silent_until(silences, then), **digests.silent_until(silences, now)}
    for setting in settings.digests.values():
        mark = marks.get(setting.name)
        mark = mark.without(silent) if mark else None
        if mark is None or mark.oldest_waiting is None or mark.oldest_waiting > then or setting.spike:
            continue
        decision = digests.due(setting, mark, then, setting.timezone or settings.timezone, frozenset())
        if decision.is_due:
            yield DigestOverdue(setting.name, decision.scheduled, mark.waiting)


def trouble(cause: DigestCause) -> Trouble:
    """See `causes.trouble_of`."""
    match cause:
        case TemplateBroken(file=file, mistake=mistake):
            of = subjects.digest(file.partition(".")[0])
            return Trouble(f"template:{file}", mistake, concerns=(of,))
        case DigestFailed(digest=digest, why=why):
            return Trouble(
                f"digest:{digest}",
                f"The digest {digest} cannot be made, because of a bug in watchdesk: {why}. Its matches are "
                "kept, and it is tried again every minute. Please report the bug; the log has details.",
                recovery=f"The digest {digest} can be made again.",
                subject=subjects.digest(digest),
            )
        case DigestOverdue(digest=digest, scheduled=scheduled, waiting=count):
            waits = "1 match waits" if count == 1 else f"{count:,} matches wait"
            since = f" at {clock(scheduled)}" if scheduled else ""
            return Trouble(
                f"overdue:{digest}",
                f"The digest {digest} was due{since} and was not made: {waits} for it. Start the service, or "
                "make what is due: watchdesk once --send.",
                recovery=f"The digest {digest} is overdue no longer.",
                subject=subjects.digest(digest),
            )
        case _:
            assert_never(cause)
