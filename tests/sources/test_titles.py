"""Titles by the type that their publisher gives (RFC 4287 §3.1.1), in whatever way their feed is read."""

from datetime import UTC, datetime

import pytest

from watchdesk.articles.normalise import normalise
from watchdesk.articles.plain import entry_title
from watchdesk.model import Source
from watchdesk.sources.feeds.feed import parse

XHTML = "<div xmlns='http://www.w3.org/1999/xhtml'>{}</div>"


@pytest.mark.parametrize("rest", ["", "<b>"], ids=["well-formed", "broken elsewhere"])
@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        ("xhtml", XHTML.format("<h2>Harbour <em>minerals</em> view</h2>"), "Harbour minerals view"),
        ("xhtml", XHTML.format("<h2>One</h2><p>Two</p>"), "One Two"),
        (
            "xhtml",
            XHTML.format("The <code>&lt;a&gt;</code> and <b>&lt;b&gt;</b> elements"),
            "The <a> and <b> elements",
        ),
        (
            "text",
            "Intent to drop: &lt;a&gt; as &lt;area&gt; in maps",
            "Intent to drop: <a> as <area> in maps",
        ),
        ("text", "Why &lt;b&gt;bold&lt;/b&gt; is not &lt;strong&gt;", "Why <b>bold</b> is not <strong>"),
        ("text/plain", "Less &lt; more &amp; co", "Less < more & co"),
        ("html", "&lt;b&gt;Ores&lt;/b&gt; &amp;amp; deals", "Ores & deals"),
        ("html", "AT&amp;amp;T &amp;lt;update&amp;gt;", "AT&T <update>"),
        ("html", "&lt;h2&gt;Harbour&lt;/h2&gt; news", "Harbour news"),
    ],
)
def test_a_title_is_read_by_its_type(kind: str, written: str, meant: str, rest: str) -> None:
    entry = f"<entry><id>1</id><title type='{kind}'>{written}</title></entry>{rest}"
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>F</title>{entry}</feed>"
    [found] = parse(body.encode(), {}, "http://e.org/feed").entries
    assert entry_title(found) == meant


@pytest.mark.parametrize("rest", ["", "<b>"], ids=["well-formed", "broken elsewhere"])
@pytest.mark.parametrize("element", ["summary", "content"])
def test_a_body_of_plain_text_keeps_what_looks_like_markup(element: str, rest: str) -> None:
    written = "The &lt;a&gt; and &lt;table&gt; elements &amp;amp; more.\n\nA second paragraph."
    entry = f"<entry><id>1</id><title>T</title><{element} type='text'>{written}</{element}></entry>{rest}"
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>F</title>{entry}</feed>"
    feed = parse(body.encode(), {}, "http://e.org/feed")
    article = normalise(feed.entries[0], feed, Source("a", "http://e.org/feed"), datetime.now(UTC))
    assert article.sections[0].paragraphs == (
        "The <a> and <table> elements & more.",  # a reference that was escaped twice is no markup
        "A second paragraph.",
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("&lt;h2&gt;Harbour &lt;em&gt;view&lt;/em&gt;&lt;/h2&gt;", "Harbour view"),
        ("<![CDATA[<div><span>One</span> two</div>]]>", "One two"),
        ("How to style &lt;h2&gt; headings", "How to style <h2> headings"),
        ("Intent to drop: &lt;a&gt; in maps", "Intent to drop: <a> in maps"),
        ("&lt;a href='/x'&gt;Linked&lt;/a&gt;", "Linked"),
    ],
)
def test_markup_in_titles_of_rss_is_taken_out_where_it_is_some(written: str, meant: str) -> None:
    body = (
        f"<rss version='2.0'><channel><title>F</title><item><title>{written}</title></item></channel></rss>"
    )
    assert entry_title(parse(body.encode(), {}, "http://e.org/feed").entries[0]) == meant


@pytest.mark.parametrize("broken", ["", "<b>"], ids=["well-formed", "broken elsewhere"])
def test_words_on_two_lines_of_a_title_stay_two(broken: str) -> None:
    titles = [
        "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>One<br/>two</div></title>",
        "<title type='html'>One&lt;br&gt;two</title>",
        "<title type='html'>&lt;p&gt;One&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;</title>",
    ]
    entries = "".join(f"<entry><id>{number}</id>{title}</entry>" for number, title in enumerate(titles))
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}{broken}</feed>"
    found = parse(body.encode(), {}, "http://e.org/feed").entries
    assert [entry_title(entry) for entry in found] == ["One two"] * 3
