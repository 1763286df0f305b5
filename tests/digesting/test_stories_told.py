"""What a digest asks of stories, from the article that comes to the digest that goes out, over days.

Each look is by a desk that was opened anew, as after a kill: what waits is decided by the store alone.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store.conftest import storage  # noqa: F401 - the fixture
from store.test_store import MATCH
from store.test_stories import REPORTS, told
from support.desk import DeskFiles
from watchdesk.app import open_desk
from watchdesk.configuration import read_configuration
from watchdesk.digesting.fates import look_up_fate
from watchdesk.digesting.making import make_digest
from watchdesk.digests import Reason
from watchdesk.digests.fate import InDigests, LetGo, Out, Shown, Waits
from watchdesk.model import Digest, HeldUpdate, MoreSources, Release
from watchdesk.notices.digests import PATIENCE, overdue_digests
from watchdesk.pipeline import make_digests
from watchdesk.remembered import Remembered
from watchdesk.reporting import read_facts

RULES = """\
rules:
  nato: {query: earthquake OR budget OR claims}
  high: {query: tsunami, priority: high}
"""
SETTINGS = """\
timezone: UTC
channels:
  shelf: {files: digests/}
digests:
"""
THREE = '  flash: {rules: all, at: once, only: {sources: ">= 3"}, to: [shelf]}\n'
HOLD = "  flash: {rules: all, at: once, updates: hold, to: [shelf]}\n"
DAILY = '  flash: {rules: all, at: "0 7 * * *", updates: hold, to: [shelf]}\n'
QUAKE, AFTER, BUDGET = REPORTS
DOUBTFUL = (
    "Insurers count what a year of disasters cost them",
    "Claims in Chile for floods, fires, hail, frost and the earthquake reached forty million dollars along"
    " the coast and inland, brokers in Santiago said, and premiums will rise by a tenth for factories and"
    " hotels.",
)
"""Near enough to be shown with the earthquake, and not near enough to hide anything."""
OTHER_NEWS = (
    ("Rail strike stops trains in Lyon", "Drivers walked out and half of the regional trains stood still."),
    ("Oslo opens a museum of polar maps", "Visitors queued to see charts that explorers drew long ago."),
    ("Wheat price falls on good harvest in Kansas", "Farmers brought in more grain than traders expected."),
    ("Court frees banker in Zurich", "Judges said that prosecutors had kept papers from the defence."),
)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Days:
    """A desk whose every step is a new process's."""

    def __init__(self, root: Path, storage: str, digests: str) -> None:  # noqa: F811 - a value here
        self.files = DeskFiles(root)
        settings = f"storage: {json.dumps(storage)}\n{SETTINGS}{digests}"
        self.files.write({"wire": "http://127.0.0.1:9/feed"}, settings, RULES)
        self.files.state.mkdir(exist_ok=True)
        self.number, began = len(OTHER_NEWS), NOON - HOUR
        others = [
            told(number, "wire", *news, at=began, matched=False) for number, news in enumerate(OTHER_NEWS, 1)
        ]
        with open_desk(read_configuration(self.files.config), self.files.state) as desk:
            desk.store.ingest(others, None, began)
            make_digests(desk.plan, desk.store, began)

    def comes(
        self, source: str, report: tuple[str, str], at: datetime, *, matched: bool = True, rule: str = "nato"
    ) -> int:
        """The number of an article that a source publishes and the rule finds."""
        self.number += 1
        item = told(self.number, source, *report, at=at, matched=matched)
        if matched:
            item = replace(item, matches=(replace(MATCH, rule=rule),), digests={rule: ("flash",)})
        with open_desk(read_configuration(self.files.config), self.files.state) as desk:
            return desk.store.ingest([item], None, at)[0].article_id

    def looks(self, now: datetime) -> Sequence[Digest]:
        with open_desk(read_configuration(self.files.config), self.files.state) as desk:
            return make_digests(desk.plan, desk.store, now)

    def fate(self, number: int, now: datetime, rule: str = "nato") -> Any:
        """What became of the article in the digest."""
        with open_desk(read_configuration(self.files.config), self.files.state) as desk:
            (article,) = [one for one in desk.store.articles() if one.id == number]
            fate = look_up_fate(desk.plan, desk.store, article, rule, now, matches_now=True)
            assert isinstance(fate, InDigests)
            return fate.courses[0]

    def document(self, digest: Digest) -> Mapping[str, Any]:
        """The digest's JSON document."""
        with open_desk(read_configuration(self.files.config), self.files.state) as desk:
            found: Mapping[str, Any] = json.loads(desk.store.went_out([digest.id])[digest.id].rendered.json)
            return found

    def rows(self, ask: Callable[[Any], Any]) -> Any:
        with open_desk(read_configuration(self.files.config), self.files.state) as desk:
            return ask(desk)


@pytest.fixture
def days(tmp_path: Path, storage: str) -> Callable[[str], Days]:  # noqa: F811 - the fixture
    return lambda digests: Days(tmp_path, storage, digests)


