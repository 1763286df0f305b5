"""Lines of an entry's body are those of the tree that BeautifulSoup would make of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk.articles import normalise, normalise_all
from watchdesk.articles.fragments import Fragments
from watchdesk.articles.markup import markup_lines, parsed
from watchdesk.model import Entry, ParsedFeed, Source

READER = Fragments()
PAGES = sorted((Path(__file__).parents[1] / "data" / "articles").rglob("*.html"))
NAMES = """
    p div b strong i a br h1 h2 li ul table tr td th span rt rp ruby o:p sup sub blockquote script style
    template svg math select option title head body html meta link img input hr form button noscript pre
    textarea iframe font dl dt dd tbody caption frameset
"""
TAGS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["<", "</"]),
        st.sampled_from(NAMES.split()),
        st.sampled_from(
            [
                "",
                "",
                "",
                " hidden",
                " style='display: none'",
                " style",
                " class=x style=x",
                " charset=latin-1",
            ]
        ),
        st.sampled_from([">", ">", ">", "/>", ""]),
    ),
)
PIECES = st.sampled_from(
    [
        *(
            "words",
            "1",
            "th",
            "m",
            " ",
            "\n",
            "two  words",
            "é",
            "日本",
            "&amp;",
            "&nbsp;",
            "&nosuch;",
            "&#0;",
            "&#x80;",
        ),
        *("<", "< a", "<!-- c -->", "<!--", "-->", "<![CDATA[x]]>", "<?pi x?>", "<!doctype html>", "</", "&"),
        *("\u200b", "\ufeff", "\x00", "\x0b", "\ud800", "\x85", "\u2028", '"', "'"),
    ]
)


@settings(max_examples=tries(500))
@given(st.lists(st.one_of(TAGS, PIECES), max_size=15).map("".join))
def test_the_lines_of_a_fragment_are_those_of_its_tree(html: str) -> None:
    assert READER.lines(html) == markup_lines(parsed(html))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_lines_of_a_whole_page_are_too(path: Path) -> None:
    html = path.read_text(errors="replace")
    assert READER.lines(html) == markup_lines(parsed(html))


def test_entries_normalised_together_are_what_each_is_alone() -> None:
    feed = ParsedFeed(
        (
            Entry(
                title="The harbour minister came to see the new cranes", content="<p>It rained all day.</p>"
            ),
            Entry(title="Die Ministerin besuchte am Dienstag den neuen Hafen", language="en"),
            Entry(),
        )
    )
    source, now = Source("paper", "https://paper.example/feed"), datetime(2026, 2, 12, tzinfo=UTC)
    together = normalise_all(feed.entries, feed, source, now)
    assert together == tuple(normalise(entry, feed, source, now) for entry in feed.entries)
    assert [article.language for article in together] == ["en", "de", None]
