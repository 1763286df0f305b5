"""Facts that the service keeps as notes: written and read again, also as a watchdesk before wrote them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from watchdesk.encoding.repair import clean
from watchdesk.model import SizeKept
from watchdesk.remembered import (
    BrokenTemplate,
    ClockCheck,
    ClockLeap,
    Fact,
    FailedDigest,
    Heartbeat,
    LoadedConfiguration,
    LookedBack,
    OldThreshold,
    RefusedConfiguration,
    Remembered,
    ServiceStart,
    UnitScores,
    forget,
    remember,
    remembered,
)
from watchdesk.store import SqlStore

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
AT = NOW.isoformat()
EVERY = Remembered(
    heartbeat=Heartbeat(NOW),
    started=ServiceStart(NOW - timedelta(days=1)),
    clock=ClockCheck(NOW - timedelta(days=2), NOW),
    clock_leap=ClockLeap(NOW),
    loaded=LoadedConfiguration(NOW - timedelta(hours=1)),
    refused=RefusedConfiguration(NOW, "a.yaml:1:2: no\n    x\n    ^", ("a.yaml:1:2: no", "b.yaml:3:4: no")),
    failed_digests=(FailedDigest("a", NOW, "ValueError: {no}"), FailedDigest("b", NOW, "")),
    broken_templates=(BrokenTemplate("digest.html.j2", "f00d", "templates/digest.html.j2:2: no"),),
    unit_scores=UnitScores(),
    size_kept=SizeKept(4_000_000, NOW - timedelta(days=1), NOW, None, NOW, 7),
    old_thresholds=(OldThreshold("nato", 0.8, 3, 40, NOW), OldThreshold("x", 1.0, 0, 0, NOW, shown=True)),
    looked_back=(LookedBack("nato", "f00d", NOW - timedelta(days=7), NOW, 12, 3, is_cut=True),),
)
BEFORE = {
    "service.heartbeat": AT,
    "service.started": AT,
    "clock.steady": f"{AT} {AT}",
    "configuration.loaded": AT,
    "configuration.refused": f"{AT} a.yaml:1:2: no\n    x\n    ^",
    "digest.failed:morning news": f"{AT} ValueError: too late",
    "template.broken:digest.html.j2": "f00d templates/digest.html.j2:2: no such value",
}
"""As watchdesk wrote notes before a refusal was JSON."""

moments = st.datetimes(timezones=st.just(UTC))
words = st.text(max_size=30)
names = words.map(clean)
facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(Heartbeat, moments),
    st.builds(ServiceStart, moments),
    st.builds(ClockCheck, moments, moments),
    st.builds(ClockLeap, moments),
    st.builds(LoadedConfiguration, moments),
    st.builds(
        RefusedConfiguration, moments, names, st.lists(names, max_size=3).map(tuple), st.none() | moments
    ),
    st.builds(FailedDigest, names, moments, names),
    st.builds(BrokenTemplate, names, st.text("0123456789abcdef"), names),
    st.just(UnitScores()),
    st.builds(SizeKept, st.integers(0), *[st.none() | moments] * 4, st.none() | st.integers(0)),
    st.builds(OldThreshold, names, st.floats(0, 1), st.integers(0), st.integers(0), moments, st.booleans()),
    st.builds(LookedBack, names, words, moments, moments, st.integers(0), st.integers(0), st.booleans()),
)


class Notes:
    """Notes in memory, as the store keeps them."""

    def __init__(self, **notes: str) -> None:
        self.kept = notes

    def notes(self) -> dict[str, str]:
        return dict(self.kept)

    def set_note(self, name: str, value: str | None) -> None:
        self.kept.pop(name, None)
        if value is not None:
            self.kept[name] = value


def every_fact(found: Remembered) -> list[Fact]:
    single: tuple[Fact | None, ...] = (
        *(found.heartbeat, found.started, found.clock, found.clock_leap, found.loaded, found.refused),
        *(found.unit_scores, found.size_kept),
    )
    several: tuple[Fact, ...] = (*found.failed_digests, *found.broken_templates, *found.old_thresholds)
    return [*(fact for fact in single if fact), *several, *found.looked_back]


@given(facts)
def test_every_fact_is_read_as_it_was_written(fact: Fact) -> None:
    notes = Notes()
    remember(notes, fact)
    assert every_fact(remembered(notes)) == [fact]
    forget(notes, fact)
    assert notes.kept == {}


def test_a_watchdesk_of_the_version_before_reads_what_is_written_but_a_refusal() -> None:
    notes = Notes(**BEFORE)
    for fact in every_fact(remembered(notes)):
        remember(notes, fact)
    assert notes.kept | {"configuration.refused": BEFORE["configuration.refused"]} == BEFORE


def test_all_facts_are_read_at_once_and_forgotten_one_by_one(store: SqlStore) -> None:
    for fact in every_fact(EVERY):
        remember(store, fact)
    assert remembered(store) == EVERY
    forget(store, Heartbeat)
    forget(store, RefusedConfiguration)
    forget(store, EVERY.failed_digests[0])
    left = remembered(store)
    assert (left.heartbeat, left.refused, left.failed_digests) == (None, None, EVERY.failed_digests[1:])


def test_words_that_no_database_holds_are_cleaned(store: SqlStore) -> None:
    remember(store, FailedDigest("a", NOW, "no\0 \ud800end"))
    assert remembered(store).failed_digests == (FailedDigest("a", NOW, "no \ufffdend"),)


def test_notes_of_the_version_before_are_read(store: SqlStore) -> None:
    for name, value in BEFORE.items():
        store.set_note(name, value)
    assert remembered(store) == Remembered(
        heartbeat=Heartbeat(NOW),
        started=ServiceStart(NOW),
        clock=ClockCheck(NOW, NOW),
        loaded=LoadedConfiguration(NOW),
        refused=RefusedConfiguration(NOW, "a.yaml:1:2: no\n    x\n    ^"),
        failed_digests=(FailedDigest("morning news", NOW, "ValueError: too late"),),
        broken_templates=(
            BrokenTemplate("digest.html.j2", "f00d", "templates/digest.html.j2:2: no such value"),
        ),
        unit_scores=UnitScores(),  # of the new database that they are in
    )


UNREADABLE = [
    "",
    "soon",
    "2026-03-01T12:00:00",
    "{",
    "{}",
    '{"at": 1}',
    '{"at": "soon", "why": "", "reason": ""}',
]


@pytest.mark.parametrize("value", UNREADABLE)
@pytest.mark.parametrize("name", [name for name in BEFORE if not name.startswith("template")])
def test_a_note_that_cannot_be_read_counts_as_absent_and_is_logged_once(name: str, value: str) -> None:
    notes = Notes(**{name: value})
    with capture_logs() as logs:
        assert [remembered(notes), remembered(notes)] == [Remembered()] * 2
    assert [entry["name"] for entry in logs] == [name]


def test_notes_that_are_not_the_services_are_left_alone() -> None:
    with capture_logs() as logs:
        assert remembered(Notes(other="x")) == Remembered()
    assert logs == []


def test_only_this_module_knows_how_notes_are_named() -> None:
    source = Path(__file__).parents[2] / "src" / "watchdesk"
    of_notes = {"ports/__init__.py", "remembered.py", "store/sources.py"}
    users = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if "set_note(" in (text := path.read_text()) or ".notes()" in text
    }
    assert users == of_notes
