"""The clock is put forward, back, and over the nights in which an hour is skipped or comes twice.

The real command runs by a dial that a test turns. Entries are dated by the same dial: what a publisher's
right date is worth to a desk whose clock is years ahead is another question.
"""

import json
import re
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support.desk import wait_for
from torture.living import expect_news, said, service
from torture.receivers import NONE, Faults
from torture.stage import Nursery, Stage, stage

NOW = datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)
DAY = timedelta(days=1)
YEARS = 4 * 365 * DAY
PUT_OFF = Faults(1, 0, 0, 0, 0, 0)
STALL = Faults(0, 0, 1, 0, 0, 0)


def at_most_one_a_window(on: Stage) -> None:
    first = {one.identity: one for one in on.hook.taken}
    composed = [json.loads(one.content)["composed_at"] for one in first.values() if one.digest == "minutely"]
    minutes = Counter(moment[: len("2026-03-02T09:00")] for moment in composed)
    assert not [minute for minute, count in minutes.items() if count > 1]


def test_a_clock_that_jumps_for_days_and_years_and_back_loses_nothing(
    tmp_path: Path, nursery: Nursery, seed: int
) -> None:
    with stage(tmp_path, seed) as on:
        on.calm()
        on.write()
        on.dial.turn(NOW)
        with service(on, nursery):
            expect_news(on, "before")
            for step in (3 * DAY, YEARS, -YEARS, -5 * DAY):
                on.dial.forward(step)
                expect_news(on, f"after a step of {step}")
        on.hold()
        at_most_one_a_window(on)


def test_what_was_put_off_or_leased_by_a_clock_years_ahead_goes_out_when_it_is_right(
    tmp_path: Path, nursery: Nursery, seed: int
) -> None:
    with stage(tmp_path, seed) as on:
        on.calm()
        on.write()
        on.dial.turn(NOW + YEARS)
        on.mail.faults, on.hook.faults = PUT_OFF, STALL
        with service(on, nursery):
            on.newsroom.publish({"nato-spending"})
            wait_for(lambda: on.mail.failures and on.hook.failures, "the attempts")
            time.sleep(0.5)
        on.mail.faults = on.hook.faults = NONE
        on.dial.turn(NOW)
        status = said(on, nursery, "status")
        assert "not running (died, its last heartbeat is dated 1460 d from now)" in status
        assert "nothing needs a person" not in status
        with service(on, nursery):
            expect_news(on, "after the clock was put right")
            wait_for(lambda: all("NTP" in need for need in _needs(on, nursery)), "an end of all but the leap")
        on.hold()
        at_most_one_a_window(on)


def _needs(on: Stage, nursery: Nursery) -> list[str]:
    return re.findall("^! .*", said(on, nursery, "status"), re.MULTILINE)


NIGHTLY = """\
timezone: Europe/Brussels
contact: desk@example.org
storage: {storage}
polling: {{every: 1h, first_poll: all, private_addresses: allow}}
channels:
  mail: {{email: {{to: editors@example.org, from: desk@example.org, server: "smtp://127.0.0.1:{port}"}}}}
  hook: {{webhook: {{url: "{hook}", secret: {{env: HOOK_SECRET}}}}}}
digests:
  brussels: {{rules: all, at: "30 2 * * *", to: [hook], when_empty: send}}
  new-york: {{rules: all, at: "30 2 * * *", to: [hook], when_empty: send, timezone: America/New_York}}
"""

NIGHTS = [
    ("brussels", "Europe/Brussels", "2026-03-29"),
    ("brussels", "Europe/Brussels", "2026-10-25"),
    pytest.param("new-york", "America/New_York", "2026-03-08", marks=pytest.mark.slow),
    pytest.param("new-york", "America/New_York", "2026-11-01", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("digest", "zone", "night"), NIGHTS)
def test_on_a_night_that_skips_or_repeats_an_hour_its_digest_goes_out_once(
    tmp_path: Path, nursery: Nursery, digest: str, zone: str, night: str
) -> None:
    """And a service that was down for the night sends it once when it comes back."""
    began = datetime.fromisoformat(night).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    with stage(tmp_path, 1) as on:
        on.calm()
        on.write(settings=NIGHTLY)

        def sent() -> list[datetime]:
            pages = {one.identity: json.loads(one.content) for one in on.hook.taken if one.digest == digest}
            return [datetime.fromisoformat(page["composed_at"]) for page in pages.values()]

        on.dial.turn(began + timedelta(minutes=30), rate=0)
        with service(on, nursery, of_machine=False):
            wait_for(lambda: "watchdesk is running" in on.desk.log, "the start")
            on.dial.turn(on.dial.now(), rate=14400)
            wait_for(lambda: on.dial.now() >= began + timedelta(hours=6), "the morning")
            on.dial.turn(began + timedelta(hours=6))
            time.sleep(0.5)
        assert len(sent()) == 1
        assert began + timedelta(hours=2) <= sent()[0] <= began + timedelta(hours=5)
        on.dial.turn(began + timedelta(days=4))
        with service(on, nursery, of_machine=False):
            wait_for(lambda: len(sent()) > 1, "the digest that was missed")
            time.sleep(0.5)
        assert len(sent()) == 2
