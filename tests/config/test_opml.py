from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from support.examples import tries
from watchdesk.config.opml import BrokenList, Subscription, Subscriptions, read_opml, write_opml
from watchdesk.errors import UnreadableInput

DATA = Path(__file__).parent.parent / "data" / "opml"
NOW = datetime(2026, 11, 25, 7, 38, tzinfo=UTC)

FILES: list[tuple[str, Subscriptions]] = [
    (
        "reader-export.opml",
        Subscriptions(
            (
                Subscription(
                    "https://daily.example/rss",
                    "Example Daily",
                    ("press-wire", "europe"),
                    "https://daily.example/",
                ),
                Subscription("https://debats.example/feed", "Débats", ("press-wire", "politics")),
                Subscription("https://unfiled.example/atom.xml", "Unfiled"),
            )
        ),
    ),
    (
        "capitals.opml",
        Subscriptions(
            (
                Subscription("http://one.example/rss", "One", ("agencies",)),
                Subscription("https://two.example/rss", "Two", ("agencies",)),
            )
        ),
    ),
    (
        "bom-and-entities.opml",
        Subscriptions(
            (Subscription("https://qa.example/feed?a=1&b=2", "Q&A été", ("world", "Europe", "tech")),)
        ),
    ),
    (
        "undeclared.opml",
        Subscriptions((Subscription("https://ete.example/rss", "L’été", ("économie",)),)),
    ),
    (
        "windows-1251.opml",
        Subscriptions((Subscription("https://novyny.example/rss", "Новини", ("політика",)),)),
    ),
    (
        "no-addresses.opml",
        Subscriptions((Subscription("https://good.example/rss", "Good"),), ("Local", "Bare")),
    ),
]


@pytest.mark.parametrize(("name", "listed"), FILES, ids=[name for name, _ in FILES])
def test_a_file_is_read_as_its_writer_meant_it(name: str, listed: Subscriptions) -> None:
    assert read_opml((DATA / name).read_bytes()) == listed


def test_every_file_is_in_the_table() -> None:
    assert sorted(path.name for path in DATA.iterdir()) == sorted(name for name, _ in FILES)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<rss version='2.0'><channel/></rss>", "it begins with <rss>"),
        (b"<!doctype html><html></html>", "it begins with <html>"),
        (b"feeds:\n- https://e.org/rss\n", "no XML in it"),
        (b"%PDF-1.7", "a PDF"),
    ],
)
def test_what_is_no_opml_is_said_to_be_what_it_is(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableInput, match=words):
        read_opml(content)


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    bomb = f"<!DOCTYPE o [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'><!ENTITY x SYSTEM '{secret.as_uri()}'>]>"
    outline = "<outline text='&b;&x;' xmlUrl='https://e.org/rss'/>"
    assert read_opml(f"{bomb}<opml><body>{outline}</body></opml>".encode()).feeds == (
        Subscription("https://e.org/rss", "&b;&x;"),
    )


def test_what_is_written_is_opml_2() -> None:
    written = write_opml([Subscription("https://e.org/rss?a=1&b=2", "A < B", ("eu", "a/b"))], "Feeds", NOW)
    root = etree.fromstring(written)
    (outline,) = root.iter("outline")
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/dateCreated") == "Wed, 25 Nov 2026 07:38:00 GMT"
    assert dict(outline.items()) == {
        "type": "rss",
        "text": "A < B",
        "title": "A < B",
        "xmlUrl": "https://e.org/rss?a=1&b=2",
        "category": "eu,a-b",
    }


PRINTABLE = st.text(st.characters(exclude_categories=["C"], exclude_characters="\ufffe\uffff")).map(
    lambda text: " ".join(text.split())
)
TAGS = PRINTABLE.map(lambda text: text.replace(",", " ").replace("/", " ")).map(
    lambda text: " ".join(text.split())
)
ADDRESSES = st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z0-9/?&=%.;'+-]{0,20}", fullmatch=True)


@settings(max_examples=tries(150))
@given(
    st.lists(
        st.builds(
            Subscription,
            ADDRESSES,
            PRINTABLE.filter(bool),
            st.lists(TAGS.filter(bool), unique=True, max_size=4).map(tuple),
            st.none() | ADDRESSES,
        ),
        unique_by=lambda feed: feed.url,
        max_size=5,
    )
)
def test_what_was_written_is_read_again_the_same(feeds: list[Subscription]) -> None:
    assert read_opml(write_opml(feeds, "Feeds", NOW)) == Subscriptions(tuple(feeds))


@settings(max_examples=tries(60))
@given(st.lists(st.text(), min_size=3, max_size=3))
def test_any_text_at_all_can_be_written(texts: list[str]) -> None:
    title, name, tag = texts
    written = write_opml([Subscription("https://e.org/rss", name, (tag,))], title, NOW)
    assert [feed.url for feed in read_opml(written).feeds] == ["https://e.org/rss"]


@settings(max_examples=tries(80))
@given(st.data())
def test_no_mutilation_of_a_file_raises_anything_else(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from([(DATA / name).read_bytes() for name, _ in FILES]))
    cut = data.draw(st.integers(0, len(content)))
    noise = data.draw(st.binary(max_size=20))
    try:
        assert isinstance(read_opml(content[:cut] + noise + content[cut + len(noise) :]), Subscriptions)
    except UnreadableInput as told:
        assert str(told)


WHOLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Press"><outline text="One" type="rss" xmlUrl="https://one.example/rss?a=1&b=2"/>
<outline text="Two" type="rss" xmlUrl="https://two.example/rss"/></outline>
<!-- <outline text="Old" xmlUrl="https://old.example/rss"/> -->
</body></opml>
"""


def test_a_file_cut_off_at_any_byte_is_refused() -> None:
    end = WHOLE.rindex(b">") + 1
    assert len(read_opml(WHOLE[:end]).feeds) == 2
    for length in range(end):
        with pytest.raises(UnreadableInput):
            read_opml(WHOLE[:length])


def test_a_cut_off_file_is_told_where_it_ends() -> None:
    with pytest.raises(BrokenList, match="cut off: it ends before </opml>") as told:
        read_opml(WHOLE[: WHOLE.index(b"</outline>")])
    assert (told.value.line, told.value.column) == (4, 66)


@pytest.mark.parametrize(
    ("sound", "broken", "line"),
    [
        (b'text="Two" type', b'text="Two type', 4),
        (b'text="Press">', b'text="Press>', 3),
    ],
)
def test_damage_that_loses_a_feed_is_told_with_its_place(sound: bytes, broken: bytes, line: int) -> None:
    with pytest.raises(BrokenList, match=r"of its [12] feeds") as told:
        read_opml(WHOLE.replace(sound, broken, 1))
    assert told.value.line == line


def test_damage_that_loses_nothing_is_mended() -> None:
    assert len(read_opml(WHOLE.replace(b"<title>Mine</title>", b"<title>Mine</titel>")).feeds) == 2


def test_an_error_page_is_no_list() -> None:
    with pytest.raises(UnreadableInput, match="it begins with <html>"):
        read_opml(b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>")


def test_a_list_may_be_empty_on_purpose() -> None:
    assert read_opml(b"<opml version='2.0'><body/></opml>").feeds == ()
