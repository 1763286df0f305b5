"""Digests made over days in a moment: a real configuration, a real store, and the time told to them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.test_store import ARTICLE, MATCH, STATE
from support.desk import DeskFiles
from watchdesk.app import Desk, open_desk
from watchdesk.configuration import read_configuration
from watchdesk.digesting.making import candidates, make_if_due
from watchdesk.digesting.spikes import SpikeWatch
from watchdesk.model import Digest, Ingested
from watchdesk.pipeline import make_digests
from watchdesk.remembered import remembered

RULES = """\
rules:
  storm: {query: storm}
  calm: {query: calm}
"""
SETTINGS = """\
timezone: UTC
channels:
  shelf: {files: digests/}
digests:
"""
ALARM = "  alarm: {rules: all, at: {spike: 4x}, to: [shelf]}\n"
QUIET = '  alarm: {rules: all, at: {spike: 4x}, quiet: "22:00-06:00", to: [shelf]}\n'
EVENING = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

Opener = Callable[..., Desk]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Opens a desk with these digests."""
    with ExitStack() as undo:

        def open_with(*digests: str, settings: str = SETTINGS) -> Desk:
            files = DeskFiles(tmp_path)
            files.write({"wire": "http://127.0.0.1:9/feed"}, settings + "".join(digests), RULES)
            files.state.mkdir(exist_ok=True)
            return undo.enter_context(open_desk(read_configuration(files.config), files.state))

        yield open_with


def article(key: str, when: datetime, rule: str = "storm", to: Sequence[str] = ("alarm",)) -> Ingested:
    return Ingested(
        article=replace(ARTICLE, title=key, url_key=key, published_at=when, first_seen=when),
        keys=(f"g:{key}",),
        entry_hash="1",
        story_keys=(f"u:{key}",),
        matches=(replace(MATCH, rule=rule),),
        digests={rule: tuple(to)},
    )


def begin(desk: Desk, now: datetime) -> None:
    """The desk has run for twenty days and found something once."""
    early = now - 20 * DAY
    desk.store.ingest([article("early", early)], STATE, early)
    make_digests(desk.plan, desk.store, early)
    make_digests(desk.plan, desk.store, early + DAY)


def take(desk: Desk, count: int, when: datetime, rule: str = "storm", name: str = "k") -> None:
    desk.store.ingest([article(f"{name}{n}", when, rule) for n in range(count)], STATE, when)


def run(desk: Desk, start: datetime, length: timedelta) -> list[tuple[datetime, Digest]]:
    """What is made, looking each ten minutes."""
    watch, made = SpikeWatch(), []
    now = start
    while now <= start + length:
        made += [(now, digest) for digest in make_digests(desk.plan, desk.store, now, watch)]
        now += 10 * MINUTE
    return made


def test_a_spike_in_quiet_hours_goes_out_when_they_are_over(opened: Opener) -> None:
    desk = opened(QUIET)
    begin(desk, EVENING)
    take(desk, 20, EVENING)
    ((when, digest),) = run(desk, EVENING, 9 * HOUR)
    assert when == datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    assert digest.spikes[0].found == 20


@pytest.mark.parametrize("other", [0, 1])
def test_a_spike_during_a_silence_goes_out_after_it_whatever_else_waits(opened: Opener, other: int) -> None:
    desk = opened(ALARM)
    begin(desk, EVENING)
    desk.store.silence("storm", EVENING, EVENING + 10 * HOUR)
    take(desk, 20, EVENING + MINUTE)
    take(desk, other, EVENING + 2 * MINUTE, "calm", "c")
    ((when, digest),) = run(desk, EVENING, 12 * HOUR)
    assert when == EVENING + 10 * HOUR
    assert len(digest.parts[0].held_back) == 20


def test_a_spike_waits_for_more_of_the_same_where_that_is_asked(opened: Opener) -> None:
    desk = opened("  alarm: {rules: all, at: {spike: 4x}, gather: 30m, to: [shelf]}\n")
    begin(desk, EVENING)
    take(desk, 5, EVENING)
    take(desk, 5, EVENING + 20 * MINUTE, name="more")
    ((when, digest),) = run(desk, EVENING, 2 * HOUR)
    assert (when, digest.story_count) == (EVENING + 30 * MINUTE, 10)


