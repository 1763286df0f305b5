"""One bad character costs itself and never the document; an ampersand in an address stays one."""

from pathlib import Path

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss
from support.web import WebServer
from watchdesk.config.opml import read_opml
from watchdesk.encoding.repair import repaired
from watchdesk.errors import UnreadableInput
from watchdesk.model import Fetched, ParsedFeed, Source
from watchdesk.sources import KINDS
from watchdesk.sources.feeds.feed import parse
from watchdesk.store import open_store

QUERY = "?a=1&lang=en&copy=2&part=3&reg=4&not=5&sub=6&times=7&micro=8&section=9&eacute=10"
PARAMETERS = f"http://e.org/s{QUERY}"
ESCAPED = PARAMETERS.replace("&", "&amp;")


def read(body: str) -> ParsedFeed:
    return parse(body.encode(), {}, "http://e.org/feed")


@pytest.mark.parametrize("broken", ["", "<b>"], ids=["well-formed", "broken elsewhere"])
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("&#55357;&#56832;", "\U0001f600"),
        ("&#xD83D;&#xDE00;", "\U0001f600"),
        ("&#xd83d&#xde00;", "\U0001f600"),
        ("&#55357;", "\ufffd"),
        ("&#xDE00;", "\ufffd"),
        ("&#1114112;", "\ufffd"),
        ("&#x110000;", "\ufffd"),
        ("&#99999999999999999999;", "\ufffd"),
        ("&#0;", "\ufffd"),
        ("&#x1F;", "\ufffd"),
        ("&#xFFFF;", "\ufffd"),
        ("<![CDATA[&#55357;&#56832;]]>", "\U0001f600"),
    ],
)
def test_an_impossible_reference_costs_itself_and_no_entry(written: str, meant: str, broken: str) -> None:
    others = [item(str(number), f"T {number}") for number in range(29)]
    feed = read(rss(item("x", f"a{written}b", broken), *others).decode())
    assert len(feed.entries) == 30
    assert feed.entries[0].title == f"a{meant}b"


def test_references_that_are_possible_are_left_alone() -> None:
    for text in ("&#8217;&#x2019;", "&#39;&#38;&#9;", "&#;&#x;", "&#65533;", "&#1114111;"):
        assert repaired(text) == text


def test_sitemaps_and_opml_have_the_same_references() -> None:
    named = b"<loc>http://e.org/&#0;a</loc><news><title>M &#55357;&#56832;</title></news>"
    told = b"<urlset><url>" + named + b"</url></urlset>"
    entry = KINDS["sitemap"](Fetched(told, "http://e.org/m"), Source("m", "http://e.org/m")).entries[0]
    assert (entry.url, entry.title) == ("http://e.org/\ufffda", "M \U0001f600")
    listed = (
        b'<opml><body><outline text="O &#xD83D;&#xDE00;&#1114112;" xmlUrl="http://e.org/f"/></body></opml>'
    )
    assert read_opml(listed).feeds[0].title == "O \U0001f600\ufffd"


def test_json_feeds_may_hold_raw_line_breaks_and_control_characters() -> None:
    body = '\ufeff{"items": [{"id": "1", "title": "a\tb", "content_text": "One & two\nthree.\n\nFour\x01."}]}'
    entry = read(body).entries[0]
    assert entry.title == "a\tb"
    assert entry.content == "<p>One &amp; two<br>three.</p><p>Four\x01.</p>"


@pytest.mark.parametrize(
    ("broken", "title"),
    [
        (r"it\'s", "it's"),
        (r"a \x b", r"a \x b"),
        (r"a \u12 b", "a \ufffd b"),
        ("a \\\nb", "a \nb"),
        (r"a\"b, ]", 'a"b, ]'),
    ],
)
def test_one_escape_that_json_has_not_costs_no_entry(broken: str, title: str) -> None:
    body = f'{{\x0b"items": [{{"id": 1, "title": "{broken}"}},\xa0{{"id": "2", "title": "B",}},],}}\x00'
    assert [entry.title for entry in read(body).entries] == [title, "B"]


def test_a_number_of_any_length_is_an_id() -> None:
    ids = ["7" * 6000, "7", "8"]
    body = ",".join(f'{{"id": {guid}, "title": "T"}}' for guid in ids)
    assert [entry.guid for entry in read(f'{{"items": [{body}]}}').entries] == ids


def test_json_that_never_ends_is_refused_at_once() -> None:
    for endless in ('{"a":' + '"\\' * 60_000, '{"a"' + ", " * 60_000, '"\\x' * 60_000):
        with pytest.raises(UnreadableInput):
            read("{" + endless)


def test_the_text_of_a_link_is_its_address_whatever_attributes_it_has() -> None:
    for attribute in ("uri='…'", 'uri="http://y"', "rel='self' url='z'", "uri='a' url='b'"):
        for tail in ("", "<b>"):
            body = rss(f"<item><title>A</title><link {attribute}>http://e.org/x</link>{tail}</item>")
            assert [entry.url for entry in read(body.decode()).entries] == ["http://e.org/x"]


