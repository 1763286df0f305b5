"""The message for a chat: as many stories as it holds, nothing cut in the middle, nothing that acts."""

import html
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from support.sample_digests import found, notice, rendered
from watchdesk.delivery.chat.compact import Message, Room, compact
from watchdesk.delivery.chat.markup import Markup, inert, link_of
from watchdesk.encoding.display import shortened
from watchdesk.model import Rendered

ROOMY = Room(body=30_000, title=250)
EVERY = list(Markup)


def test_a_digest_is_its_subject_and_each_rule_with_its_best_stories() -> None:
    message = compact(rendered([found(1, "Allies meet"), found(2, "Aid arrives", "aid")]), Markup.TEXT, ROOMY)
    assert message.title == "Morning brief: 2 stories, NATO spending leads"
    assert message.body.splitlines() == [
        "NATO spending",
        "• Allies meet — wire, https://example.org/1",
        "Ukraine aid",
        "• Aid arrives — wire, https://example.org/2",
    ]


def test_a_source_goes_by_its_title() -> None:
    made = rendered([found(1, "Allies meet")])
    named = made.json.replace('"source_name": "wire"', '"source_name": "The Wire"')
    message = compact(replace(made, json=named), Markup.TEXT, ROOMY)
    assert "Allies meet — The Wire," in message.body


def test_without_a_place_for_a_title_the_subject_is_the_first_line() -> None:
    message = compact(rendered([found(1), found(2)]), Markup.TEXT, Room(30_000, title=0))
    assert message.title == ""
    assert message.body.startswith("Morning brief: 2 stories, NATO spending leads\nNATO spending\n")


def test_what_does_not_fit_is_counted_with_what_the_digest_left_out_itself() -> None:
    message = compact(rendered([found(n) for n in range(30)], most=20), Markup.TEXT, Room(400, title=250))
    shown = message.body.count("https://")
    assert 0 < shown < 20
    assert message.body.splitlines()[-1] == f"… and {30 - shown} more, kept in the archive"
    assert len(message.body) <= 400


def test_a_loud_rule_leaves_room_for_a_rare_one() -> None:
    matches = [*(found(n) for n in range(30)), found(900, "The rare one", "aid")]
    message = compact(rendered(matches), Markup.TEXT, Room(300, title=250))
    assert "• The rare one — wire, https://example.org/900" in message.body.splitlines()


def test_a_story_that_two_rules_found_stands_once() -> None:
    message = compact(rendered([found(1), found(1, rule="aid")]), Markup.TEXT, ROOMY)
    assert message.body.count("https://example.org/1") == 1
    assert "more" not in message.body


def test_a_quiet_digest_is_its_subject() -> None:
    assert compact(rendered([]), Markup.TEXT, ROOMY) == Message("", "Morning brief: nothing matched")


def test_a_notice_to_the_operators_is_its_sentences() -> None:
    message = compact(notice("The feed a is gone.", "The disk is full."), Markup.TEXT, ROOMY)
    assert message.title == "watchdesk needs you: 2 troubles"
    assert message.body.splitlines() == ["• The feed a is gone.", "• The disk is full."]


def test_a_notice_that_is_too_long_says_how_much_is_missing() -> None:
    message = compact(notice(*(f"Trouble number {n}." for n in range(20))), Markup.TEXT, Room(120, title=250))
    shown = message.body.count("• ")
    assert message.body.endswith(f"… and {20 - shown} more: watchdesk status")


@pytest.mark.parametrize("json", ["", "no json", "[]", '{"version": 1}'])
def test_a_document_of_another_kind_leaves_the_subject(json: str) -> None:
    assert compact(Rendered("The subject", "", "", json), Markup.TEXT, ROOMY) == Message("", "The subject")


NASTY = "<b>@everyone</b> <!channel> <@U12> *x* _y_ `z` [a](http://evil.example) @here www.evil.example ||s||"


@pytest.mark.parametrize("markup", EVERY)
def test_nothing_in_a_title_pings_anyone_or_is_a_link(markup: Markup) -> None:
    body = compact(rendered([found(1, NASTY, source="@channel <!here>")]), markup, ROOMY).body
    assert not re.search(r"@(everyone|here|channel)|<[!@#]|evil\.example\)?$", html.unescape(body))
    assert re.findall(r"https?://\S+?(?=[\s)\"]|$)", body) == ["https://example.org/1"]