def ids(digest: Digest) -> set[int | None]:
    stories = [story for part in digest.parts for story in part.stories]
    return {match.article.id for story in stories for match in (story.best, *story.others)}


def updates(digest: Digest) -> set[int | None]:
    stories = [story for part in digest.parts for story in part.updates]
    return {match.article.id for story in stories for match in (story.best, *story.others)}


def test_a_story_wakes_the_desk_when_its_third_source_comes(days: Callable[[str], Days]) -> None:
    desk = days(THREE)
    first = desk.comes("a", QUAKE, NOON)
    second = desk.comes("b", AFTER, NOON + HOUR)
    assert desk.looks(NOON + 2 * HOUR) == []
    waits = desk.fate(first, NOON + 2 * HOUR)
    assert isinstance(waits, Waits)
    assert waits.held == MoreSources(2, 3, NOON + 2 * DAY)
    assert waits.departure.reason is Reason.HOLDING
    desk.comes("c", QUAKE, NOON + 20 * HOUR, matched=False)  # no rule found it, and it counts
    (digest,) = desk.looks(NOON + 20 * HOUR)
    assert ids(digest) == {first, second}
    document = desk.document(digest)["rules"][0]["stories"][0]
    assert (document["source_count"], document["told_since"]) == (3, "2026-03-02T12:00:00Z")
    assert desk.looks(NOON + 20 * HOUR + MINUTE) == []


def test_what_two_sources_told_is_not_wanted_after_two_days_and_is_counted(
    days: Callable[[str], Days],
) -> None:
    desk = days(THREE)
    first = desk.comes("a", QUAKE, NOON)
    desk.comes("b", AFTER, NOON + HOUR, matched=False)
    assert desk.looks(NOON + 2 * DAY - MINUTE) == []
    assert isinstance(desk.fate(first, NOON + 2 * DAY - MINUTE), Waits)
    assert desk.looks(NOON + 2 * DAY) == []
    gone = desk.fate(first, NOON + 2 * DAY)
    assert isinstance(gone, LetGo)
    assert (gone.released.reason, gone.released.sources, gone.released.sources_wanted) == (
        Release.NOT_WANTED,
        2,
        3,
    )
    later = NOON + 3 * DAY
    for source in "xyz":
        desk.comes(source, BUDGET, later)
    (digest,) = desk.looks(later)
    assert digest.not_wanted is not None
    assert (digest.not_wanted.articles, digest.not_wanted.wanted) == (1, 3)
    assert desk.document(digest)["not_wanted"] == {"articles": 1, "sources_wanted": 3}


def test_a_silence_comes_first_and_what_waits_for_sources_waits_for_its_end(
    days: Callable[[str], Days],
) -> None:
    desk = days(THREE)
    desk.rows(lambda opened: opened.store.silence("nato", NOON - MINUTE, NOON + 3 * DAY))
    for source in "ab":
        desk.comes(source, QUAKE, NOON)
    assert desk.looks(NOON + 3 * DAY - MINUTE) == []
    assert len(desk.rows(lambda opened: opened.store.waiting("flash"))) == 2
    assert desk.looks(NOON + 3 * DAY) == []
    assert desk.rows(lambda opened: opened.store.waiting("flash")) == []


def test_only_a_wanted_story_of_a_high_rule_breaks_quiet_hours(days: Callable[[str], Days]) -> None:
    quiet = THREE.replace("only:", 'quiet: "22:00-06:00", only:')
    desk, night = days(quiet), NOON.replace(hour=23)
    desk.comes("a", QUAKE, night, rule="high")
    for source in "xyz":
        desk.comes(source, BUDGET, night)
    assert desk.looks(night + MINUTE) == []  # what is high is not wanted yet, what is wanted is not high
    desk.comes("b", AFTER, night + HOUR, rule="high")
    assert desk.looks(night + HOUR) == []
    desk.comes("c", QUAKE, night + 2 * HOUR, matched=False)
    (digest,) = desk.looks(night + 2 * HOUR)
    assert {part.rule.id for part in digest.parts} == {"high", "nato"}


def test_it_gathers_from_when_the_last_source_came(days: Callable[[str], Days]) -> None:
    desk = days(THREE.replace("only:", "gather: 30m, only:"))
    for number, source in enumerate("abc"):
        desk.comes(source, QUAKE, NOON + number * 5 * HOUR)
    come = NOON + 10 * HOUR
    assert desk.looks(come + 29 * MINUTE) == []
    assert len(desk.looks(come + 30 * MINUTE)) == 1


