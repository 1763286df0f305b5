"""When a digest goes out, what it holds, and how it looks."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.digests import render_plain
from support.examples import tries
from watchdesk.config.schedules import QuietHours
from watchdesk.config.settings import DigestSettings
from watchdesk.digests import Reason, compose, due, webhook_schema
from watchdesk.digests.rendering.document_types import DigestDocument
from watchdesk.model import (
    Article,
    Digest,
    DigestMark,
    Match,
    Past,
    Priority,
    PublishedKnown,
    Queue,
    RuleLabel,
    Section,
    Snippet,
    SourceHealth,
    WaitingMatch,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
ONCE = DigestSettings(name="flash", title="Flash", to=("desk",), gather=timedelta(minutes=5))
DAILY = replace(ONCE, name="morning", title="Morning brief", at="0 7 * * *", when_empty="send")
RULES = {
    "nato": RuleLabel("nato", "NATO spending"),
    "aid": RuleLabel("aid", "Ukraine aid", Priority.HIGH),
    "rare": RuleLabel("rare", "Minerals deals"),
}


def mark(**values: object) -> DigestMark:
    return replace(DigestMark("flash", NOW - timedelta(days=9)), **values)  # type: ignore[arg-type]  # test values


def since(oldest: datetime, rule: str = "nato") -> dict[str, Queue]:
    return {rule: Queue(1, oldest)}


def waiting(
    number: int,
    rule: str = "nato",
    story: int | None = None,
    score: float = 1.0,
    title: str = "",
    url: str = "",
) -> WaitingMatch:
    article = Article(
        source_id=f"s{number % 3}",
        title=title or f"Story number {number}",
        sections=(Section(None, ("Ministers agreed on defence spending.",)),),
        first_seen=NOW,
        url=url or f"https://e.org/{number}",
        published_at=NOW - timedelta(hours=1),
        published_known=PublishedKnown.EXACT,
    )
    match = Match(rule, score, (), Snippet("Ministers agreed on defence spending.", ((20, 36),)))
    return WaitingMatch(number, rule, article, number if story is None else story, match, NOW)


def composed(matches: list[WaitingMatch], most: int = 60, health: tuple[SourceHealth, ...] = ()) -> Digest:
    setting = replace(DAILY, most=most)
    past = Past(since=NOW - timedelta(days=1))
    return compose(setting, RULES, matches, health, past, now=NOW, timezone=BRUSSELS, digest_id="d1")


@pytest.mark.parametrize(
    ("setting", "remembered", "expected"),
    [
        (ONCE, mark(), Reason.NOTHING_WAITS),
        (ONCE, mark(queues=since(NOW - timedelta(minutes=4))), Reason.GATHERING),
        (ONCE, mark(queues=since(NOW - timedelta(minutes=5))), Reason.MATCHED),
        (DAILY, mark(last_scheduled=NOW), Reason.NOT_YET),
        (DAILY, mark(last_scheduled=NOW - timedelta(days=3)), Reason.SCHEDULED),
    ],
)
def test_a_digest_is_due_for_a_named_reason(
    setting: DigestSettings, remembered: DigestMark, expected: Reason
) -> None:
    assert due(setting, remembered, NOW, BRUSSELS, frozenset()).reason is expected


def test_a_schedule_missed_for_days_is_caught_up_once_for_its_latest_time() -> None:
    decision = due(DAILY, mark(last_scheduled=NOW - timedelta(days=3)), NOW, BRUSSELS, frozenset())
    assert decision.scheduled == datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    assert not due(DAILY, mark(last_scheduled=decision.scheduled), NOW, BRUSSELS, frozenset()).is_due


@pytest.mark.parametrize(("hour", "held"), [(21, False), (22, True), (3, True), (6, False)])
def test_quiet_hours_hold_back_over_midnight_and_yield_to_high_priority(hour: int, held: bool) -> None:
    setting = replace(ONCE, quiet=QuietHours(time(22), time(6)))
    now = datetime(2026, 3, 2, hour, tzinfo=BRUSSELS).astimezone(UTC)
    remembered = mark(queues=since(now - timedelta(hours=1), "aid"))
    assert due(setting, remembered, now, BRUSSELS, frozenset()).is_due is not held
    assert due(setting, remembered, now, BRUSSELS, frozenset({"aid"})).is_due


@settings(max_examples=tries(100))
@given(
    st.lists(st.tuples(st.sampled_from([*RULES, "edited-away"]), st.integers(0, 5)), max_size=30),
    st.integers(1, 12),
)
def test_every_match_is_in_the_digest_shown_folded_or_counted(
    found: list[tuple[str, int]], most: int
) -> None:
    matches = [waiting(n, rule, story) for n, (rule, story) in enumerate(found)]
    digest = composed(matches, most)
    stories = {(match.rule_id, match.story_id) for match in matches}
    shown = {(part.rule.id, story.story_id) for part in digest.parts for story in part.stories}
    assert shown <= stories
    assert len(shown) + digest.left_out == len(stories)
    assert len(shown) == min(most, len(stories))
    for part in digest.parts:
        for story in part.stories:
            copies = [m for m in matches if (m.rule_id, m.story_id) == (part.rule.id, story.story_id)]
            assert 1 + len(story.others) == len(copies)


def test_rules_of_high_priority_come_first_and_stories_by_score() -> None:
    digest = composed([waiting(1, score=0.3), waiting(2, score=0.9), waiting(3, "aid", score=0.1)])
    assert [part.rule.id for part in digest.parts] == ["aid", "nato"]
    assert [story.best.id for story in digest.parts[1].stories] == [2, 1]
    assert [rule.id for rule in digest.quiet_rules] == ["rare"]


def test_the_subject_says_what_is_inside() -> None:
    assert render_plain(composed([]), BRUSSELS, "en").subject == "Morning brief: nothing matched"
    assert render_plain(composed([waiting(1)]), BRUSSELS, "en").subject == "Morning brief: Story number 1"
    several = render_plain(composed([waiting(1), waiting(2)]), BRUSSELS, "en").subject
    assert several == "Morning brief: 2 stories, NATO spending leads"


def test_a_story_that_two_rules_found_stands_in_full_once() -> None:
    text = render_plain(composed([waiting(1), waiting(2, "aid", story=1)]), BRUSSELS, "en").text
    assert text.count("Ministers agreed on *defence spending*.") == 1
    assert "in full under Ukraine aid" in text


def test_copies_are_named_and_the_foot_says_who_is_unwell() -> None:
    unwell = SourceHealth("s1", "Daily", healthy=False, since=NOW - timedelta(days=1), error="HTTP 500")
    digest = composed(
        [waiting(0, story=7), waiting(1, story=7)], health=(SourceHealth("s0", "Wire", True), unwell)
    )
    text = render_plain(digest, BRUSSELS, "en").text
    assert "also in: Daily" in text
    assert "Sources that are well: 1 of 2." in " ".join(text.split())
    assert "Daily, since yesterday 07:30: HTTP 500" in text


def test_hostile_titles_and_addresses_are_only_text() -> None:
    hostile = waiting(1, title="<script>alert(1)</script> & more", url="javascript:alert(1)")
    html = render_plain(composed([hostile]), BRUSSELS, "en").html
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html
    assert "javascript:" not in html


def test_no_remote_thing_is_loaded_and_the_styles_are_inline() -> None:
    html = render_plain(composed([waiting(1)]), BRUSSELS, "en").html
    assert "<img" not in html
    assert "url(" not in html
    assert '<p class="snippet" style="' in html
    assert "prefers-color-scheme: dark" in html


def test_the_same_digest_gives_the_same_bytes() -> None:
    assert render_plain(composed([waiting(1)]), BRUSSELS, "en") == render_plain(
        composed([waiting(1)]), BRUSSELS, "en"
    )


def test_the_json_is_the_published_document() -> None:
    document = json.loads(render_plain(composed([waiting(1)]), BRUSSELS, "en").json)
    assert DigestDocument.model_validate(document).version == 1
    assert document["composed_at"] == "2026-03-02T06:30:00Z"
    assert set(webhook_schema()["required"]) <= document.keys()


def test_german_and_unknown_languages() -> None:
    assert render_plain(composed([]), BRUSSELS, "de").subject == "Morning brief: nichts gefunden"
    assert render_plain(composed([]), BRUSSELS, "xx").subject == "Morning brief: nothing matched"