def test_what_makes_no_spike_is_let_go_after_hours(opened: Opener) -> None:
    desk = opened(ALARM)
    begin(desk, EVENING)
    take(desk, 2, EVENING)
    assert run(desk, EVENING, 5 * HOUR) == []
    assert len(desk.store.waiting("alarm")) == 2
    assert run(desk, EVENING + 5 * HOUR, 2 * HOUR) == []
    assert len(desk.store.waiting("alarm")) == 0


def test_an_event_is_told_again_only_when_it_grows_as_much_again(opened: Opener) -> None:
    desk = opened(ALARM)
    begin(desk, EVENING)
    take(desk, 5, EVENING)
    assert len(run(desk, EVENING, 20 * MINUTE)) == 1
    take(desk, 2, EVENING + 25 * MINUTE, name="more")
    assert run(desk, EVENING + 30 * MINUTE, 10 * MINUTE) == []
    take(desk, 4, EVENING + 45 * MINUTE, name="many")
    ((_, digest),) = run(desk, EVENING + 50 * MINUTE, 10 * MINUTE)
    assert digest.story_count == 6


def test_a_digest_that_cannot_be_made_costs_the_others_nothing_and_is_told(opened: Opener) -> None:
    broken = "  a: {rules: all, at: once, to: [shelf], timezone: Asia/Tokyo}\n"
    desk = opened(broken, "  b: {rules: all, at: once, to: [shelf]}\n")
    # A moment that no clock of a zone east of ours can show: nothing that a command would take.
    desk.store.silence("calm", EVENING - HOUR, datetime(9999, 12, 31, 23, tzinfo=UTC))
    make_digests(desk.plan, desk.store, EVENING - HOUR)
    desk.store.ingest([article("x", EVENING, to=("a", "b"))], STATE, EVENING)
    assert [digest.name for digest in make_digests(desk.plan, desk.store, EVENING)] == ["b"]
    assert [failed.digest for failed in remembered(desk.store).failed_digests] == ["a"]
    assert len(desk.store.waiting("a")) == 1
    desk.store.end_silence(1, EVENING)
    later = EVENING + 2 * MINUTE
    assert [digest.name for digest in make_digests(desk.plan, desk.store, later)] == ["a"]
    assert remembered(desk.store).failed_digests == ()


def test_a_digest_that_was_gone_for_months_is_not_caught_up(opened: Opener) -> None:
    daily, other = '  alarm: {rules: all, at: "0 7 * * *", to: [shelf]}\n', "  b: {at: once, to: [shelf]}\n"
    morning = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
    desk = opened(daily, other)
    make_digests(desk.plan, desk.store, morning)
    without = opened(other)
    make_digests(without.plan, without.store, morning + 2 * HOUR)
    back = opened(daily, other)
    afternoon = morning + 30 * DAY + 9 * HOUR
    assert make_digests(back.plan, back.store, afternoon) == []
    (digest,) = make_digests(back.plan, back.store, afternoon + DAY)
    assert digest.name == "alarm"


def test_a_digest_that_holds_little_is_in_the_outbox_before_a_large_one_is_made(opened: Opener) -> None:
    desk = opened(
        "  large: {rules: all, at: once, gather: 0s, to: [shelf]}\n",
        "  small: {rules: [storm], at: once, gather: 0s, to: [shelf]}\n",
    )
    desk.store.know_digests(["large", "small"], EVENING)
    items = [article(f"n{number}", EVENING, "calm", to=("large",)) for number in range(9)]
    desk.store.ingest([*items, article("x", EVENING, to=("large", "small"))], STATE, EVENING)
    laid: list[tuple[str, set[str]]] = []

    def made(digest: Digest) -> None:
        laid.append((digest.name, {one.digest_name for one in desk.store.deliveries()}))

    make_digests(desk.plan, desk.store, EVENING + MINUTE, made=made)
    assert laid == [("small", {"small"}), ("large", {"small", "large"})]


def test_who_comes_second_makes_no_digest_of_nothing(opened: Opener) -> None:
    """Another host may take what waits between the look at it and the making."""
    desk = opened("  flash: {rules: all, at: once, when_empty: send, to: [shelf]}\n")
    desk.store.know_digests(["flash"], EVENING - DAY)
    desk.store.ingest([article("news", EVENING, to=("flash",))], STATE, EVENING)
    (seen,) = candidates(desk.plan, desk.store, EVENING)
    assert make_if_due(desk.plan, desk.store, seen, EVENING, SpikeWatch())
    assert make_if_due(desk.plan, desk.store, seen, EVENING, SpikeWatch()) is None
    assert len(desk.store.deliveries(digest="flash", limit=10)) == 1
