"""What publishers write never breaks out: of the page, of the text, of the document, of the subject."""

import json
import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.digests import (
    BRUSSELS,
    HOSTILE,
    NOW,
    digest,
    found,
    hostile,
    ordinary,
    render_plain,
    render_plain_notice,
    story,
)
from support.examples import tries
from watchdesk.digests.rendering.document_types import DigestDocument
from watchdesk.digests.rendering.sanitising import Run, plain, runs
from watchdesk.encoding.display import one_line, shortened
from watchdesk.model import Digest, DigestPart, Rendered, RuleLabel, SourceHealth, Trouble

STEERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
INVISIBLE = "\u200b\u2060\ufeff\u00ad\U000e0041"
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=80)
TAGS = {
    *("html", "head", "meta", "style", "title", "body", "div", "table", "tbody", "tr", "td", "th"),
    *("p", "h1", "h2", "h3", "h4", "a", "b", "i", "mark", "bdi", "span", "ul", "li"),
}


class Page(HTMLParser):
    """The tags, the links, the attributes and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def morning(title: str, snippet: str = "Snippet.", **others: str | None) -> Digest:
    return digest(DigestPart(RuleLabel("r", "R"), (story(found(1, title=title, snippet=snippet, **others)),)))  # type: ignore[arg-type]


def shown(rendered: Rendered) -> str:
    return rendered.html + rendered.text + rendered.subject


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_only_text(text: str) -> None:
    everywhere = replace(
        morning(text, text, byline=text[:30]),
        title=text,
        parts=(
            DigestPart(RuleLabel("r", text), (story(found(1, title=text, snippet=text)), story(found(2)))),
        ),
        health=(SourceHealth("wire", text, healthy=False, error=text),),
    )
    rendered = render_plain(everywhere, BRUSSELS, "en")
    page = Page(rendered.html)
    assert set(page.tags) <= TAGS
    assert page.tags.count("title") == 1
    assert not [name for name in page.attributes if name.startswith("on")]
    assert shortened(plain(text), 200)[:60] in page.text
    for sign in (*STEERING, *INVISIBLE, "\x00", "\x1b"):
        assert sign not in shown(rendered)
    json.loads(rendered.json)
    shown(rendered).encode()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "/relative",
        "JAVASCRIPT:x",
        "javascript://e.example/%0aalert(1)",
    ],
)
def test_an_unsafe_address_reaches_a_reader_in_no_form(url: str) -> None:
    copy = found(3, source="daily", url=url)
    one = story(found(1, url=url), copy)
    shown_digest = digest(DigestPart(RuleLabel("r", "R"), (one,), more=(one,), held_back=(one,)))
    rendered = render_plain(shown_digest, BRUSSELS, "en")
    assert not [link for link in Page(rendered.html).links if not link.startswith(("https://", "#"))]
    assert url not in shown(rendered)
    document = json.loads(rendered.json)
    (rule,) = document["rules"]
    articles = [rule["stories"][0]["article"], *rule["stories"][0]["also_in"], rule["more"][0]["article"]]
    assert [article["url"] for article in (*articles, rule["held_back"][0]["article"])] == [None] * 4


def test_a_subject_is_one_line_that_nothing_turns() -> None:
    subject = render_plain(morning("One\r\nBcc: a@b.example\u202e\u0000two"), BRUSSELS, "en").subject
    assert subject == "Morning brief: One Bcc: a@b.example two"
    assert shortened(one_line(subject), 250) == subject


def test_a_very_long_title_is_cut_at_a_word_and_whole_in_the_document() -> None:
    title = "word " * 2000
    rendered = render_plain(morning(title.strip()), BRUSSELS, "en")
    assert title not in rendered.html
    assert len(rendered.html) < 10_000
    assert "word word…" in rendered.text.replace("\n", " ")
    assert json.loads(rendered.json)["rules"][0]["stories"][0]["article"]["title"] == title.strip()


@pytest.mark.parametrize(
    "sign",
    ["👩‍👩‍👧", "🇺🇦", "👍🏽", "e\u0301", "각", "नि"],
    ids=["family", "flag", "skin", "accent", "hangul", "devanagari"],
)
def test_a_sign_that_readers_see_as_one_is_not_cut(sign: str) -> None:
    for most in range(20, 40):
        cut = shortened(sign * 40, most)
        assert cut.removesuffix("…").replace(sign, "") == ""
        assert len(cut) <= most


def test_letters_do_not_grow_over_other_lines() -> None:
    assert plain("Z" + "\u0300" * 50 + "a") == "Z" + "\u0300" * 4 + "a"


def test_marks_stay_on_their_words_when_signs_are_taken_out() -> None:
    text = "\u202eAllies  agree\u200b on defence\u00ad spending"
    start = text.index("defence")
    assert runs(text, [(start, len(text))]) == (Run("Allies agree on ", False), Run("defence spending", True))


def test_joiners_stay_where_writing_needs_them() -> None:
    assert plain("می\u200cخواهم") == "می\u200cخواهم"
    assert plain("zero\u200cwidth") == "zerowidth"


def test_titles_in_other_scripts_have_their_direction_and_language() -> None:
    page = render_plain(morning("وزراء الدفاع يتفقون", language="ar"), BRUSSELS, "en").html
    heading = re.search(r"<h3[^>]*>", page)
    assert heading is not None
    assert {'lang="ar"', 'dir="rtl"', 'align="right"'} <= set(heading[0].strip("<>").split())
    assert "<bdi>The Wire</bdi>" in page
    assert "dir=" not in render_plain(ordinary(), BRUSSELS, "en").html


def test_the_document_of_a_hostile_digest_is_what_its_schema_says() -> None:
    document = json.loads(render_plain(hostile(), BRUSSELS, "en").json)
    assert DigestDocument.model_validate(document).version == 1
    titles = [entry["article"]["title"] for entry in document["rules"][0]["stories"]]
    assert titles == [text.replace("\ud83d", "\ufffd") for text in HOSTILE]


def test_a_notice_is_only_text() -> None:
    rendered = render_plain_notice([Trouble(text, text) for text in HOSTILE], NOW, BRUSSELS)
    assert set(Page(rendered.html).tags) <= TAGS
    assert "\u202e" not in shown(rendered)
    json.loads(rendered.json)


@settings(max_examples=tries(60))
@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_any_text_is_found_again_and_brings_no_tag(title: str, snippet: str, name: str) -> None:
    shown_digest = replace(
        morning(title, snippet), title=name, health=(SourceHealth("wire", name, healthy=True),)
    )
    rendered = render_plain(shown_digest, BRUSSELS, "en")
    page = Page(rendered.html)
    assert set(page.tags) <= TAGS
    assert plain(title) in page.text
    assert plain(snippet) in page.text
    assert plain(name) in page.text
    assert "\n" not in rendered.subject
    for char in rendered.html + rendered.text:
        assert unicodedata.category(char) not in ("Cs", "Cn") or char in title + snippet + name
        assert char in "\n\u200c\u200d" or unicodedata.category(char) not in ("Cc", "Cf", "Zl", "Zp")
    document = json.loads(rendered.json)
    assert document["rules"][0]["stories"][0]["snippet"] == "".join(
        "\ufffd" if "\ud800" <= char <= "\udfff" else char for char in snippet
    )
