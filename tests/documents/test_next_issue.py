"""When a digest goes out next, as status and the page say it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from support.desk import SETTINGS, DeskFiles
from watchdesk.config.schedules import QuietHours
from watchdesk.configuration import read_configuration
from watchdesk.documents.waiting import next_issue
from watchdesk.model import DigestMark, Queue

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def said(tmp_path: Path, waited: timedelta | None, now: datetime = NOW, **others: object) -> datetime | str:
    desk = DeskFiles(tmp_path)
    desk.write({}, SETTINGS.replace("at: once", "at: once, gather: 5 min"))
    configured = read_configuration(desk.config)
    flash = replace(configured.settings.digests["flash"], **others)  # type: ignore[arg-type]
    queues = {} if waited is None else {"nato": Queue(3, now - waited)}
    return next_issue(configured, flash, now, DigestMark("flash", NOW - timedelta(days=1), queues=queues))


@pytest.mark.parametrize(
    ("waited", "expected"),
    [
        (None, "goes out 5 min after something matches"),
        (2 * MINUTE, NOW + 3 * MINUTE),
        (6 * MINUTE, "is due now"),
    ],
)
def test_what_gathers_says_when_it_goes_out(
    tmp_path: Path, waited: timedelta | None, expected: datetime | str
) -> None:
    assert said(tmp_path, waited) == expected


def test_quiet_hours_say_that_they_hold_it_back(tmp_path: Path) -> None:
    quiet = QuietHours(time(22), time(6))
    held = said(tmp_path, MINUTE, NOW.replace(hour=23), quiet=quiet)
    assert held == "is held back until 06:00, the end of its quiet hours"
    # It is over when the quiet hours have begun (20:58 UTC is 21:58 in Brussels).
    late = NOW.replace(hour=20, minute=58)
    assert said(tmp_path, MINUTE, late, quiet=quiet) == datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
