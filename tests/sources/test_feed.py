import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.desk import item, rss
from support.examples import tries
from watchdesk.errors import UnreadableInput
from watchdesk.model import ParsedFeed
from watchdesk.sources.feeds.feed import parse

ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>
<entry><id>urn:i</id><title type="html">A &amp;amp; B</title><link rel="alternate" href="http://e.org/1"/>
<published>2026-02-12T07:38:00+01:00</published><updated>2026-02-13T07:38:00+01:00</updated>
<author><name>One</name></author><author><name>Two</name></author><category term="c"/>
<summary>short</summary><content type="html">&lt;p&gt;The longer body&lt;/p&gt;</content></entry></feed>"""

RDF = b"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="u">
<title>T</title></channel><item rdf:about="u1"><title>R</title><link>http://e.org/r</link>
<dc:date>2026-02-12</dc:date></item></rdf:RDF>"""

JSON = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [
{"id": 7, "url": "http://e.org/j", "title": "J",
 "content_text": "a < b", "date_published": "2026-02-12T07:38:00Z"}]}"""


def read(body: bytes) -> ParsedFeed:
    return parse(body, {}, "http://e.org/feed")


def test_atom_is_read_with_its_dates_as_written() -> None:
    entry = read(ATOM).entries[0]
    assert (entry.guid, entry.url) == ("urn:i", "http://e.org/1")
    assert (entry.published, entry.updated) == ("2026-02-12T07:38:00+01:00", "2026-02-13T07:38:00+01:00")
    assert (entry.author, entry.categories) == ("One, Two", ("c",))
    assert entry.content == "<p>The longer body</p>"


def test_rdf_and_json_feed_are_read() -> None:
    assert [entry.url for entry in read(RDF).entries] == ["http://e.org/r"]
    entry = read(JSON).entries[0]
    assert (entry.guid, entry.url, entry.content) == ("7", "http://e.org/j", "a &lt; b")


def test_a_guid_that_is_an_address_serves_as_the_link() -> None:
    body = rss("<item><guid>http://e.org/x</guid><title>X</title></item>")
    assert read(body).entries[0].url == "http://e.org/x"


def test_scripts_stay_for_our_own_cleaning_and_nothing_is_rewritten() -> None:
    body = rss(item("1", "T", "&lt;a href='/x'&gt;x&lt;/a&gt;&lt;script&gt;y&lt;/script&gt;"))
    assert read(body).entries[0].summary == "<a href='/x'>x</a><script>y</script>"


def test_what_is_read_goes_from_one_process_to_another() -> None:
    for body in (ATOM, RDF, JSON, rss(item("1", "T")), rss(item("1", "T")) + b"<"):
        feed = read(body)
        assert pickle.loads(pickle.dumps(feed)) == feed


def test_a_web_page_is_said_to_be_one_and_its_feed_is_named() -> None:
    link = b"<link rel=alternate type='application/rss+xml' href='/rss'>"
    page = b"<!doctype html><html><head>" + link + b"</head></html>"
    with pytest.raises(UnreadableInput, match=r"http://e\.org/rss"):
        read(page)


def test_blank_lines_before_the_declaration_are_no_trouble() -> None:
    assert read(b"\n\n" + rss(item("1", "T"))).trouble == ()


def test_entities_that_grow_are_refused() -> None:
    bomb = b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'><!ENTITY c '&b;&b;'>]>"
    with pytest.raises(UnreadableInput, match="entities"):
        read(bomb + b"<rss><channel><title>&c;</title></channel></rss>")


@settings(max_examples=tries(60))
@given(st.data())
def test_no_mutilation_of_a_feed_raises_anything_else(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from([ATOM, RDF, JSON, rss(item("1", "T", "x"))]))
    cut = data.draw(st.integers(0, len(body)))
    noise = data.draw(st.binary(max_size=20))
    try:
        assert isinstance(read(body[:cut] + noise + body[cut + len(noise) :]), ParsedFeed)
    except UnreadableInput as told:
        assert str(told)
