"""A pass over the desk dies between two statements, wherever these are: the next pass makes it good.

Each trial begins with the same desk, dies by SIGKILL before the Nth statement of `pipeline`, `polling`,
`digesting`, `reporting`, `remembered`, `store` and `delivery`, and is followed by passes that are left alone.
What the receivers took is then compared with what the newsroom served. A sample of the deaths by default,
every one of them in the long run.
"""

import inspect
import random
from collections.abc import Callable, Sequence

import pytest

from support.postgresql import Cluster
from torture.receivers import NONE, Faults
from torture.stage import say
from torture.trials import PostgresqlDatabase, SqliteFile, Trials, trials
from watchdesk.store.database import Database

pytestmark = pytest.mark.timeout(600)

SHARDS = 2
PUT_OFF = Faults(1, 0, 0, 0, 0, 0)
SENDING = "delivery/outbox.py"

Chosen = Callable[[Sequence[str]], set[int]]
"""Chooses, from the statements of a pass, the numbers of those to die before; the first is 1."""


def die_before(chosen: Chosen, tried: Trials, faults: Faults = NONE, beginning_with: str = "") -> None:
    """Dies before each of the chosen statements, from the first of a module on."""
    places = tried.places(faults)
    first = next(number for number, place in enumerate(places, start=1) if place.startswith(beginning_with))
    numbers = sorted(number for number in chosen(places) if number >= first)
    assert numbers
    for number in numbers:
        tried.die(number, places[number - 1], faults)
    say(f"{tried.count} deaths among {len(places)} statements, {len(set(places))} of them different")
    say(f"{tried.repeats.total()} repeats: {dict(tried.repeats)}")
    assert tried.count > 0.9 * len(numbers) - 1


def after_commits(places: Sequence[str]) -> set[int]:
    """The first statement after each commit: what may happen between two transactions happens there."""
    lines, first = inspect.getsourcelines(Database.write)
    of_write = {f"store/database.py:{first + offset}": line for offset, line in enumerate(lines)}
    steps = [(number, of_write[place]) for number, place in enumerate(places, start=1) if place in of_write]
    # The body has ended, the transaction ends, and then the connection is given back.
    return {
        steps[position + 2][0]
        for position, (_, line) in enumerate(steps[:-2])
        if line.strip().startswith("yield")
    }


def some_after_commits(so_many: int) -> Chosen:
    """Every so-many-th of them, other ones each time."""
    start = random.SystemRandom().randrange(so_many)
    say(f"every {so_many}th statement after a commit, from {start}")
    return lambda places: set(sorted(after_commits(places))[start::so_many])


def every(so_many: int) -> Chosen:
    """A sample, another one each time."""
    start = random.SystemRandom().randrange(so_many)
    say(f"every {so_many}th statement, from {start}")
    return lambda places: {number for number in range(1, len(places) + 1) if number % so_many == start}


def test_a_death_between_two_statements_loses_nothing_and_tells_nothing_twice() -> None:
    between, some = some_after_commits(16), every(6400)
    with trials(SqliteFile) as tried:
        die_before(lambda places: between(places) | some(places), tried)


def test_nor_does_one_where_receivers_put_everything_off() -> None:
    with trials(SqliteFile) as tried:
        die_before(some_after_commits(6), tried, PUT_OFF, SENDING)


def test_nor_does_one_on_postgresql(cluster: Cluster) -> None:
    with trials(lambda _: PostgresqlDatabase(cluster)) as tried:
        die_before(every(9600), tried)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_nor_does_one_between_two_transactions_on_postgresql(cluster: Cluster) -> None:
    some = every(50)
    with trials(lambda _: PostgresqlDatabase(cluster)) as tried:
        die_before(lambda places: after_commits(places) | some(places), tried)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_nor_does_one_between_any_two_statements(shard: int) -> None:
    with trials(SqliteFile) as tried:
        die_before(lambda places: set(range(shard + 1, len(places) + 1, SHARDS)), tried)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_nor_does_any_one_where_receivers_put_everything_off() -> None:
    with trials(SqliteFile) as tried:
        die_before(lambda places: set(range(1, len(places) + 1)), tried, PUT_OFF, SENDING)