def test_a_digest_that_waits_for_sources_is_not_overdue_and_one_that_has_them_is(
    days: Callable[[str], Days],
) -> None:
    desk = days(THREE)

    def overdue(now: datetime) -> list[str]:
        def ask(opened: Any) -> list[str]:
            facts = read_facts(opened.plan, opened.store, now)
            found = overdue_digests(facts.settings, facts.digest_marks, facts.silences, Remembered(), now)
            return [cause.digest for cause in found]

        found: list[str] = desk.rows(ask)
        return found

    for source in "ab":
        desk.comes(source, QUAKE, NOON)
    assert overdue(NOON + DAY) == []
    desk.comes("c", QUAKE, NOON + DAY)
    assert overdue(NOON + DAY + MINUTE) == []
    assert overdue(NOON + DAY + PATIENCE + MINUTE) == ["flash"]


def test_an_update_is_listed_by_its_headline_with_the_next_news(days: Callable[[str], Days]) -> None:
    desk = days(HOLD)
    desk.comes("a", QUAKE, NOON)
    assert len(desk.looks(NOON)) == 1
    update = desk.comes("b", AFTER, NOON + HOUR)
    assert desk.looks(NOON + 5 * DAY) == []
    waits = desk.fate(update, NOON + 2 * HOUR)
    assert isinstance(waits, Waits)
    assert (waits.held, waits.departure.reason) == (HeldUpdate(NOON), Reason.HOLDING)
    news = desk.comes("a", BUDGET, NOON + 5 * DAY)
    (digest,) = desk.looks(NOON + 5 * DAY)
    assert (ids(digest), updates(digest)) == ({news}, {update})
    (rule,) = desk.document(digest)["rules"]
    assert ([brief["article"]["id"] for brief in rule["updates"]], rule["updates_count"]) == ([update], 1)
    out = desk.fate(update, NOON + 5 * DAY)
    assert isinstance(out, Out)
    assert out.shown is Shown.UPDATE


def test_a_scheduled_digest_lists_updates_at_its_time(days: Callable[[str], Days]) -> None:
    desk = days(DAILY)
    desk.comes("a", QUAKE, NOON)
    seven = NOON.replace(hour=7) + DAY
    (first,) = desk.looks(seven)
    update = desk.comes("b", AFTER, seven + HOUR)
    (second,) = desk.looks(seven + DAY)
    assert (len(ids(first)), updates(second), ids(second)) == (1, {update}, set())
    assert second.new_count == 0


def test_what_may_be_another_event_is_never_held_as_an_update(days: Callable[[str], Days]) -> None:
    desk = days(HOLD)
    desk.comes("a", QUAKE, NOON)
    desk.comes("b", AFTER, NOON)
    assert len(desk.looks(NOON)) == 1
    doubtful = desk.comes("c", DOUBTFUL, NOON + HOUR)
    why = desk.rows(lambda opened: opened.store.memberships([doubtful])[doubtful])
    assert 0.12 <= why.similarity < 0.2
    (digest,) = desk.looks(NOON + HOUR)
    assert (ids(digest), updates(digest)) == ({doubtful}, set())


def test_nor_does_it_make_what_follows_it_an_update(days: Callable[[str], Days]) -> None:
    desk = days(HOLD)
    desk.comes("a", QUAKE, NOON, matched=False)
    desk.comes("b", AFTER, NOON, matched=False)
    doubtful = desk.comes("c", DOUBTFUL, NOON)
    assert len(desk.looks(NOON)) == 1  # it told what may be another event
    report = desk.comes("d", AFTER, NOON + HOUR)
    (digest,) = desk.looks(NOON + HOUR)
    assert (ids(digest), updates(digest)) == ({report}, set())
    assert doubtful not in ids(digest)


def test_what_may_not_belong_is_shown_by_its_headline_and_counts_as_no_source(
    days: Callable[[str], Days],
) -> None:
    desk = days("  flash: {rules: all, at: once, gather: 5m, to: [shelf]}\n")
    desk.comes("a", QUAKE, NOON)
    desk.comes("b", AFTER, NOON)
    desk.comes("c", DOUBTFUL, NOON)
    (digest,) = desk.looks(NOON + 5 * MINUTE)
    page = desk.rows(lambda opened: opened.store.went_out([digest.id])[digest.id].rendered)
    assert DOUBTFUL[0] in page.html
    assert DOUBTFUL[0] in page.text
    assert "2 sources since 12:00" in page.text
    assert "3 sources" not in page.text


def test_two_processes_let_go_and_make_once(days: Callable[[str], Days]) -> None:
    desk = days(THREE)
    desk.comes("a", QUAKE, NOON)
    with (
        open_desk(read_configuration(desk.files.config), desk.files.state) as one,
        open_desk(read_configuration(desk.files.config), desk.files.state) as other,
    ):
        (queued,) = other.store.queued("flash")
        assert make_digests(one.plan, one.store, NOON + 2 * DAY) == []
        assert other.store.release_unwanted("flash", {queued.id: 1}, 3, NOON + 2 * DAY) == 0
        made = make_digest(
            other.plan, other.store, other.plan.settings.digests["flash"], NOON + 3 * DAY, None
        )
        assert made is not None
        assert made.parts == ()
