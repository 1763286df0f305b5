"""The fast reader's promise: what it reads, feedparser reads the same; what it is unsure of, it declines."""

import os
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from support.readings import fast_reading, lenient_reading
from watchdesk.errors import UnreadableInput
from watchdesk.sources.compressed import decompressed
from watchdesk.sources.feeds.bounds import refuse_bombs
from watchdesk.sources.feeds.element_names import MEANT
from watchdesk.sources.feeds.feed import LARGEST

FILES = sorted((Path(__file__).parents[1] / "data" / "feeds").glob("*.xml"))
CORPORA = [Path(folder) for folder in os.environ.get("WATCHDESK_CORPORA", "").split(os.pathsep) if folder]
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "atom": "http://www.w3.org/2005/Atom",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "georss": "http://www.georss.org/georss",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "x": "urn:x",
}
SPACES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
TEXTS = st.sampled_from(
    [
        "",
        " ",
        "Plain words",
        " spaced \n out ",
        "é à ü",
        "Ã©tÃ©",
        "€ 5 \x96 6",
        "\u00a0x\u00a0",
        "日本語",
        "a &amp;amp; b &lt;b&gt;c&lt;/b&gt;",
        "<![CDATA[<p>in <em>CDATA</em> &amp; all</p>]]>",
        "one<!-- a comment -->two",
        "<![CDATA[half]]> and half",
        "&#8217;&#x41;&#13;\r\n",
        "http://example.org/a?b=1&amp;c=2&amp;amp;d=3",
        "http:///example.org//a b",
        "/relative/path?x=&amp;y;",
        "urn:uuid:1",
        "http://[broken",
        "jane@example.org (Jane Doe)",
        "Jane &lt;jane@example.org&gt;",
        "jane@example.org",
        "(x) a@b.org",
        "a, b,, c",
        "Thu, 12 Feb 2026 07:38:00 GMT",
        "2026-02-12T07:38:00Z",
        "&amp;copy; &amp;nosuch;",
        "<b>an element</b>",
        "https://wordpress.org/?v=6.7",
        "en_GB",
        "12",
    ]
)
NAMES = """
    title link guid id description summary content content:encoded author dc:creator dc:author
    itunes:author category dc:subject keywords media:keywords itunes:keywords media:category pubDate
    published issued updated modified dc:date dcterms:modified dcterms:issued lastBuildDate created
    language dc:language dc:title dc:description itunes:summary itunes:subtitle subtitle tagline rights
    copyright enclosure source comments generator feedburner:origLink atom:link atom:id atom:title
    media:title media:description media:content media:thumbnail media:credit x:any x:title
    wfw:commentRss georss:point image textInput contributor webMaster managingEditor ttl
    sy:updatePeriod sy:updateFrequency name url info dc:publisher atom:updated Title LINK PubDate date
    links media:group unheard-of un_heard itunes:category itunes:image docs cloud atom:summary
    atom:content
"""
ATTRIBUTES = st.sampled_from(
    [
        *[""] * 12,
        'type="html"',
        'type="text"',
        'type="text/html" mode="escaped"',
        'type="xhtml"',
        'type="HTML"',
        'type="application/octet-stream"',
        'rel="self" href="/self"',
        'rel="alternate" type="text/html" href="http://example.org/x?a&amp;b"',
        'rel="alternate" type="application/json" href="http://example.org/j"',
        'rel="Enclosure" href="http://example.org/e.mp3"',
        'rel="next" href="?page=2"',
        'href="http://example.org/#"',
        'href=""',
        'url="http://example.org/e.mp3" type="audio/mpeg" length="1"',
        'url="" href="x"',
        'isPermaLink="false"',
        'ISPERMALINK="true"',
        'term="t" label="L" scheme="s"',
        'term=""',
        'domain="d"',
        'xml:lang="de_AT"',
        'xml:lang=""',
        'lang="fr"',
        'xml:base="http://other.org/"',
        'rdf:about="urn:about"',
        'x:href="http://evil.org/"',
        'atom:rel="self"',
        'text="Topic"',
        'xmlns:y="urn:y"',
        'xmlns="urn:z"',
    ]
)
PERSONS = st.sampled_from(
    [
        "<name>Jane</name>",
        "<name>Jane</name><email>j@example.org</email>",
        "<email>j@example.org</email><name>Jane</name>",
        "<name> </name><uri>/me</uri>",
        "<email>j@example.org</email>",
        "<atom:name>J</atom:name>",
        "<name>A</name><name>B</name>",
        "words <name>Jane</name>",
        "<name/> words",
    ]
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    name = draw(st.sampled_from(NAMES.split()))
    attributes = draw(ATTRIBUTES)
    inner = draw(TEXTS)
    if name in ("author", "contributor") and draw(st.booleans()):
        inner = draw(PERSONS)
    elif name in ("media:content", "media:group", "x:any", "image", "source", "textInput") and depth < 2:
        inner = "".join(draw(st.lists(elements(depth=depth + 1), max_size=3)))
    return f"<{name} {attributes}>{inner}</{name}>"


@st.composite
def feeds(draw: st.DrawFn) -> bytes:
    kind = draw(st.sampled_from(["rss", "rdf", "atom", "atom03"]))
    some = st.lists(elements(), max_size=5)
    item = "entry" if kind.startswith("atom") else "item"
    attributes = draw(st.sampled_from(["", "", "", 'xml:lang="en-GB"', 'rdf:about="http://example.org/1"']))
    items = [f"<{item} {attributes}>{''.join(draw(some))}</{item}>" for _ in range(draw(st.integers(0, 3)))]
    before, after = "".join(draw(some)), "".join(draw(some))
    lang = draw(st.sampled_from(["", "", 'xml:lang="pt_BR"']))
    body = "".join(items)
    if kind == "rss":
        text = f'<rss version="2.0" {SPACES} {lang}><channel>{before}{body}{after}</channel></rss>'
    elif kind == "rdf":
        own = 'xmlns="http://purl.org/rss/1.0/"'
        text = f"<rdf:RDF {SPACES} {own} {lang}><channel>{before}</channel>{body}</rdf:RDF>"
    else:
        own = "http://www.w3.org/2005/Atom" if kind == "atom" else "http://purl.org/atom/ns#"
        text = f'<feed xmlns="{own}" {SPACES} {lang}>{before}{body}{after}</feed>'
    declared = draw(
        st.sampled_from(["", "<?xml version='1.0'?>", '<?xml version="1.0" encoding="utf-8"?>\n'])
    )
    return (declared + text).encode()


def test_random_feeds_are_read_as_feedparser_reads_them() -> None:
    taken, number = 0, tries(400)

    @settings(max_examples=number, derandomize=True, database=None)
    @given(feeds())
    def same(body: bytes) -> None:
        nonlocal taken
        fast = fast_reading(body)
        if fast is not None:
            taken += 1
            assert fast == lenient_reading(body)

    same()
    assert taken > number / 10


@pytest.mark.slow
@settings(max_examples=8000)
@given(feeds())
def test_many_random_feeds_are_read_as_feedparser_reads_them(body: bytes) -> None:
    fast = fast_reading(body)
    assert fast is None or fast == lenient_reading(body)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_read_as_feedparser_reads_it_or_declined(path: Path) -> None:
    """Files whose name begins with `plain` must take the fast way, those with `odd` must not."""
    body = path.read_bytes()
    fast = fast_reading(body)
    assert (fast is None) == path.stem.startswith("odd")
    assert fast in (None, lenient_reading(body))


@pytest.mark.slow
@pytest.mark.parametrize("folder", CORPORA, ids=lambda folder: folder.name)
def test_a_corpus_is_read_as_feedparser_reads_it(folder: Path) -> None:
    """Folders named in WATCHDESK_CORPORA; no file may raise anything but a refusal."""
    differing, taken = [], 0
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix not in (".xml", ".rss", ".rdf", ".atom"):
            continue
        try:
            body = decompressed(path.read_bytes(), LARGEST)[0]
            refuse_bombs(body)
            fast = fast_reading(body)
            taken += fast is not None
            if fast is not None and fast != lenient_reading(body):
                differing.append(path)
        except UnreadableInput:
            continue
    assert not differing
    assert taken


@pytest.mark.parametrize(
    "broken",
    [
        "<item a='1' a='2'/>",
        "<item tit\U00010348le='x'/>",
        "<it\U00010348em/>",
        "<item>]]></item>",
        "<item>&#0;</item>",
        "<item>&#xFFFF;</item>",
        "<item>\x01</item>",
        "<item>&nosuch;</item>",
        "<item><nowhere:x/></item>",
        "<item xmlns:x=''/>",
        "<item><!-- a--b --></item>",
        "<item><?xml version='1.0'?></item>",
        "<item/></channel></rss><rss>",
    ],
)
def test_what_one_parser_might_forgive_is_left_to_feedparser(broken: str) -> None:
    assert fast_reading(f"<rss><channel>{broken}</channel></rss>".encode()) is None


def test_every_name_that_feedparser_acts_on_is_known() -> None:
    parser = feedparser.mixin._FeedParserMixin
    acted_on = {name.removeprefix("_start_").lower() for name in dir(parser) if name.startswith("_start_")}
    assert acted_on - MEANT == set()
