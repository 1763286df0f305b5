"""When a rule finds many times what is usual, and against what that is measured."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from watchdesk.digests import could_spike, rises
from watchdesk.digests.spikes import usual
from watchdesk.model import Waited

BRUSSELS = ZoneInfo("Europe/Brussels")
UTC_ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday
WEEK = timedelta(weeks=1)
LONG_AGO = NOW - 20 * WEEK


def spread(count: int, end: datetime = NOW, within: timedelta = timedelta(minutes=50)) -> list[datetime]:
    """So many articles before `end`."""
    last = end - timedelta(seconds=1)
    return [last - within * number / count for number in range(count)]


def waiting(*moments: datetime) -> list[Waited]:
    """Matched when they happened."""
    return [Waited(moment, moment) for moment in moments]


def quarters(*moments: Sequence[datetime]) -> Mapping[datetime, int]:
    counts: Counter[datetime] = Counter()
    for moment in (moment for of_day in moments for moment in of_day):
        counts[moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)] += 1
    return counts


def mondays(count: int) -> Mapping[datetime, int]:
    """So many in the same hour of each of the last eight Mondays."""
    return quarters(*(spread(count, NOW - WEEK * number) for number in range(1, 9)))


def test_four_times_the_usual_is_a_spike_and_less_is_none() -> None:
    past = {"nato": mondays(3)}
    (rise,) = rises({"nato": waiting(*spread(12))}, past, LONG_AGO, 4, UTC_ZONE)
    assert (rise.spike.rule_id, rise.spike.found, rise.spike.usual) == ("nato", 12, 3)
    assert rises({"nato": waiting(*spread(11))}, past, LONG_AGO, 4, UTC_ZONE) == []


def test_the_usual_is_that_of_the_hour_and_the_weekday() -> None:
    busy_mondays = mondays(8)
    assert usual(busy_mondays, NOW, LONG_AGO, UTC_ZONE) == 8
    assert usual(busy_mondays, NOW + timedelta(hours=3), LONG_AGO, UTC_ZONE) == 0
    assert usual(busy_mondays, NOW + timedelta(days=1), LONG_AGO, UTC_ZONE) == 0


def test_the_hour_is_that_of_local_clocks_across_daylight_saving() -> None:
    after = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)  # 09:00 in Brussels, summer time since yesterday
    before = datetime(2026, 3, 23, 8, 0, tzinfo=UTC)  # 09:00 in Brussels, a week before
    found = quarters(spread(4, before), spread(4, before - WEEK))
    assert usual(found, after, before - 2 * WEEK, BRUSSELS) == pytest.approx(8 / 2)
    assert usual(found, after, before - 2 * WEEK, UTC_ZONE) == 0


def test_a_rare_rule_spikes_by_no_fewer_than_three() -> None:
    assert rises({"rare": waiting(*spread(2))}, {}, LONG_AGO, 1.5, UTC_ZONE) == []
    (rise,) = rises({"rare": waiting(*spread(3))}, {}, LONG_AGO, 1.5, UTC_ZONE)
    assert (rise.spike.found, rise.spike.usual) == (3, 0)
    assert rises({"rare": waiting(*spread(3))}, {}, LONG_AGO, 4, UTC_ZONE) == []


def test_articles_of_more_than_an_hour_do_not_add_up() -> None:
    assert rises({"nato": waiting(*spread(8, within=timedelta(hours=4)))}, {}, LONG_AGO, 4, UTC_ZONE) == []


def test_a_spike_that_came_while_nobody_looked_is_found_later() -> None:
    early = spread(6, NOW - timedelta(hours=3))
    (rise,) = rises({"nato": waiting(*early, NOW)}, {}, LONG_AGO, 4, UTC_ZONE)
    assert rise.spike.found == 6
    assert rise.spike.until == max(early)
    assert rise.at <= NOW - timedelta(hours=3)


def test_the_steepest_rule_comes_first() -> None:
    both = {"a": waiting(*spread(5)), "b": waiting(*spread(20))}
    assert [rise.spike.rule_id for rise in rises(both, {}, LONG_AGO, 4, UTC_ZONE)] == ["b", "a"]


def test_a_young_desk_takes_the_days_before_and_a_younger_one_all_hours() -> None:
    days = quarters(*(spread(2, NOW - timedelta(days=number)) for number in (1, 2, 3)))
    assert usual(days, NOW, NOW - timedelta(days=4), UTC_ZONE) == 2
    began = NOW - timedelta(hours=31)
    yesterday = quarters(
        spread(15, NOW - timedelta(hours=3)), spread(15, NOW - timedelta(hours=8)), spread(9)
    )
    assert usual(yesterday, NOW, began, UTC_ZONE) == pytest.approx(1.0)


def test_nothing_is_usual_and_so_nothing_spikes_on_the_first_day() -> None:
    began = NOW - timedelta(hours=20)
    assert usual(quarters(spread(9)), NOW, began, UTC_ZONE) is None
    assert rises({"nato": waiting(*spread(30))}, {}, began, 4, UTC_ZONE) == []


def test_a_spike_is_complete_when_the_last_of_its_articles_was_matched() -> None:
    late = [Waited(moment, NOW + timedelta(minutes=number)) for number, moment in enumerate(spread(6))]
    (rise,) = rises({"nato": late}, {}, LONG_AGO, 6, UTC_ZONE)
    assert rise.at == NOW + timedelta(minutes=5)


def test_it_is_worth_looking_only_when_enough_came_within_an_hour() -> None:
    assert could_spike(waiting(*spread(4)), 4)
    assert not could_spike(waiting(*spread(3)), 4)
    assert not could_spike(waiting(*spread(4, within=timedelta(hours=2))), 4)
