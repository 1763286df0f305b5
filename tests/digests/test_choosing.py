"""What of a queue goes out, what is an update, and what waits for more sources."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.config.settings import DigestSettings, Updates
from watchdesk.config.story_conditions import StoryCondition
from watchdesk.digests.choosing import PATIENCE, choose, mark_of
from watchdesk.model import Coverage, DigestMark, HeldUpdate, MoreSources, Queued, Telling

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
THREE = StoryCondition(3)


def setting(only: StoryCondition | None = None, updates: Updates = Updates.SHOW) -> DigestSettings:
    return DigestSettings(name="flash", title="Flash", to=("desk",), only=only, updates=updates)


def match(number: int, *, story: int = 1, at: datetime = NOW - HOUR, sure: bool = True) -> Queued:
    return Queued(number, "nato", number, story, at, sure)


def told_by(*seen: datetime) -> Coverage:
    return Coverage(tuple(Telling(f"s{n}", moment, moment, moment) for n, moment in enumerate(sorted(seen))))


def coverage(count: int, last: datetime = NOW - HOUR) -> Mapping[int, Coverage]:
    return {1: told_by(*(last - n * HOUR for n in range(count)))}


def test_a_digest_that_asks_nothing_of_stories_takes_all() -> None:
    found = choose(setting(), [match(1), match(2, sure=False)], {}, {1: NOW}, NOW)
    assert (set(found.taken), found.held, found.unwanted) == ({1, 2}, {}, {})


@pytest.mark.parametrize(("sources", "taken"), [(2, set()), (3, {1}), (4, {1})])
def test_a_story_goes_out_once_so_many_sources_tell_it(sources: int, taken: set[int]) -> None:
    found = choose(setting(THREE), [match(1)], coverage(sources), {}, NOW)
    assert found.taken == taken


def test_what_waits_says_for_how_many_and_until_when() -> None:
    found = choose(setting(THREE), [match(1)], coverage(2), {}, NOW)
    assert found.held == {1: MoreSources(2, 3, NOW - HOUR + PATIENCE)}
    assert (found.waits, found.taken) == (1, frozenset())


def test_it_is_news_since_the_last_source_that_was_wanted() -> None:
    joined = NOW - timedelta(minutes=5)
    found = choose(setting(THREE), [match(1, at=NOW - 20 * HOUR)], coverage(3, joined), {}, NOW)
    assert found.news == {1: joined}
    mark = mark_of(DigestMark("flash", NOW), [match(1, at=NOW - 20 * HOUR)], found)
    assert mark.oldest_waiting == joined


@pytest.mark.parametrize(
    ("joined", "taken", "unwanted"),
    [(timedelta(0), {1}, {}), (timedelta(microseconds=1), set(), {1: 3})],
)
def test_after_two_days_more_sources_come_too_late_whenever_it_is_looked(
    joined: timedelta, taken: set[int], unwanted: Mapping[int, int]
) -> None:
    matched = NOW - 5 * PATIENCE
    found = choose(setting(THREE), [match(1, at=matched)], coverage(3, matched + PATIENCE + joined), {}, NOW)
    assert (set(found.taken), found.unwanted) == (taken, unwanted)


def test_an_article_that_may_not_belong_to_the_story_counts_alone() -> None:
    found = choose(setting(THREE), [match(1, sure=False)], coverage(5), {}, NOW)
    assert found.held == {1: MoreSources(1, 3, NOW - HOUR + PATIENCE)}
    late = choose(setting(THREE), [match(1, sure=False, at=NOW - PATIENCE)], coverage(5), {}, NOW)
    assert late.unwanted == {1: 1}


def test_it_is_shown_with_the_story_when_that_goes_out() -> None:
    found = choose(setting(THREE), [match(1), match(2, sure=False)], coverage(3), {}, NOW)
    assert found.taken == {1, 2}


def test_an_update_is_held_and_what_may_be_another_event_is_not() -> None:
    told = {1: NOW - 24 * HOUR}
    queued = [match(1), match(2, sure=False), match(3, story=2)]
    found = choose(setting(updates=Updates.HOLD), queued, {}, told, NOW)
    assert found.held == {1: HeldUpdate(told[1])}
    assert (set(found.news), set(found.updates), set(found.taken)) == ({2, 3}, {1}, {1, 2, 3})
    assert choose(setting(), queued, {}, told, NOW).held == {}


def test_held_updates_do_not_make_what_is_doubtful_wanted() -> None:
    found = choose(
        setting(THREE, Updates.HOLD), [match(1), match(2, sure=False)], coverage(4), {1: NOW - HOUR}, NOW
    )
    assert found.updates == {1}
    assert found.held[2] == MoreSources(1, 3, NOW - HOUR + PATIENCE)


MATCHES = st.lists(
    st.builds(
        Queued,
        st.integers(1, 50),
        st.just("nato"),
        st.integers(1, 50),
        st.integers(1, 4),
        st.integers(0, 100).map(lambda hours: NOW - hours * HOUR),
        st.booleans(),
    ),
    unique_by=lambda one: one.id,
)
STORIES = st.dictionaries(
    st.integers(1, 4),
    st.lists(st.integers(0, 120), min_size=1, max_size=6).map(
        lambda hours: told_by(*(NOW - hour * HOUR for hour in hours))
    ),
)


@given(MATCHES, STORIES, st.sets(st.integers(1, 4)), st.sampled_from(Updates), st.none() | st.just(THREE))
def test_every_match_is_in_one_place_and_no_doubtful_one_is_held_for_its_story(
    queued: list[Queued],
    stories: dict[int, Coverage],
    told: set[int],
    updates: Updates,
    only: StoryCondition | None,
) -> None:
    found = choose(setting(only, updates), queued, stories, dict.fromkeys(told, NOW), NOW)
    places = [*found.news, *found.held, *found.unwanted]
    assert sorted(places) == sorted(one.id for one in queued)
    assert found.updates <= {one.id for one in queued if one.is_sure and one.story_id in told}
    mark = mark_of(DigestMark("flash", NOW), queued, found)
    assert (mark.waiting, mark.held) == (len(found.news), len(found.held))
