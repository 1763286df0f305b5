"""A pass over the desk dies between two statements, wherever these are: the next pass makes it good.

Each trial begins with the same desk, dies by SIGKILL before the Nth statement of `pipeline`, `store` and
`delivery`, and is followed by a pass that is left alone. What the receivers took is then compared with
what the newsroom served. A sample of the deaths by default, every one of them in the long run.
"""

import random
from collections.abc import Callable

import pytest

from support.postgresql import Cluster
from torture.receivers import NONE, Faults
from torture.stage import say
from torture.trials import PostgresqlDatabase, SqliteFile, Trials, trials

SHARDS = 2
PUT_OFF = Faults(1, 0, 0, 0, 0, 0)


def die_before(
    tried: Trials, chosen: Callable[[int], bool], faults: Faults = NONE, beginning_with: str = ""
) -> None:
    """Dies before each of the statements whose number is chosen, from the first of a module on."""
    places = tried.places(faults)
    first = next(number for number, place in enumerate(places, start=1) if place.startswith(beginning_with))
    numbers = [number for number in range(first, len(places) + 1) if chosen(number)]
    for number in numbers:
        tried.die(number, places[number - 1], faults)
    assert tried.count > 0.9 * len(numbers) - 1
    say(f"{tried.count} deaths among {len(places)} statements, {len(set(places))} of them different")
    say(f"{tried.repeats.total()} repeats: {dict(tried.repeats)}")


def every(so_many: int) -> Callable[[int], bool]:
    """A sample, another one each time."""
    start = random.SystemRandom().randrange(so_many)
    say(f"every {so_many}th statement, from {start}")
    return lambda number: number % so_many == start


def test_a_death_between_two_statements_loses_nothing_and_tells_nothing_twice() -> None:
    with trials(SqliteFile) as tried:
        die_before(tried, every(160))


def test_nor_does_one_where_receivers_put_everything_off() -> None:
    with trials(SqliteFile) as tried:
        die_before(tried, every(160), PUT_OFF, "delivery/outbox.py")


def test_nor_does_one_on_postgresql(cluster: Cluster) -> None:
    with trials(lambda _: PostgresqlDatabase(cluster)) as tried:
        die_before(tried, every(400))


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_nor_does_one_between_any_two_statements(shard: int) -> None:
    with trials(SqliteFile) as tried:
        die_before(tried, lambda number: number % SHARDS == shard)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_nor_does_any_one_where_receivers_put_everything_off() -> None:
    with trials(SqliteFile) as tried:
        die_before(tried, lambda _: True, PUT_OFF, "delivery/outbox.py")
