"""Sources as a large desk has them, with what is remembered of each: made up, and the same every time.

Of twenty, fourteen have a host of their own, five share one with 49 others, and one is of a platform that has
5,000.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from watchdesk.model import SourceState
from watchdesk.store.fleet_shards import shard_of

EVERY = timedelta(minutes=15)
_TOGETHER, _PLATFORM = 50, 5_000


def name(number: int) -> str:
    """The id of a source."""
    return f"paper-{number:07}"


def host(number: int) -> str:
    """Of its address."""
    match number % 20:
        case 19:
            return f"platform-{number // 20 // _PLATFORM}.example"
        case place if place >= 14:
            return f"group-{number // (_TOGETHER * 4)}.example"
        case _:
            return f"www.paper-{number}.example"


def hosts(numbers: range) -> int:
    """How many different ones."""
    return len({host(number) for number in numbers})


def shard(number: int) -> int:
    """Of a source."""
    return shard_of(host(number))


def dues(numbers: range, first: datetime) -> Mapping[str, tuple[int, datetime | None]]:
    """As `FleetRows.know` takes them: spread evenly over `EVERY`."""
    return {name(number): (shard(number), first + EVERY * place(number)) for number in numbers}


def states(numbers: Iterable[int], now: datetime) -> Sequence[SourceState]:
    """What is remembered of sources that were polled a while ago."""
    return [state(number, now) for number in numbers]


def state(number: int, now: datetime) -> SourceState:
    """After a poll now that brought nothing."""
    return SourceState(
        name(number),
        url=f"https://{host(number)}/rss/news.xml",
        etag=f'"{number:x}-5f3a9c0d1e2b4a68"',
        last_modified="Tue, 03 Mar 2026 06:12:44 GMT",
        body_hash=f"{number:064x}",
        next_poll=now + EVERY,
        last_attempt=now,
        last_success=now,
        last_new=datetime(2026, 3, 3, tzinfo=UTC),
        status=304,
        title=f"The Paper of Town {number}",
        window=20,
    )


def place(number: int) -> float:
    """Between 0 and 1, all over the place."""
    return number * 0.6180339887498949 % 1
