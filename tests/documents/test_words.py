"""Ages and times to come, beside a clock that was read a moment too early."""

from datetime import UTC, datetime, timedelta

import pytest

from watchdesk.documents.words import ago, until

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-200, "3 min ago"),
        (-3, "3 s ago"),
        (0, "0 s ago"),
        (2, "0 s ago"),
        (59, "0 s ago"),
        (300, "in 5 min"),
    ],
)
def test_what_came_in_after_the_clock_was_read_is_not_to_come(seconds: int, words: str) -> None:
    assert ago(NOW + timedelta(seconds=seconds), NOW) == words


def test_what_never_was_is_never() -> None:
    assert ago(None, NOW) == "never"


@pytest.mark.parametrize(("seconds", "words"), [(-5, "now"), (0, "now"), (12, "in 12 s"), (300, "in 5 min")])
def test_what_is_due_is_due_now(seconds: int, words: str) -> None:
    assert until(NOW + timedelta(seconds=seconds), NOW) == words