def test_an_entry_at_which_the_parser_fails_costs_itself_alone() -> None:
    bad = "<item><title>B</title><textInput><link>http://x</link></textInput></item>"
    feed = read(rss(item("1", "A"), bad, item("3", "C")).decode())
    assert [entry.title for entry in feed.entries] == ["A", "C"]
    assert "1 of its entries cannot be read" in feed.trouble[0]


FEEDS = {
    "link": "<item><title>T</title><link>{}</link>{}</item>",
    "link in CDATA": "<item><title>T</title><link><![CDATA[{}]]></link>{}</item>",
    "guid": "<item><title>T</title><guid>{}</guid>{}</item>",
    "enclosure": "<item><title>T</title><enclosure url='{}'/>{}</item>",
    "href": "<entry><title>T</title><link href='{}'/>{}</entry>",
    "link of feedburner": "<item><title>T</title><feedburner:origLink>{}</feedburner:origLink>{}</item>",
}


@pytest.mark.parametrize("broken", ["", "<x>a & b</x>", "<b>"], ids=["well-formed", "ampersand", "tag"])
@pytest.mark.parametrize("element", FEEDS)
@pytest.mark.parametrize("address", [PARAMETERS, ESCAPED], ids=["bare", "escaped"])
def test_an_ampersand_in_an_address_never_becomes_a_letter(element: str, broken: str, address: str) -> None:
    entry = FEEDS[element].format(address, broken)
    name = "http://rssnamespace.org/feedburner/ext/1.0"
    if entry.startswith("<entry"):
        body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>F</title>{entry}</feed>"
    else:
        body = (
            f"<rss version='2.0' xmlns:feedburner='{name}'><channel><title>F</title>{entry}</channel></rss>"
        )
    [found] = read(body).entries
    assert (found.original_url or found.url) == PARAMETERS


@pytest.mark.parametrize("broken", ["", "<b>"], ids=["well-formed", "broken elsewhere"])
@pytest.mark.parametrize("address", [PARAMETERS, ESCAPED], ids=["bare", "escaped"])
@pytest.mark.parametrize(
    "other",
    ["<comments>{}</comments>", "<source url='{}'>S</source>", "<atom:link rel='via' href='{}'/>"],
    ids=["comments", "source", "via"],
)
def test_another_address_of_an_entry_is_not_its_own(other: str, address: str, broken: str) -> None:
    own = f"<item><title>A</title>{other.format('http://x.org/')}<link>{address}</link></item>"
    plain = f"<item><title>B</title><link>http://e.org/b</link>{other.format(address)}</item>"
    bare = f"<item><title>C</title>{other.format(address)}</item>" if "via" not in other else ""
    body = f"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>{own}{plain}{bare}"
    found = [entry.url for entry in read(f"{body}{broken}</channel></rss>").entries]
    assert found[:2] == [PARAMETERS, "http://e.org/b"]
    assert set(found[2:]) <= {None}


@pytest.mark.parametrize("broken", ["", "<b>"], ids=["well-formed", "broken elsewhere"])
@pytest.mark.parametrize("address", [PARAMETERS, ESCAPED], ids=["bare", "escaped"])
def test_an_ampersand_in_a_feeds_own_addresses_never_becomes_a_letter(address: str, broken: str) -> None:
    next_page = f"<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='next' href='{address}'/>"
    feed = read(rss(next_page, item("1", "A"), broken).decode())
    listed = f"<opml><body><outline text='x' xmlUrl='{address}'/></body></opml>{broken}"
    assert feed.older == PARAMETERS
    assert not broken or feed.trouble
    assert broken or [one.url for one in read_opml(listed.encode()).feeds] == [PARAMETERS]


def test_an_entity_with_its_semicolon_is_one_in_an_address_too() -> None:
    for broken in ("", "<b>"):
        [entry] = read(
            rss(f"<item><link>http://e.org/caf&eacute;?a&#038;b</link>{broken}</item>").decode()
        ).entries
        assert entry.url == "http://e.org/café?a&b"


def test_ampersands_outside_of_addresses_stay_what_they_are() -> None:
    [entry] = read(rss(item("1", "AT&T, Q&A & caf&eacute; &hellip;", "x & y <b>")).decode()).entries
    assert entry.title == "AT&T, Q&A & café …"


def test_addresses_with_ampersands_are_stored_as_they_are_and_once(tmp_path: Path, web: WebServer) -> None:
    desk = DeskFiles(tmp_path)
    desk.write({"a": web.url("/a")}, SETTINGS)
    for tail in ("", "<!-- again -->", "<b>"):
        web.serve("/a", rss(item("1", "T", link=PARAMETERS)) + tail.encode())
        assert desk.run("once", "--all").status == 0
    store = open_store("sqlite", desk.state)
    assert [article.url for article in store.articles()] == [PARAMETERS]
    store.close()
