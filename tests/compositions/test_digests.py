"""When a digest goes out: priorities, quiet hours, silences, gathering and schedules together.

Whatever comes of it, `explain` must have said so before.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.desk import rss
from support.timed import TimedDesk, entry, titles
from support.web import WebServer

SETTINGS = """\
timezone: UTC
polling: {{every: 1m, fastest: 1m, slowest: 10m, first_poll: all, private_addresses: allow, timeout: 5s}}
articles: {{full_text: never{keep}}}
channels:
  shelf: {{files: digests/}}
operators: {{to: [shelf]}}
digests:
  flash: {{title: Flash, rules: all, to: [shelf], {digest}}}
"""
RULES = """\
rules:
  storm: {title: Storm, query: storm}
  coup: {title: Coup, query: coup, priority: high}
"""
AT_NIGHT = 'at: once, quiet: "22:00-06:00"'
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENING = NOON.replace(hour=21, minute=50)
NIGHT = NOON.replace(hour=23)
MORNING = NOON.replace(day=3, hour=6)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

Begin = Callable[..., TimedDesk]


@pytest.fixture
def begin(timed: TimedDesk, web: WebServer) -> Begin:
    """A desk at that moment, on which these words have just been found."""

    def begun(
        now: datetime, digest: str, *words: str, silent: dict[str, datetime] | None = None, keep: str = ""
    ) -> TimedDesk:
        web.serve("/feed", rss(*(entry(word, f"A {word} is reported", now) for word in words)))
        timed.files.write({"wire": web.url("/feed")}, SETTINGS.format(digest=digest, keep=keep), RULES)
        timed.at(now).start()
        for rule, until in (silent or {}).items():
            timed.silence(rule, until)
        timed.poll()
        return timed

    return begun


def goes_out(desk: TimedDesk, at: datetime, rule: str | None = None) -> Any:
    """The document that goes out then, as was promised, and not a minute before."""
    assert desk.promised("flash", rule).at == at
    before = len(desk.sent())
    if at > desk.now:
        desk.send()
        desk.at(at - MINUTE).send()
        assert len(desk.sent()) == before
    desk.at(at).send()
    (document,) = desk.sent()[before:]
    return document


def test_a_high_rule_that_is_silent_does_not_break_quiet_hours(begin: Begin) -> None:
    desk = begin(NIGHT, AT_NIGHT, "coup", "storm", silent={"coup": NOON + 2 * DAY})
    assert titles(goes_out(desk, MORNING)) == ["A storm is reported"]


def test_a_high_rule_whose_silence_ends_at_night_goes_out_then(begin: Begin) -> None:
    desk = begin(NIGHT, AT_NIGHT, "coup", silent={"coup": NIGHT + 2 * HOUR})
    assert [rule["id"] for rule in goes_out(desk, NIGHT + 2 * HOUR, "coup")["rules"]] == ["coup"]


def test_what_a_silence_held_back_until_the_night_waits_for_the_morning(begin: Begin) -> None:
    desk = begin(NIGHT, AT_NIGHT, "storm", silent={"storm": NIGHT + 2 * HOUR})
    (rule,) = goes_out(desk, MORNING, "storm")["rules"]
    assert [brief["article"]["title"] for brief in rule["held_back"]] == ["A storm is reported"]


def test_what_a_silence_holds_back_is_not_promised_with_what_goes_out_before(begin: Begin) -> None:
    desk = begin(NIGHT, AT_NIGHT, "coup", "storm", silent={"storm": NIGHT + 2 * HOUR})
    assert desk.promised("flash", "storm").at == MORNING
    assert titles(goes_out(desk, NIGHT, "coup")) == ["A coup is reported"]
    goes_out(desk.after(hours=1), MORNING, "storm")


def test_gathering_that_ends_in_quiet_hours_ends_with_them(begin: Begin) -> None:
    desk = begin(EVENING, f"{AT_NIGHT}, gather: 30m", "storm")
    assert titles(goes_out(desk, MORNING)) == ["A storm is reported"]


def test_gathering_goes_on_after_quiet_hours_that_began_it(begin: Begin) -> None:
    desk = begin(MORNING - 10 * MINUTE, f"{AT_NIGHT}, gather: 30m", "storm")
    assert titles(goes_out(desk, MORNING + 20 * MINUTE)) == ["A storm is reported"]


def test_a_high_rule_does_not_gather_at_night(begin: Begin) -> None:
    desk = begin(NIGHT, f"{AT_NIGHT}, gather: 30m", "coup")
    assert titles(goes_out(desk, NIGHT)) == ["A coup is reported"]


def test_a_silence_lets_a_schedule_pass_and_the_next_one_lists_what_it_held_back(begin: Begin) -> None:
    desk = begin(NOON, 'at: "0 7 * * *"', "storm", silent={"storm": NOON + 30 * HOUR})
    desk.at(MORNING + HOUR).send()
    assert desk.sent() == []
    (rule,) = goes_out(desk, MORNING + DAY + HOUR, "storm")["rules"]
    assert [brief["article"]["title"] for brief in rule["held_back"]] == ["A storm is reported"]


def test_what_a_silence_holds_back_is_not_overdue(begin: Begin) -> None:
    desk = begin(NOON, 'at: "* * * * *"', "storm", silent={"storm": NOON + HOUR})
    assert desk.after(minutes=59).troubles() == []
    assert desk.after(minutes=2).troubles() == []
    assert desk.after(minutes=5).troubles() == ["overdue:flash"]


def test_what_waits_behind_a_silence_is_not_pruned(begin: Begin) -> None:
    desk = begin(NOON, "at: once", "storm", "coup", silent={"storm": NOON + 90 * DAY}, keep=", keep: 30d")
    assert titles(goes_out(desk, NOON)) == ["A coup is reported"]
    assert desk.after(days=60).store.prune(desk.now - 30 * DAY) == 1
    desk.store.prune_digests(desk.now - 30 * DAY)
    desk.at(NOON + 90 * DAY).send()
    assert [rule["id"] for rule in desk.sent()[-1]["rules"]] == ["storm"]
