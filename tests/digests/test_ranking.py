"""The order of a digest, each of its reasons alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from watchdesk.config.settings import DigestSettings, RuleOrder
from watchdesk.digests import compose, history_starts
from watchdesk.digests.ranking import Weights
from watchdesk.model import (
    Article,
    Digest,
    DigestPart,
    Match,
    Past,
    Priority,
    PublishedKnown,
    RuleLabel,
    Silence,
    Snippet,
    WaitingMatch,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
SETTING = DigestSettings(name="morning", title="Morning brief", to=("desk",), at="0 7 * * *")
RULES = {rule_id: RuleLabel(rule_id, rule_id.title()) for rule_id in ("nato", "aid", "minerals")}


def found(
    number: int,
    *,
    rule: str = "nato",
    story: int | None = None,
    score: float = 1.0,
    source: str = "wire",
    age: timedelta = timedelta(hours=1),
) -> WaitingMatch:
    article = Article(
        source,
        f"Story {number}",
        (),
        NOW,
        url=f"https://e.org/{number}",
        published_at=NOW - age,
        published_known=PublishedKnown.EXACT,
    )
    match = Match(rule, score, (), Snippet(""))
    return WaitingMatch(number, rule, article, number if story is None else story, match, NOW - age)


def composed(
    *matches: WaitingMatch,
    setting: DigestSettings = SETTING,
    past: Past | None = None,
    weights: Weights | None = None,
    rules: dict[str, RuleLabel] = RULES,
) -> Digest:
    return compose(
        setting,
        rules,
        matches,
        (),
        past or Past(since=NOW - timedelta(days=1)),
        now=NOW,
        timezone=BRUSSELS,
        digest_id="d1",
        weights=weights,
    )


def order(digest: Digest) -> list[int]:
    return [story.best.id for part in digest.parts for story in part.stories]


def test_the_higher_score_stands_first() -> None:
    assert order(composed(found(1, score=0.5), found(2, score=1))) == [2, 1]


def test_a_score_from_before_scores_went_to_one_counts_as_one() -> None:
    new = timedelta(minutes=1)
    assert order(composed(found(1, score=9), found(2, score=1, age=new))) == [2, 1]


def test_a_source_that_weighs_more_lifts_its_stories() -> None:
    matches = found(1, source="blog"), found(2, source="official")
    assert order(composed(*matches, weights={"official": 2.0})) == [2, 1]
    assert order(composed(*matches, weights={"blog": 2.0})) == [1, 2]


def test_the_fresher_story_stands_first_but_not_before_a_much_better_one() -> None:
    old, new = timedelta(hours=20), timedelta(minutes=10)
    assert order(composed(found(1, age=old), found(2, age=new))) == [2, 1]
    assert order(composed(found(1, age=old), found(2, age=new, score=0.3))) == [1, 2]


def test_a_story_that_more_sources_carry_stands_first() -> None:
    broad = [found(n, story=7, source=f"s{n}") for n in (2, 3, 4)]
    assert order(composed(found(1), *broad)) == [2, 1]


def test_within_a_story_the_heavier_source_speaks_and_among_equals_who_had_it_first() -> None:
    early = found(1, story=7, source="blog", age=timedelta(hours=3))
    late = found(2, story=7, source="official")
    assert order(composed(late, early)) == [1]
    assert order(composed(late, early, weights={"official": 1.5})) == [2]


def test_rules_stand_in_the_order_of_their_files_where_that_is_asked() -> None:
    matches = found(1, rule="minerals"), found(2, rule="nato", score=0.1), found(3, rule="aid", score=0.1)
    in_files = composed(*matches, setting=replace(SETTING, order=RuleOrder.FILE))
    assert [part.rule.id for part in in_files.parts] == ["nato", "aid", "minerals"]
    by_weight = composed(*matches)
    assert by_weight.parts[0].rule.id == "minerals"


def test_high_priority_comes_before_any_weight() -> None:
    rules = {**RULES, "aid": RuleLabel("aid", "Aid", Priority.HIGH)}
    digest = composed(found(1), found(2, rule="aid", score=0.1), rules=rules)
    assert [part.rule.id for part in digest.parts] == ["aid", "nato"]


def test_what_is_over_most_is_still_there_in_its_order() -> None:
    digest = composed(*(found(n, score=n / 10) for n in range(1, 8)), setting=replace(SETTING, most=3))
    assert order(digest) == [7, 6, 5]
    assert [story.best.id for story in digest.parts[0].more] == [4, 3, 2, 1]
    assert digest.left_out == 4


def test_a_story_that_an_earlier_digest_told_is_not_new() -> None:
    yesterday = NOW - timedelta(days=1)
    digest = composed(found(1), found(2), past=Past(since=yesterday, told={2: yesterday}))
    assert {s.story_id: s.told_at for s in digest.parts[0].stories} == {1: None, 2: yesterday}
    assert digest.new_count == 1


def history_of(found_at: dict[datetime, int], since: datetime | None) -> DigestPart:
    return composed(found(1), past=Past(since=since, found={"nato": found_at})).parts[0]


def test_the_last_bar_is_the_digests_own_window_and_those_before_are_days() -> None:
    since = NOW - timedelta(days=1)
    quarters = {
        NOW - timedelta(hours=9): 3,  # late yesterday: "0 today" would be said of it at seven in the morning
        since: 2,
        since - timedelta(minutes=15): 4,
        NOW - timedelta(days=14): 5,
        NOW - timedelta(days=14, minutes=15): 7,  # too early
    }
    part = history_of(quarters, since)
    assert (part.history[-1], part.history[-2], part.history[0], len(part.history)) == (5, 4, 5, 14)
    assert part.history_since == since


@pytest.mark.parametrize(
    ("window", "counted", "last"),
    [
        (timedelta(days=3), 60, timedelta(days=3)),
        (timedelta(minutes=10), 24, timedelta(days=1)),
        (None, 24, timedelta(days=1)),
    ],
)
def test_a_long_window_is_one_bar_and_a_short_one_counts_as_the_last_24_hours(
    window: timedelta | None, counted: int, last: timedelta
) -> None:
    every_hour = {NOW - timedelta(hours=number): 1 for number in range(1, 61)}
    part = history_of(every_hour, NOW - window if window else None)
    assert part.history[-1] == counted
    assert part.history_since == NOW - last
    assert sum(part.history) == 60


def test_days_of_the_history_are_those_of_local_clocks() -> None:
    """The clocks of Brussels were put forward on 29 March 2026."""
    monday = datetime(2026, 3, 30, 5, 0, tzinfo=UTC)
    starts = history_starts(monday - timedelta(days=1), monday, BRUSSELS)
    assert {start.astimezone(BRUSSELS).hour for start in starts} == {7}


def test_what_a_digest_holds_counts_in_its_bar_whenever_it_was_published() -> None:
    digest = composed(found(1), found(2), past=Past(since=NOW - timedelta(days=1)))
    assert digest.parts[0].history[-1] == 2


def test_a_rule_of_which_there_is_more_than_anyone_reads_is_too_wide() -> None:
    digest = composed(*(found(number) for number in range(1, 101)), found(101, rule="aid"))
    assert [(part.rule.id, part.count) for part in digest.too_wide] == [("nato", 100)]
    assert composed(*(found(number) for number in range(1, 100))).too_wide == ()


def test_of_a_day_that_nobody_reads_the_widest_rule_is_named_all_the_same() -> None:
    many = [found(number, rule=f"r{number % 5}") for number in range(1, 201)]
    many.append(found(201, rule="r3"))
    assert [(part.rule.id, part.count) for part in composed(*many).too_wide] == [("r3", 41)]


def during(rule: str, since: timedelta, until: timedelta) -> Silence:
    return Silence(1, rule, NOW - since, NOW + until)


def test_what_came_during_a_silence_stands_apart() -> None:
    over = during("nato", timedelta(hours=5), timedelta(hours=-2))
    held, fresh = found(1, age=timedelta(hours=3)), found(2, age=timedelta(hours=1))
    part = composed(held, fresh, past=Past(silences=(over,))).parts[0]
    assert ids(part.stories) == [2]
    assert ids(part.held_back) == [1]
    assert part.count == 2


def test_a_story_that_goes_on_after_a_silence_is_no_longer_held_back() -> None:
    over = during("nato", timedelta(hours=5), timedelta(hours=-2))
    held = found(1, story=7, age=timedelta(hours=3))
    fresh = found(2, story=7, age=timedelta(hours=1))
    part = composed(held, fresh, past=Past(silences=(over,))).parts[0]
    assert part.held_back == ()
    assert len(part.stories[0].others) == 1


def test_a_rule_that_is_silent_now_is_named_and_not_called_quiet() -> None:
    running = during("aid", timedelta(hours=1), timedelta(hours=2))
    digest = composed(found(1), past=Past(silences=(running,)))
    assert [(rule.id, until) for rule, until in digest.silenced] == [("aid", NOW + timedelta(hours=2))]
    assert [rule.id for rule in digest.quiet_rules] == ["minerals"]


def ids(stories: Sequence[object]) -> list[int]:
    return [story.best.id for story in stories]  # type: ignore[attr-defined]  # stories of a digest


LEADS = (
    ({"title": "Opinion: what now", "score": 1.0}, {"title": "Ministers agree"}),
    ({"title": "Ministers agree – live", "source": "agency"}, {"title": "Ministers agree"}),
    ({"title": "Five takeaways from the vote", "age": timedelta(hours=9)}, {"title": "Ministers agree"}),
    ({"title": "What to expect from the vote", "age": timedelta(hours=9)}, {"title": "Ministers agree"}),
    ({"score": 1.0}, {"source": "agency", "score": 0.2}),
    ({"score": 0.3, "age": timedelta(hours=9)}, {"score": 0.5}),
    ({"score": 1.0}, {"score": 0.5, "age": timedelta(hours=9)}),
)


@pytest.mark.parametrize(("other", "leader"), LEADS)
def test_the_article_that_leads_a_story(other: dict[str, Any], leader: dict[str, Any]) -> None:
    def made(number: int, title: str = "Story", **more: Any) -> WaitingMatch:
        match = found(number, story=1, **more)
        return replace(match, article=replace(match.article, title=title))

    digest = composed(made(1, **other), made(2, **leader), weights={"agency": 2.0})
    (story,) = digest.parts[0].stories
    assert story.best.id == 2
