from datetime import UTC, datetime, timedelta

import pytest

from watchdesk.articles.standing import standing
from watchdesk.model import Article, Standing

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAYS_3 = timedelta(days=3)
DAYS_30 = timedelta(days=30)


def article(age: timedelta | None) -> Article:
    published = None if age is None else NOW - age
    return Article("a", "Title", (), NOW, published_at=published)


@pytest.mark.parametrize(
    ("age", "first_poll", "backlog", "expected"),
    [
        (timedelta(hours=1), True, DAYS_3, Standing.NEWS),
        (timedelta(days=4), True, DAYS_3, Standing.OLD_AT_FIRST_POLL),
        (None, True, DAYS_3, Standing.UNDATED_AT_FIRST_POLL),
        (None, False, DAYS_3, Standing.NEWS),
        (timedelta(days=4), False, DAYS_3, Standing.NEWS),
        (timedelta(days=31), False, DAYS_3, Standing.TOO_OLD),
        (timedelta(hours=1), True, timedelta(0), Standing.OLD_AT_FIRST_POLL),
        (timedelta(days=4), True, None, Standing.NEWS),
        (None, True, None, Standing.NEWS),
        (timedelta(days=31), True, None, Standing.TOO_OLD),
    ],
)
def test_what_may_alert(
    age: timedelta | None, first_poll: bool, backlog: timedelta | None, expected: Standing
) -> None:
    found = standing(article(age), first_poll=first_poll, backlog=backlog, oldest=DAYS_30)
    assert found is expected


def test_no_limit_lets_the_oldest_alert() -> None:
    found = standing(article(timedelta(days=9000)), first_poll=False, backlog=DAYS_3, oldest=None)
    assert found is Standing.NEWS