def test_markup_in_a_title_is_shown_as_it_was_written() -> None:
    nasty = "a *b* _c_ `d` [e](f) \\g ~h~"
    assert Markup.MARKDOWN.plain(nasty).replace("\u200b", "") == r"a \*b\* \_c\_ \`d\` \[e\](f) \\g \~h\~"
    assert Markup.HTML.plain('<i>&"') == "&lt;\u200bi&gt;&amp;&quot;"
    assert Markup.TEXT.plain("a *b* _c_") == "a *b* _c_"


def test_html_links_the_title_and_markdown_as_well() -> None:
    assert Markup.HTML.story("T", "S", "https://e.org/?a=1&b=2") == (
        '• <a href="https://e.org/?a=1&amp;b=2">T</a> — S'
    )
    assert Markup.MARKDOWN.story("T", "S", "https://e.org/a_b") == "• [T](https://e.org/a_b) — S"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://e.org/a(b)c", "https://e.org/a%28b%29c"),
        ('https://e.org/"><script>', "https://e.org/%22%3E%3Cscript%3E"),
        ("https://e.org/@everyone/x y", "https://e.org/%40everyone/x%20y"),
        ("https://e.org/a[1]|*2*", "https://e.org/a%5B1%5D%7C%2A2%2A"),
        ("https://bücher.example/ü", "https://bücher.example/ü"),
        ("javascript:alert(1)", None),
        ("ftp://e.org/", None),
        ("https://", None),
        ("https://a b/", None),
        ("https://e(.org/", None),
        ("//e.org/", None),
        ("https://[::1/", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_written_so_that_no_markup_ends_in_it(url: str | None, link: str | None) -> None:
    assert link_of(url) == link


def test_a_story_without_an_address_has_no_link() -> None:
    assert [markup.story("T", "S", None) for markup in EVERY] == ["• T — S"] * 3


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("short", 5, "short"),
        ("two words", 7, "two…"),
        ("unbroken", 5, "unbr…"),
        ("cafe\u0301s", 5, "caf…"),
        ("ab👩\u200d💻cd", 5, "ab…"),
        ("abc", 1, ""),
    ],
)
def test_a_title_is_cut_between_words_and_never_within_a_character(text: str, most: int, shown: str) -> None:
    assert shortened(text, most) == shown


ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=60)


@given(
    st.lists(ANY_TEXT, max_size=12),
    st.sampled_from(EVERY),
    st.integers(40, 1500),
    st.sampled_from([0, 60, 250]),
)
@settings(max_examples=tries(80))
def test_whatever_a_digest_holds_the_message_fits_and_every_link_in_it_is_whole(
    titles: list[str], markup: Markup, most: int, title: int
) -> None:
    matches = [found(n, words, "aid" if n % 3 else "nato") for n, words in enumerate(titles)]
    message = compact(rendered(matches), markup, Room(most, title))
    assert message.body
    assert len(message.body) <= most
    assert len(message.title) <= title
    links = re.findall(r"https://example\.org/\d*", message.body)
    assert set(links) <= {f"https://example.org/{n}" for n in range(len(titles))}
    counted = re.search(r"and (\d+) more", message.body)
    if message.title or not title:
        left = int(counted[1]) if counted else len(titles) - len(links)
        assert links == [] or left + len(links) == len(titles)


@given(ANY_TEXT)
def test_a_text_of_any_kind_is_one_line_without_controls(text: str) -> None:
    shown = inert(text)
    assert len(shown.splitlines()) <= 1
    assert not re.search(r"[\x00-\x1f\x7f\u202e]", shown)


@pytest.mark.parametrize(("count", "shown"), [(1, "wire,"), (None, "wire,"), (9, "wire (9 sources),")])
def test_it_says_how_many_sources_tell_a_story(count: int | None, shown: str) -> None:
    made = rendered([found(1, "Allies meet")])
    document = json.loads(made.json)
    document["rules"][0]["stories"][0]["source_count"] = count
    message = compact(replace(made, json=json.dumps(document)), Markup.TEXT, ROOMY)
    assert f"• Allies meet — {shown} https://" in message.body
