"""Hosts of one fleet whose files differ for a while, as amid a reload of one after the other."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digesting.test_making import article
from store.test_store import STATE
from support.desk import DeskFiles
from support.postgresql import Cluster
from watchdesk.app import Desk, open_desk
from watchdesk.configuration import read_configuration
from watchdesk.pipeline import make_digests
from watchdesk.remembered import remembered

SETTINGS = """\
storage: "%s"
timezone: UTC
channels: {shelf: {files: digests/}}
digests:
  other: {rules: all, at: "0 3 * * *", to: [shelf]}
"""
EVENING = "  evening: {rules: all, at: '0 %d * * *', to: [shelf]}\n"
DAY = timedelta(days=1)
SIX = datetime(2026, 3, 2, 18, tzinfo=UTC)
SEVEN = SIX + timedelta(hours=1)


class Fleet:
    """Hosts by their digests; each looks each second, one after the other."""

    def __init__(self, desks: Sequence[Desk]) -> None:
        self.desks = list(desks)
        self.made: list[tuple[datetime, int]] = []
        """When issues of the evening were made, and how many stories they held."""

    def run(self, start: datetime, end: datetime, step: timedelta = timedelta(seconds=1)) -> None:
        now = start
        while now <= end:
            for desk in self.desks:
                made = make_digests(desk.plan, desk.store, now)
                self.made += [(now, digest.story_count) for digest in made if digest.name == "evening"]
            now += step

    def find(self, key: str, when: datetime) -> None:
        self.desks[0].store.ingest([article(key, when, to=("evening",))], STATE, when)


@pytest.fixture
def storage(cluster: Cluster) -> str:
    return cluster.new_database()


@pytest.fixture
def undo() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def host(undo: ExitStack, root: Path, storage: str, hour: int | None, broken: str = "") -> Desk:
    """With an issue at that hour, or none; and `broken`, a digest that cannot be made."""
    files = DeskFiles(root / f"host {hour}")
    files.root.mkdir()
    digest = "" if hour is None else EVENING % hour + broken
    files.write({}, SETTINGS % storage + digest, "rules:\n  storm: {query: storm}\n  calm: {query: calm}\n")
    files.state.mkdir()
    return undo.enter_context(open_desk(read_configuration(files.config), files.state))


@pytest.mark.parametrize("knows_first", [True, False])
def test_an_issue_that_one_host_does_not_know_goes_out_in_time_and_once(
    undo: ExitStack, tmp_path: Path, storage: str, knows_first: bool
) -> None:
    hours = [18, None] if knows_first else [None, 18]
    fleet = Fleet([host(undo, tmp_path, storage, hour) for hour in hours])
    fleet.run(SIX - timedelta(minutes=1), SIX - timedelta(seconds=30))
    fleet.find("one", SIX - timedelta(seconds=20))
    fleet.run(SIX - timedelta(seconds=10), SIX + timedelta(seconds=10))
    assert fleet.made == [(SIX, 1)]
    fleet.find("two", SIX + timedelta(hours=2))
    fleet.run(SIX + timedelta(hours=2), SIX + DAY + timedelta(seconds=5), timedelta(minutes=10))
    assert fleet.made == [(SIX, 1), (SIX + DAY, 1)]


def test_an_issue_that_moves_while_hosts_differ_holds_each_match_once(
    undo: ExitStack, tmp_path: Path, storage: str
) -> None:
    early, late = (host(undo, tmp_path, storage, hour) for hour in (18, 19))
    fleet = Fleet([early, late])
    fleet.run(SIX - timedelta(minutes=1), SIX - timedelta(seconds=30))
    fleet.find("one", SIX - timedelta(seconds=20))
    fleet.run(SIX - timedelta(seconds=10), SIX + timedelta(seconds=10))
    assert fleet.made == [(SIX, 1)]
    fleet.desks = [late]
    fleet.find("two", SIX + timedelta(minutes=30))
    fleet.run(SIX + timedelta(minutes=40), SEVEN + DAY, timedelta(minutes=10))
    assert [made for made in fleet.made if made[1]] == [(SIX, 1), (SEVEN, 1)]


def test_an_issue_that_was_taken_out_for_long_begins_anew(
    undo: ExitStack, tmp_path: Path, storage: str
) -> None:
    with_it, without = (host(undo, tmp_path, storage, hour) for hour in (18, None))
    fleet = Fleet([with_it])
    fleet.run(SIX - timedelta(hours=9), SIX - timedelta(hours=9))
    fleet.desks = [without]
    fleet.run(SIX - timedelta(hours=8), SIX + timedelta(minutes=1), timedelta(minutes=1))
    fleet.desks = [with_it]
    fleet.run(SIX + timedelta(minutes=2), SIX + timedelta(minutes=3))
    assert not fleet.made


def test_what_one_host_cannot_make_is_tried_each_minute_whoever_does_not_know_it(
    undo: ExitStack, tmp_path: Path, storage: str
) -> None:
    broken = "  a: {rules: all, at: once, to: [shelf], timezone: Asia/Tokyo}\n"
    fleet = Fleet([host(undo, tmp_path, storage, 18, broken), host(undo, tmp_path, storage, None)])
    store = fleet.desks[0].store
    # A moment that no clock of a zone east of ours can show: nothing that a command would take.
    store.silence("calm", SIX - DAY, datetime(9999, 12, 31, 23, tzinfo=UTC))
    fleet.run(SIX, SIX)
    store.ingest([article("x", SIX, to=("a",))], STATE, SIX)
    first = SIX + timedelta(minutes=1)
    fleet.run(first, first + timedelta(seconds=59))
    assert [(failed.digest, failed.at) for failed in remembered(store).failed_digests] == [("a", first)]
    fleet.desks = fleet.desks[1:]
    fleet.run(first + timedelta(minutes=9), first + timedelta(minutes=9))
    assert len(remembered(store).failed_digests) == 1
    fleet.run(first + timedelta(minutes=10), first + timedelta(minutes=10))
    assert remembered(store).failed_digests == ()
