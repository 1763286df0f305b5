"""What a digest says of itself and of its stories."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape

import pytest

from support.digests import (
    AID,
    BRUSSELS,
    DAY,
    HISTORY,
    HOUR,
    MINERALS,
    NATO,
    NOW,
    crowded,
    digest,
    empty,
    found,
    held_back_test,
    ordinary,
    render_plain,
    single,
    spiking,
    story,
)
from watchdesk.digests import LANGUAGES
from watchdesk.digests.rendering.page import view_of
from watchdesk.digests.rendering.sanitising import safe_link
from watchdesk.digests.rendering.view import DigestView, StoryView
from watchdesk.model import (
    Digest,
    DigestPart,
    PublishedKnown,
    RuleLabel,
    SourceHealth,
    Spike,
    WaitingMatch,
)


def seen(shown: Digest, language: str = "en") -> DigestView:
    return view_of(shown, BRUSSELS, language)


def first(*stories: object, language: str = "en") -> StoryView:
    return seen(digest(DigestPart(NATO, tuple(stories))), language).parts[0].stories[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shown", "subject"),
    [
        (ordinary(), "Morning brief: 7 stories, Ukraine aid leads"),
        (single(), "Flash: Allies agree to lift defence spending before the spring summit"),
        (empty(), "Morning brief: nothing matched"),
        (spiking(), "Spike: NATO spending, 24 in the last hour, usually 3 (and 1 more)"),
        (held_back_test(), "[Test] Morning brief: 10 stories, Ukraine aid leads"),
        (
            digest(DigestPart(AID, (), held_back=(story(found(1)), story(found(2))))),
            "Morning brief: 2 stories, Ukraine aid leads",
        ),
        (digest(DigestPart(AID, (), held_back=(story(found(1, title="One")),))), "Morning brief: One"),
        (
            digest(
                DigestPart(AID, (), held_back=(story(found(1)), story(found(2)))),
                DigestPart(NATO, (story(found(3)),)),
            ),
            "Morning brief: 3 stories, NATO spending leads",
        ),
        (digest(DigestPart(AID, (), more=(story(found(1, title="One")),))), "Morning brief: One"),
    ],
)
def test_the_subject_leads_with_the_news(shown: Digest, subject: str) -> None:
    assert seen(shown).subject == subject


def test_what_was_held_back_counts_beside_what_is_new() -> None:
    held_back = (story(found(1)), replace(story(found(2)), told_at=NOW - DAY))
    shown = digest(DigestPart(AID, (), held_back=held_back), DigestPart(NATO, (story(found(3)),)))
    assert [part.count for part in shown.parts] == [2, 1]
    assert (shown.story_count, shown.new_count, shown.left_out) == (1, 2, 0)
    view = seen(shown)
    assert [part.count for part in view.parts] == ["2 stories, 1 new", "1 story, new"]
    assert view.summary == "3 stories, 2 new since yesterday 07:00; 1 goes on"
    assert view.quiet is None


def test_a_digest_of_what_was_held_back_has_a_line_of_preview() -> None:
    held_back = (story(found(1, title="One")), story(found(2, title="Two")))
    assert seen(digest(DigestPart(AID, (), held_back=held_back))).preview == "One · Two"
    both = digest(DigestPart(AID, (), held_back=held_back), DigestPart(NATO, (story(found(3, title="New")),)))
    assert seen(both).preview == "New"
    assert seen(digest(DigestPart(AID, (), held_back=held_back[:1]))).preview.startswith("The ")


def test_a_long_subject_is_cut_at_a_word() -> None:
    long = digest(DigestPart(NATO, (story(found(0, title="Ministers meet again and again " * 9)),)))
    subject = seen(long).subject
    assert 100 < len(subject) <= 150
    assert subject.endswith(("again…", "and…", "meet…", "Ministers…"))


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (NOW - timedelta(minutes=22), "today 06:38"),
        (NOW - 9 * HOUR, "yesterday 22:00"),
        (NOW - 6 * DAY, "Thu 07:00"),
        (NOW - 7 * DAY, "18 Nov 07:00"),
        (NOW - 365 * DAY, "25 Nov 2025 07:00"),
        (NOW + 30 * HOUR, "tomorrow 13:00"),
    ],
)
def test_a_time_is_said_as_people_say_it(at: datetime, shown: str) -> None:
    assert first(story(found(0, at=at))).when == shown


def test_a_day_alone_an_assumed_zone_and_no_date_are_said() -> None:
    assert first(story(found(0, at=NOW - DAY, known=PublishedKnown.DAY))).when == "yesterday"
    assumed = first(story(found(0, at=NOW, known=PublishedKnown.ZONE_ASSUMED)))
    assert assumed.when == "today 07:00 (zone assumed)"
    assert first(story(found(0, at=None))).when == "first seen today 06:00"


def test_the_date_has_the_day_before_the_month() -> None:
    assert seen(empty()).date == "Wednesday, 25 November 2026"
    assert seen(empty(), "de").date == "Mittwoch, 25. November 2026"
    assert seen(empty(), "es").date == "miércoles, 25 de noviembre de 2026"


def test_the_summary_says_what_is_new_and_what_goes_on() -> None:
    stories = [story(found(n), told_at=NOW - DAY if n < 3 else None) for n in range(12)]
    shown = digest(DigestPart(NATO, tuple(stories)))
    assert seen(shown).summary == "12 stories, 9 new since yesterday 07:00; 3 go on"
    assert seen(replace(shown, since=None)).summary == "12 stories"
    assert seen(single()).summary == "1 story, new since yesterday 07:00"
    assert seen(digest(DigestPart(NATO, tuple(stories[:2])))).summary == "2 stories; 2 go on"


def test_a_part_says_how_many_are_new() -> None:
    assert [part.count for part in seen(ordinary()).parts] == [
        "2 stories, all new",
        "3 stories, 2 new",
        "3 stories, all new",
    ]


def test_a_story_that_goes_on_and_one_that_was_updated_are_marked() -> None:
    notes = [story.notes for story in seen(ordinary()).parts[1].stories]
    assert notes == [(), ("more on a story of yesterday 07:00", "updated"), ()]
    updated = found(0)
    updated = replace(updated, article=replace(updated.article, updated_at=NOW))
    assert first(story(updated)).notes == ("updated",)


def test_copies_name_each_source_and_each_address_once_and_count_the_rest() -> None:
    best = found(0)
    same_address = found(1, source="gazette", url=best.article.url)
    shown = first(
        story(
            best,
            found(2, source="wire"),
            same_address,
            found(3, source="daily"),
            found(4, source="daily"),
            found(5, source="ministry", url="https://daily.example/news/2026/11/25/3"),
        )
    )
    assert [copy.source for copy in shown.copies] == ["Daily Courier"]
    assert (shown.more_copies, shown.copy_count) == ("and 4 more", 5)


def test_copies_over_eight_are_counted() -> None:
    copies = [found(n, source=f"paper-{n}") for n in range(1, 12)]
    shown = first(story(found(0), *copies))
    assert (len(shown.copies), shown.more_copies) == (8, "and 3 more")


def test_a_byline_is_shown_where_it_is_short() -> None:
    assert first(story(found(0, byline="Ada Quay"))).byline == "Ada Quay"
    assert first(story(found(0, byline="By our correspondents in nine capitals and at sea"))).byline is None


def test_another_language_than_the_pages_is_named() -> None:
    assert first(story(found(0, language="uk"))).language == "uk"
    assert first(story(found(0, language="en"))).language is None
    assert first(story(found(0, language="en")), language="de").language == "en"
    assert first(story(found(0, language='"><script>'))).language is None


def test_the_days_are_bars_and_words() -> None:
    history = seen(single()).parts[0].history
    assert history is not None
    assert history.blocks == "▁▂▄▁▁▁▃▄▂▁▁▅▂█"
    assert history.words == "14 days: 0 2 5 1 0 0 3 4 2 1 0 6 2 9 since yesterday 07:00"
    assert history.caption == "9 since yesterday 07:00"
    assert history.counts == HISTORY


def test_what_was_held_back_is_headed_by_the_end_of_its_silence() -> None:
    part = seen(held_back_test()).parts[0]
    assert part.held_back_heading == "Held back while silenced (until today 09:00)"
    assert len(part.held_back) == 3
    part = seen(digest(DigestPart(NATO, (), held_back=(story(found(0)),)))).parts[0]
    assert part.held_back_heading == "Held back while silenced"


def test_silences_and_spikes_are_told_in_sentences() -> None:
    shown = replace(
        digest(DigestPart(NATO, (story(found(0)),))),
        silenced=((NATO, NOW + DAY + 2 * HOUR),),
        spikes=(Spike("nato", 24, 3.0), Spike("gone", 7, 0.44)),
    )
    assert seen(shown).silenced == ("NATO spending is silent until tomorrow 09:00",)
    assert seen(shown).spikes == (
        "NATO spending: 24 in the last hour, usually 3",
        "gone: 7 in the last hour, usually 0.4",
    )


@pytest.mark.parametrize(
    ("ended", "within"),
    [
        (NOW - timedelta(minutes=14), "in the last hour"),
        (NOW - timedelta(minutes=16), "in the hour to 06:44"),
        (NOW - timedelta(hours=9), "in the hour to 22:00"),
        (NOW - timedelta(days=2), "in the hour to Mon 07:00"),
    ],
)
def test_a_spike_that_had_to_wait_says_which_hour_it_was(ended: datetime, within: str) -> None:
    shown = replace(spiking(), spikes=(Spike("nato", 24, 3.0, ended),))
    assert seen(shown).spikes == (f"NATO spending: 24 {within}, usually 3",)
    assert seen(shown).subject == f"Spike: NATO spending, 24 {within}, usually 3"
    rendered = render_plain(shown, BRUSSELS, "en")
    assert f"24 {within}," in " ".join(rendered.text.split())
    assert datetime.fromisoformat(json.loads(rendered.json)["spikes"][0]["until"]) == ended


def test_an_empty_digest_proves_that_the_desk_was_awake() -> None:
    sources = tuple(SourceHealth(f"s{n}", f"S{n}", healthy=True) for n in range(18))
    shown = replace(empty(), health=sources)
    view = seen(shown)
    assert f"{view.quiet} {view.awake}" == (
        "Nothing matched. 18 sources were read, the last at 06:58; 412 articles were looked at."
    )
    assert seen(replace(shown, last_read=NOW - DAY)).awake == (
        "18 sources were read, the last yesterday 07:00; 412 articles were looked at."
    )
    assert seen(replace(shown, articles_seen=None, last_read=None)).awake == "18 sources were read."
    assert seen(replace(shown, articles_seen=None, health=())).awake is None


def test_a_morning_at_which_no_source_could_be_read_is_not_called_quiet() -> None:
    def view(failing: int, read: int, language: str = "en") -> DigestView:
        sources = tuple(SourceHealth(f"s{n}", f"S{n}", healthy=n >= failing) for n in range(15))
        shown = replace(empty(), health=sources, sources_read=read, articles_seen=0, last_read=None)
        return seen(shown, language)

    none = view(15, 0)
    assert none.subject.endswith(": no source could be read")
    assert (none.quiet, none.awake) == ("No source could be read.", None)
    assert none.health.startswith("Sources that are well: 0 of 15.")
    most = view(12, 3)
    assert most.subject.endswith(": 12 of 15 sources could not be read")
    assert most.quiet == "12 of 15 sources could not be read. Nothing matched."
    assert view(15, 0, "de").subject.endswith(": keine Quelle war lesbar")
    assert view(12, 3, "pl").subject.endswith(": nie udało się odczytać 12 z 15 źródeł")
    for few in (view(7, 8), view(15, 15), view(0, 0)):  # those of the second were read before they failed
        assert few.subject.endswith(": nothing matched")
        assert few.quiet == "Nothing matched."


def test_no_article_looked_at_is_said_only_where_nothing_matched() -> None:
    assert "0 articles were looked at" in str(seen(replace(empty(), articles_seen=0)).awake)
    assert "articles" not in str(seen(replace(ordinary(), articles_seen=0)).awake)
    assert "1 article was" in str(seen(replace(ordinary(), articles_seen=1)).awake)


def test_the_foot_says_which_sources_are_not_well() -> None:
    unwell = tuple(
        SourceHealth(f"s{n}", f"S{n}", healthy=False, since=NOW - DAY, error="HTTP 500") for n in range(23)
    )
    view = seen(replace(empty(), health=(*unwell, SourceHealth("w", "W", healthy=True))))
    assert view.health == "Sources that are well: 1 of 24. Not well:"
    assert view.more_troubles == "and 3 more"
    (trouble,) = view.troubles  # a line a reason
    assert trouble.name.split(", ") == [f"S{n}" for n in range(20)]
    assert (trouble.since, trouble.error) == ("since yesterday 07:00", "HTTP 500")


def test_sources_that_fail_for_one_reason_since_different_times_stand_on_one_line() -> None:
    def health(name: str, since: datetime | None, error: str) -> SourceHealth:
        return SourceHealth(name, name, healthy=False, since=since, error=error)

    unwell = health("A", NOW - DAY, "no answer"), health("B", None, "no answer"), health("C", None, "gone")
    shown = replace(empty(), health=unwell)
    lines = [(trouble.name, trouble.since, trouble.error) for trouble in seen(shown).troubles]
    assert lines == [
        ("A (since yesterday 07:00), B (never read yet)", "", "no answer"),
        ("C", "never read yet", "gone"),
    ]
    three = [health(name, None, "no such name; check the address") for name in "ABC"]
    few, many = (seen(replace(empty(), health=tuple(three[:count]))).troubles[0].error for count in (2, 3))
    assert (few, many) == ("no such name; check the address", "no such name")
    text = render_plain(shown, BRUSSELS, "en").text
    assert "- A (since yesterday 07:00), B (never read yet): no answer\n- C, never read yet: gone" in text


def test_many_rules_that_found_nothing_are_counted() -> None:
    rules = tuple(RuleLabel(f"r{n}", f"R{n}") for n in range(70))
    assert str(seen(replace(empty(), quiet_rules=rules)).found_nothing).endswith("R58, R59 and 10 more.")


def test_a_story_that_two_rules_found_stands_in_full_under_the_first() -> None:
    found_twice = story(found(0))
    parts = seen(digest(DigestPart(NATO, (found_twice,)), DigestPart(MINERALS, (found_twice,)))).parts
    assert [part.stories[0].see_also for part in parts] == [None, "in full under NATO spending"]


def stored(match: WaitingMatch, number: int) -> WaitingMatch:
    """The match with the number that its article has in the store, in the story of the first of them."""
    return replace(match, article=replace(match.article, id=number), story_id=1)


def test_what_the_first_rule_did_not_find_of_a_story_stands_under_the_second() -> None:
    both = stored(found(0), 1)
    second = stored(found(1, title="Minister of mines resigns over the deal"), 2)
    parts = (DigestPart(NATO, (story(both),)), DigestPart(MINERALS, (story(both, second),)))
    shown = render_plain(digest(*parts), BRUSSELS, "en")
    for form in (shown.text, shown.html):
        assert "Minister of mines resigns over the deal" in form
    under_second = shown.text.partition("in full under NATO spending")[2]
    assert "- Minister of mines resigns over the deal" in under_second


def test_a_story_led_by_what_the_first_rule_did_not_find_stands_in_full_under_the_second_too() -> None:
    both = stored(found(0), 1)
    second = stored(found(1, title="Minister of mines resigns over the deal"), 2)
    parts = seen(digest(DigestPart(NATO, (story(both),)), DigestPart(MINERALS, (story(second, both),)))).parts
    assert [part.stories[0].see_also for part in parts] == [None, None]


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "javascript://e.example/%0aalert(1)",
        "ftp://e.example/x",
        "file:///etc/passwd",
        "/relative",
        "//host.example/x",
        "https:relative",
        "https://",
        "http://[::1",
        "https:\\\\evil.example",
        "https://e.example/\u202egpj.exe",
        "https://e.example/a\tb",
        "https://e.example/" + "a" * 2000,
        "https://e.example/" + "|" * 700,
        "https://e(.example/",
        "https://e|.example/",
    ],
)
def test_an_address_that_is_not_plainly_of_the_web_is_no_link(url: str | None) -> None:
    assert safe_link(url) is None


def test_an_address_of_the_web_is_a_link() -> None:
    assert safe_link("HTTPS://e.example/ä?q=1#x") == "HTTPS://e.example/ä?q=1#x"
    assert safe_link(" https://e.example/a b ") == "https://e.example/a%20b"
    assert safe_link("https://e.example/@a_(b)[1]") == "https://e.example/@a_(b)[1]"


def test_what_no_address_may_hold_is_encoded_in_a_link() -> None:
    assert safe_link('https://e.example/"><i>|') == "https://e.example/%22%3E%3Ci%3E%7C"


def test_the_first_digest_covers_all_up_to_now() -> None:
    assert seen(replace(empty(), since=None)).window == "Up to today 07:00."
    assert seen(empty()).window == "From yesterday 07:00 to today 07:00."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_foot_says_why_one_gets_it_whom_to_ask_and_how_to_mute_a_rule(language: str) -> None:
    shown = render_plain(ordinary(), BRUSSELS, language)
    for written in (" ".join(shown.text.split()), unescape(shown.html)):
        assert "Morning brief" in written.split("Port strikes")[-1]
        assert "desk, night-desk" in written
        assert "desk@example.org" in written
        assert "watchdesk silence aid --until 3d" in written
    document = json.loads(shown.json)
    assert (document["channels"], document["ask"]) == (["desk", "night-desk"], ["desk@example.org"])
    assert view_of(replace(ordinary(), ask=()), BRUSSELS, language).ask is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_of_500_stories_says_which_rule_is_the_widest(language: str) -> None:
    shown = render_plain(crowded(), BRUSSELS, language)
    said = view_of(crowded(), BRUSSELS, language).too_wide
    assert said
    assert "500" in said
    assert "Harbours 1 (42)" in said
    assert " ".join(said.split()) in " ".join(shown.text.split())
    assert said in unescape(shown.html)
    assert [wide["stories"] for wide in json.loads(shown.json)["too_wide"]] == [42]
    assert view_of(ordinary(), BRUSSELS, language).too_wide is None


def headline(title: str, *words: str) -> str:
    """How a page shows it, with the words in brackets that are marked."""
    marks = [(title.index(word), title.index(word) + len(word)) for word in words]
    waiting = found(1, title=title)
    marked = replace(waiting, match=replace(waiting.match, title_marks=tuple(marks)))
    other = found(2, title="NATO spending and the NATO summit")
    view = view_of(digest(DigestPart(NATO, (story(marked), story(other)))), BRUSSELS, "en")
    return "".join(f"[{run.text}]" if run.marked else run.text for run in view.parts[0].stories[0].title)


@pytest.mark.parametrize(
    ("title", "words", "shown"),
    [
        ("Allies agree to lift spending", ("spending",), "Allies agree to lift [spending]"),
        ("NATO spending on drones rises", ("NATO", "spending", "drones"), "NATO spending on [drones] rises"),
        ("NATO defence spending target", ("NATO defence spending target",), "NATO [defence] spending target"),
        ("Ukraine", ("Ukraine",), "Ukraine"),
        ("", (), ""),
    ],
)
def test_no_more_than_a_third_of_a_headline_is_marked_and_that_the_rarest(
    title: str, words: tuple[str, ...], shown: str
) -> None:
    assert headline(title, *words) == shown


def test_in_plain_text_nothing_is_marked_in_headlines() -> None:
    text = render_plain(ordinary(), BRUSSELS, "en").text
    assert "Allies agree to lift defence spending before" in text
    assert "Ministers said in Brussels that *defence spending* would rise" in text


def test_programs_are_told_the_title_of_a_source_and_the_words_of_an_article() -> None:
    (first, *_) = json.loads(render_plain(ordinary(), BRUSSELS, "en").json)["rules"]
    article = first["stories"][0]["article"]
    assert (article["source"], article["source_name"]) == ("gazette", "Harbour Gazette")
    assert "text" in first["stories"][0]
