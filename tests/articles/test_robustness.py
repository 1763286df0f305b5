"""Whatever the world sends: never an exception but `UnreadableInput`, and never without end."""

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk.articles import identify, normalise, read_page, read_text
from watchdesk.errors import UnreadableInput
from watchdesk.model import Entry, ParsedFeed, Source
from watchdesk.stories import story_keys

NOW = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)
SOURCE = Source("paper", "https://paper.example/feed")
TAGS = """<p> </p> <b> </b> <br> <h2> <td> <table> <!-- --> <![CDATA[ ]]> <style> </style </script> <script>
    &#0; &#xd800; &amp;lt; <svg> © <div@class=share> <meta@property=og:title@content= <time@datetime=
    <?xml@version='1.0'?> <script@type=application/ld+json>{"#type":"NewsArticle","author":[[]],"headline":"""
WORDS = [tag.replace("@", " ").replace("#", "@") for tag in TAGS.split()]
PIECES = st.sampled_from([*WORDS, "\x00", "\ud800"]) | st.text(max_size=20)
MARKUP = st.lists(PIECES, max_size=40).map("".join)
MAYBE = st.none() | MARKUP
ENTRIES = st.builds(
    Entry,
    guid=MAYBE,
    url=MAYBE,
    title=MAYBE,
    summary=MAYBE,
    content=MAYBE,
    author=MAYBE,
    published=MAYBE,
    categories=st.lists(MARKUP, max_size=3).map(tuple),
    language=MAYBE,
)
MODEST = settings(max_examples=tries(40), suppress_health_check=[HealthCheck.too_slow])


@MODEST
@given(st.lists(ENTRIES, max_size=4).map(tuple), MAYBE)
def test_no_entry_breaks_the_room(entries: tuple[Entry, ...], base: str | None) -> None:
    feed = ParsedFeed(entries, base_url=base)
    for identified in identify(feed):
        article = normalise(identified.entry, feed, SOURCE, NOW)
        assert article.title
        assert identified.keys
        assert "\x00" not in article.text
        article.text.encode()
        story_keys(article)


@MODEST
@given(MARKUP.map(lambda text: text.encode(errors="surrogatepass")) | st.binary(max_size=300), MAYBE)
def test_no_page_breaks_the_room(body: bytes, content_type: str | None) -> None:
    with suppress(UnreadableInput):
        article = read_page(body, "https://paper.example/a", SOURCE, NOW, content_type)
        assert article.title
        article.text.encode()


@MODEST
@given(st.text(max_size=400) | MARKUP)
def test_no_text_breaks_the_room(text: str) -> None:
    with suppress(UnreadableInput):
        assert read_text(text, SOURCE, NOW).title


@pytest.mark.parametrize("tag", ["div", "b", "table", "ul class=share", "span"])
def test_deep_nesting_is_read_or_refused_in_time(tag: str) -> None:
    body = (f"<{tag}>" * 8_000 + "A text deep down.").encode()
    started = time.process_time()
    with suppress(UnreadableInput):
        assert read_page(body, None, SOURCE, NOW).title
    assert normalise(Entry(content=body.decode()), ParsedFeed(()), SOURCE, NOW).title
    assert time.process_time() - started < 15


def test_a_page_of_five_megabytes_is_cut_in_time_and_says_so() -> None:
    body = (
        b"<h1>A headline of some length</h1>"
        + b"<p>Some words in a paragraph of a very long page.</p>" * 100_000
    )
    started = time.process_time()
    article = read_page(body, None, SOURCE, NOW)
    assert time.process_time() - started < 20
    assert "the rest of a page that is too long" in article.removed
