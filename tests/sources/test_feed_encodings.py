"""Whatever a document and its server say of its encoding, its words come out."""

import codecs
import gzip
import zlib

import pytest

from watchdesk.errors import UnreadableInput
from watchdesk.model import ParsedFeed
from watchdesk.sources.feeds.feed import parse

WORDS = "Škoda für Žižkov – 10 €"


def document(declared: str = "", words: str = WORDS) -> str:
    item = f"<item><title>{words}</title><link>http://e.org/{words[:5]}</link></item>"
    return f"{declared}<rss version='2.0'><channel><title>T</title>{item}</channel></rss>"


def read(body: bytes, content_type: str = "") -> ParsedFeed:
    return parse(body, {"content-type": content_type} if content_type else {}, "http://e.org/feed")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (document().encode(), ""),
        (document().encode(), "text/xml"),
        (codecs.BOM_UTF8 + document().encode(), ""),
        (document("<?xml version='1.0' encoding='utf-16'?>").encode("utf-16"), ""),
        (codecs.BOM_UTF16_BE + document("<?xml version='1.0'?>").encode("utf-16-be"), "text/xml"),
        (document("<?xml version='1.0'?>").encode("utf-16-le"), ""),
        (document("<?xml version='1.0'?>").encode("utf-16-be"), ""),
        (document().encode("utf-32"), ""),
        (codecs.BOM_UTF32_BE + document().encode("utf-32-be"), ""),
        (document("<?xml version='1.0' encoding='windows-1250'?>").encode("cp1250"), ""),
        (document().encode("cp1250"), "application/rss+xml; charset=windows-1250"),
        (gzip.compress(document().encode()), "application/rss+xml"),
        (document().encode("utf-7"), "text/xml; charset=utf-7"),
    ],
)
def test_the_words_come_out_without_trouble(body: bytes, content_type: str) -> None:
    feed = read(body, content_type)
    assert [(entry.title, entry.url) for entry in feed.entries] == [(WORDS, "http://e.org/Škoda")]
    assert feed.trouble == ()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (document("<?xml version='1.0' encoding='iso-8859-1'?>").encode(), ""),
        (document("<?xml version='1.0' encoding='utf-8'?>").encode(), "text/xml; charset=windows-1251"),
        (document("<?xml version='1.0' encoding='us-ascii'?>").encode(), ""),
        (codecs.BOM_UTF8 + document("<?xml version='1.0' encoding='iso-8859-1'?>").encode(), ""),
    ],
)
def test_a_wrong_declaration_is_told_and_not_believed(body: bytes, content_type: str) -> None:
    feed = read(body, content_type)
    assert feed.entries[0].title == WORDS
    assert feed.trouble == ("its encoding is not the one it declares; it was read as utf-8",)


def test_latin_1_is_what_browsers_take_it_for() -> None:
    body = document("<?xml version='1.0' encoding='iso-8859-1'?>").encode("cp1252", errors="replace")
    assert read(body).entries[0].title == WORDS.replace("Ž", "Ž")


def test_a_damaged_character_costs_itself_alone() -> None:
    feed = read(document(words="grün " * 20).encode().replace(b"\xc3\xbc", b"\xc3", 1))
    assert feed.entries[0].title == "gr\ufffdn " + "grün " * 18 + "grün"
    assert feed.trouble == ("some of its characters are damaged: it is not all UTF-8",)


def test_windows_bytes_in_a_document_that_says_utf_8_are_read_as_such() -> None:
    feed = read(document("<?xml version='1.0' encoding='utf-8'?>", "caf\xe9 \u2013").encode("cp1252"))
    assert feed.entries[0].title == "caf\xe9 \u2013"
    assert "read as cp1252" in feed.trouble[0]


@pytest.mark.parametrize("name", ["no-such-encoding", "punycode", "base64", "idna", "undefined", "rot13"])
def test_an_encoding_that_is_none_is_not_tried(name: str) -> None:
    body = document(f"<?xml version='1.0' encoding='{name}'?>", "caf\xe9").encode("cp1252")
    assert read(body, f"text/xml; charset={name}").entries[0].title == "caf\xe9"


def test_a_gzip_file_that_is_broken_or_endless_is_refused() -> None:
    whole = gzip.compress(document().encode())
    with pytest.raises(UnreadableInput, match="damaged or empty"):
        read(whole[:10] + b"\xff\xff" + whole[12:])
    endless = zlib.compressobj(wbits=31)
    bomb = b"".join(endless.compress(bytes(1_000_000)) for _ in range(200)) + endless.flush()
    assert len(bomb) < 1_000_000
    with pytest.raises(UnreadableInput, match="more than 10,000,000 bytes"):
        read(bomb)
