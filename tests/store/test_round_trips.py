"""What goes into the store comes out of it equal, on both databases, whatever it holds."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import is_dataclass
from importlib import import_module
from pkgutil import iter_modules

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from store.nouns import KEPT
from support.made_up import BAD, in_signatures, soiled, spoken
from watchdesk import model
from watchdesk import store as room
from watchdesk.errors import RefusedRow
from watchdesk.model.archive import Archived, ArchivePage, LookBack, Reach
from watchdesk.model.conditions import AllOf, AnyOf, Sought
from watchdesk.model.hosts import FleetHost
from watchdesk.ports import Store
from watchdesk.store import SqlStore, open_store
from watchdesk.store.catching_up import Changes
from watchdesk.store.fleet_rows import HostSaid, TakenShard
from watchdesk.store.fleet_sites import AskedSite
from watchdesk.store.fleet_tables import FleetSchema
from watchdesk.store.index_checking import IndexCheck
from watchdesk.store.index_state import Manifest
from watchdesk.store.leftovers import Leftover, Terms
from watchdesk.store.looking import ServerFacts
from watchdesk.store.matches import Matched
from watchdesk.store.move_marks import Mark
from watchdesk.store.place import Place
from watchdesk.store.reading import DamagedPart, ReadingPlace, ReadSome
from watchdesk.store.story_writing import Arrival
from watchdesk.store.sweeping import Swept
from watchdesk.store.table_rows import Chunk, Sum, Sums
from watchdesk.store.verifying import Unreferenced

UNKEPT: Mapping[type, str] = {
    model.Digest: "what it holds is kept as it was rendered",
    model.DigestPart: "part of a Digest",
    model.DigestStory: "part of a Digest",
    model.RuleLabel: "part of a Digest",
    model.SourceHealth: "part of a Digest",
    model.Spike: "part of a Digest",
    model.Stored: "an answer: what became of an Ingested",
    model.FoundLater: "a Match of an article that is stored; `released` tries it",
    model.DeadLetters: "counted from deliveries",
    Mark: "cli/test_moved.py moves a desk",
    model.FailingChannel: "counted from deliveries",
    Archived: "an Article and its matches",
    ArchivePage: "some Archived, and how many were read",
    LookBack: "a question",
    **dict.fromkeys((Sought, AllOf, AnyOf), "part of a LookBack"),
    Reach: "a question",
    Changes: "keys of rows that `move` copies once more; see tests/cli/test_move_beside.py",
    FleetSchema: "how the tables of a fleet are made; see tests/fleet/test_versions.py",
    model.PollPart: "what `ingest` takes, of several polls; see test_together.py",
    **dict.fromkeys((Arrival, Matched), "part of a PollPart, while it is written"),
    model.ChannelLimits: "a question",
    model.Rate: "part of ChannelLimits",
    model.Coverage: "counted from articles and their stories; see test_story_coverage.py",
    model.Telling: "part of a Coverage",
    model.Spread: "counted as a Coverage is",
    model.SaidBefore: "an answer: what was rewritten; see test_revisions.py",
    model.Revision: "part of SaidBefore",
    model.DatabaseSize: "measured",
    model.Queued: "a WaitingMatch in short",
    **dict.fromkeys((FleetHost, HostSaid, TakenShard, AskedSite), "of a fleet's own store; see tests/fleet"),
    model.NotWanted: "part of a Digest",
    model.Merge: "an answer: what became of a story; see test_stories.py",
    Terms: "a question",
    IndexCheck: "an answer: how the index compares with the archive; see test_index_damage.py",
    Manifest: "what the index says that it holds; see test_index_damage.py",
    ServerFacts: "asked of a server",
    Swept: "an answer: what a step of the walk removed; see test_sweeping.py",
    Leftover: "a condition on rows; see test_sweeping.py",
    **dict.fromkeys(
        (DamagedPart, ReadingPlace, ReadSome, Unreferenced), "an answer: what was read for damage"
    ),
    **dict.fromkeys((Chunk, Sum, Sums), "rows of any kind on their way to another database"),
    Place: "where a database is",
}
"""Dataclasses of the store's methods that are not kept by themselves, and why."""
CLEANED = {"PageToFetch.error", "stopped channel: Note.value", "Retry.reason", "Refused.reason", "Sent.note"}
"""What others said, which is cleaned where it is stored; all else that cannot be stored is refused."""
UNWRITTEN = {
    *("Delivery.subject", "Delivery.digest_id", "Delivery.digest_name"),
    *("PageToFetch.article_id", "parcel: Delivery.channel", "attempt: Delivery.channel"),
}
"""What is known from elsewhere."""

MARKS = map(str, itertools.count())
PHASES = tuple(phase for phase in Phase if phase is not Phase.explain)
FEW = settings(max_examples=8, phases=PHASES, suppress_health_check=list(HealthCheck))
MANY = settings(FEW, max_examples=400)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """One store for all examples, which keep apart by themselves."""
    storage = "sqlite" if request.param == "sqlite" else request.getfixturevalue("cluster").begun_database()
    with closing(open_store(storage, tmp_path_factory.mktemp("kept"))) as opened:
        yield opened


def comes_back(store: SqlStore, name: str, examples: settings) -> None:
    @examples
    @given(KEPT[name].made)
    def property_of(value: object) -> None:
        expected, found = KEPT[name].trip(store, value, next(MARKS))
        assert found == expected

    property_of()


def bad_text_is_refused(store: SqlStore, name: str, examples: settings) -> None:
    @examples
    @given(st.data(), KEPT[name].made, st.sampled_from(BAD))
    def property_of(data: st.DataObject, value: object, bad: str) -> None:
        places = list(soiled(value, bad))
        if not places:
            return
        where, spoiled = data.draw(st.sampled_from(places))
        if {where, f"{name}: {where}"} & (CLEANED | UNWRITTEN):
            expected, found = KEPT[name].trip(store, spoiled, next(MARKS))
            assert found == expected
        else:
            with pytest.raises(RefusedRow):
                KEPT[name].trip(store, spoiled, next(MARKS))

    property_of()


@pytest.mark.parametrize("name", KEPT)
def test_what_is_stored_comes_back_equal(kept: SqlStore, name: str) -> None:
    comes_back(kept, name, FEW)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", KEPT)
def test_so_it_does_for_many_examples(kept: SqlStore, name: str) -> None:
    comes_back(kept, name, MANY)


TEXTUAL = [name for name in KEPT if name not in ("waited", "released", "database identity")]


@pytest.mark.parametrize("name", TEXTUAL)
def test_text_that_cannot_be_stored_is_refused_or_cleaned(kept: SqlStore, name: str) -> None:
    bad_text_is_refused(kept, name, FEW)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", TEXTUAL)
def test_so_it_is_for_many_texts(kept: SqlStore, name: str) -> None:
    bad_text_is_refused(kept, name, MANY)


def test_every_noun_of_the_store_is_tried() -> None:
    """Those of its methods, those that a kept one holds, and those of its own modules."""
    modules = [import_module(f"{room.__name__}.{found.name}") for found in iter_modules(room.__path__)]
    own = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type)
        and is_dataclass(value)
        and value.__module__ == module.__name__
        and not value.__name__.startswith("_")
    }
    tried = {part for kind in KEPT.values() for noun in kind.types for part in spoken(noun)}
    nouns = in_signatures(Store) | own
    assert {noun.__name__ for noun in nouns - tried - UNKEPT.keys()} == set()
    assert {noun.__name__ for noun in UNKEPT.keys() - nouns} == set(), "no method speaks of these any more"
    assert {noun.__name__ for noun in UNKEPT.keys() & tried} == set()
