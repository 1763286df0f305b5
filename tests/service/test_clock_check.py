"""Old things are thrown away only by a clock that has gone steadily."""

from datetime import UTC, datetime, timedelta

from watchdesk.service.clock_check import checked, is_steady

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def looks(*moments: datetime) -> list[bool]:
    check, found = None, []
    for moment in moments:
        check = checked(check, moment)
        found.append(is_steady(check))
    return found


def test_a_clock_is_trusted_after_a_day_of_looks() -> None:
    assert looks(*(NOW + number * HOUR for number in range(26))) == [False] * 24 + [True] * 2


def test_a_leap_of_years_is_not_trusted_for_a_day() -> None:
    steady = [NOW + number * HOUR for number in range(26)]
    ahead = NOW + timedelta(days=1500)
    assert looks(*steady, *(ahead + number * HOUR for number in range(24)))[-24:] == [False] * 24


def test_a_step_back_is_not_trusted_either_and_a_restart_is() -> None:
    steady = [NOW + number * HOUR for number in range(26)]
    assert looks(*steady, NOW + 20 * HOUR)[-1] is False
    assert looks(*steady, NOW + 50 * HOUR)[-1] is True
