import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk import articles
from watchdesk.errors import UnreadableInput
from watchdesk.model import Entry, Fetched, FullText, ParsedFeed, Source
from watchdesk.sources import KINDS
from watchdesk.sources.sitemap import LARGEST
from watchdesk.sources.sitemap_index import MOST_PARTS

DATA = Path(__file__).parent.parent / "data" / "sitemaps"
URL = "https://daily.example/news-sitemap.xml"
SOURCE = Source(id="daily", url=URL, kind="sitemap")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def read(body: bytes, content_type: str = "application/xml") -> ParsedFeed:
    return KINDS["sitemap"](Fetched(body, URL, headers={"content-type": content_type}), SOURCE)


HARBOUR = Entry(
    url="https://daily.example/2026/11/25/harbour.html",
    title="Harbour & rail: ministers agree",
    published="2026-11-25T07:38:00+01:00",
    categories=("harbour", "rail", "NASDAQ:HRBR", "NYSE:RAIL"),
    language="en",
)
RATES = Entry(url="https://daily.example/a", title="Rates & <prices> rise", published="2026-11-25")
LENS = Entry(
    url="https://daily.example/story?id=7&copy=2&lang=fr",
    title="Lens : l'été & la mer &unknown; <b>",
)
ONE = Entry(url="https://daily.example/one")
TITLED = Entry(url="https://daily.example/one", title="One")

FILES: list[tuple[str, tuple[Entry, ...], tuple[str, ...]]] = [
    ("google-news.xml", (HARBOUR,), ()),
    ("wrong-namespaces.xml", (RATES,), ()),
    ("bare-ampersands.xml", (LENS,), ()),
    (
        "plain.xml",
        (
            Entry(url="https://daily.example/"),
            Entry(url="https://daily.example/one", updated="2026-11-24T10:00:00+00:00"),
        ),
        (),
    ),
    ("cut-off.xml", (ONE,), ("it breaks off before its end, so entries may be missing",)),
    (
        "some-incomplete.xml",
        (Entry(url="https://daily.example/section"), TITLED),
        (
            "1 of 3 entries have no address (loc) and were left out",
            "1 of 3 entries have no title (news:title)",
        ),
    ),
    ("media-without-container.xml", (TITLED,), ()),
    ("declared-utf8.xml", (Entry(url="https://daily.example/one", title="“Grüße” aus Köln"),), ()),
    ("empty.xml", (), ("it has no entries",)),
    (
        "addresses.txt",
        (Entry(url="https://daily.example/one?a=1&b=2"), Entry(url="https://daily.example/two")),
        (),
    ),
]


@pytest.mark.parametrize(("name", "entries", "trouble"), FILES, ids=[name for name, *_ in FILES])
def test_a_sitemap_is_read_as_its_publisher_meant_it(
    name: str, entries: tuple[Entry, ...], trouble: tuple[str, ...]
) -> None:
    found = read((DATA / name).read_bytes())
    assert (found.entries, found.trouble) == (entries, trouble)


def test_every_file_is_in_the_table() -> None:
    assert sorted(path.name for path in DATA.iterdir()) == sorted(name for name, *_ in FILES)


def test_the_publication_names_the_source() -> None:
    found = read((DATA / "google-news.xml").read_bytes())
    assert (found.title, found.language) == ("Example Daily", "en")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty document"),
        (b"<!doctype html><html><body>Sign in</body></html>", "web page, not a sitemap"),
        (b"<rss version='2.0'><channel/></rss>", "write feed: in place of sitemap:"),
        (b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'/>", "it is Atom"),
        (b"<error>no such file</error>", "begins with <error>"),
        (b"Service temporarily unavailable", "neither XML nor a list of addresses"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8bnot gzip at all", "gzip file that is damaged"),
        (b"<sitemapindex/>", "names none"),
    ],
)
def test_what_is_no_sitemap_is_said_to_be_what_it_is(body: bytes, words: str) -> None:
    with pytest.raises(UnreadableInput, match=words):
        read(body)


def test_a_gzip_file_is_read_also_in_several_members() -> None:
    body = (DATA / "google-news.xml").read_bytes()
    members = gzip.compress(body[:200]) + gzip.compress(body[200:])
    assert read(members, "application/gzip").entries == (HARBOUR,)


def test_a_gzip_file_that_breaks_off_gives_what_came() -> None:
    urls = "".join(f"<url><loc>https://daily.example/{n * 7919}</loc></url>" for n in range(3000))
    whole = gzip.compress(f"<urlset>{urls}</urlset>".encode())
    found = read(whole[: len(whole) // 2])
    assert 0 < len(found.entries) < 3000
    assert found.trouble[0] == "its gzip data breaks off, so entries may be missing"
    assert all((entry.url or "").startswith("https://daily.example/") for entry in found.entries)


def test_a_gzip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * (LARGEST + 1))
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableInput, match="more than 52,428,800 bytes"):
        read(bomb)


def test_entities_that_grow_are_refused() -> None:
    bomb = b"<!DOCTYPE u [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'><!ENTITY c '&b;&b;'>]>"
    with pytest.raises(UnreadableInput, match="entities"):
        read(bomb + b"<urlset><url><loc>https://daily.example/&c;</loc></url></urlset>")


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", [b"<![CDATA[", b"<!--", b"<!-- -->", b"<!ENTITY ", b"<?x", b"<url>", b"<", b"&x", b"</url", b"["]
)
def test_no_repetition_takes_time_that_grows_faster_than_the_document(piece: bytes) -> None:
    for start in (b"", b"<urlset>", b"<!DOCTYPE x ["):
        try:
            read(start + piece * 50_000)
        except UnreadableInput as told:
            assert str(told)


def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    body = f"<!DOCTYPE u [<!ENTITY x SYSTEM '{secret.as_uri()}'>]><urlset><url><loc>https://e.org/&x;</loc></url></urlset>"
    assert "hunter2" not in str(read(body.encode()))


def index(*children: tuple[str, str | None]) -> bytes:
    written = "".join(
        f"<sitemap><loc>{loc}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</sitemap>"
        for loc, lastmod in children
    )
    return f"<sitemapindex>{written}</sitemapindex>".encode()


def test_of_an_index_the_news_sitemaps_are_parts() -> None:
    found = read(
        index(
            ("https://daily.example/post-sitemap.xml", "2026-11-25"),
            ("/sitemap-news.xml", "2026-11-25T07:38:00+01:00"),
            ("https://news.daily.example/newsletter-sitemap.xml", None),
            (URL, None),
        )
    )
    assert found.entries == ()
    assert found.parts == {
        "https://daily.example/sitemap-news.xml": datetime(2026, 11, 25, 6, 38, tzinfo=UTC)
    }


def test_without_news_sitemaps_those_that_changed_last_are_parts() -> None:
    found = read(index(*((f"https://daily.example/{n}.xml", f"2026-10-{n:02}") for n in range(1, 21))))
    assert len(found.parts) == MOST_PARTS
    assert found.parts["https://daily.example/20.xml"] == datetime(2026, 10, 20, tzinfo=UTC)
    assert found.trouble == (f"it lists 20 sitemaps; the {MOST_PARTS} that changed last are read",)


def test_without_a_lastmod_the_month_in_the_address_says_which_are_new() -> None:
    found = read(
        index(*((f"https://e.org/posts-{y}-{m:02}.xml", None) for y in (2025, 2026) for m in range(1, 13)))
    )
    assert next(iter(found.parts)) == "https://e.org/posts-2026-12.xml"
    assert set(found.parts.values()) == {None}


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-25T07:38:00Z", datetime(2026, 11, 25, 7, 38, tzinfo=UTC)),
        ("2026-11-25T07:38:00.5+01:00", datetime(2026, 11, 25, 6, 38, 0, 500_000, tzinfo=UTC)),
        ("Wed, 25 Nov 2026 07:38:00 GMT", datetime(2026, 11, 25, 7, 38, tzinfo=UTC)),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_a_lastmod_is_read_as_a_w3c_datetime_and_as_mail_writes_it(
    written: str, moment: datetime | None
) -> None:
    assert read(index(("https://e.org/a.xml", written))).parts == {"https://e.org/a.xml": moment}


def test_an_article_has_the_sitemaps_title_and_asks_for_its_page() -> None:
    found = read((DATA / "google-news.xml").read_bytes())
    article = articles.normalise(found.entries[0], found, SOURCE, NOW)
    assert (article.title, article.text) == ("Harbour & rail: ministers agree", "")
    assert article.published_at == datetime(2026, 11, 25, 6, 38, tzinfo=UTC)
    assert articles.wants_page(article, SOURCE)
    assert not articles.wants_page(article, Source(id="d", url=URL, full_text=FullText.NEVER))
    page = articles.read_page(
        b"<html><title>Another title - Daily</title><p>" + b"Ministers agreed at length. " * 40,
        HARBOUR.url,
        SOURCE,
        NOW,
    )
    assert articles.with_page(article, page).title == "Harbour & rail: ministers agree"
    assert "agreed at length" in articles.with_page(article, page).text


def test_an_entry_without_a_title_takes_that_of_its_page() -> None:
    found = read((DATA / "plain.xml").read_bytes())
    article = articles.normalise(found.entries[1], found, SOURCE, NOW)
    assert (article.title, articles.wants_page(article, SOURCE)) == ("https://daily.example/one", True)
    page = articles.read_page(
        b"<html><title>Its title</title><p>" + b"Some text of it. " * 40, ONE.url, SOURCE, NOW
    )
    assert articles.with_page(article, page).title == "Its title"


@settings(max_examples=tries(80))
@given(st.data())
def test_no_mutilation_of_a_sitemap_raises_anything_else(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from([(DATA / name).read_bytes() for name, *_ in FILES]))
    cut = data.draw(st.integers(0, len(body)))
    noise = data.draw(st.binary(max_size=20))
    try:
        assert isinstance(read(body[:cut] + noise + body[cut + len(noise) :]), ParsedFeed)
    except UnreadableInput as told:
        assert str(told)


MONTHS = [f"{datetime(2026, month, 1, tzinfo=UTC):%B}".lower() for month in range(1, 13)]


@pytest.mark.parametrize(
    ("names", "newest"),
    [
        ([f"post-sitemap{number or ''}.xml" for number in range(57)], "post-sitemap56.xml"),
        ([f"sitemap-{number}.xml" for number in range(1, 57)][::-1], "sitemap-56.xml"),
        ([f"news-{number}.xml" for number in range(1, 57)], "news-1.xml"),
        ([f"map-{name}.xml" for name in "abcdefghijklmnopqrstuvwxyz"], "map-z.xml"),
        ([f"map-{name}.xml" for name in "abcdefghijklmnopqrstuvwxyz"], "map-a.xml"),
        ([f"{month}-{year}.xml" for year in (2024, 2025, 2026) for month in range(1, 12)], "11-2026.xml"),
        ([f"{year}-{month}.xml" for year in (2025, 2026) for month in MONTHS[:11]], "2026-november.xml"),
        (
            [
                f"map.xml?yyyy=2026&amp;mm={month:02}&amp;dd={day:02}"
                for month in range(1, 12)
                for day in (1, 27)
            ],
            "map.xml?yyyy=2026&mm=11&dd=27",
        ),
        (
            [*(f"category-sitemap{n}.xml" for n in range(30)), *(f"post-sitemap{n}.xml" for n in range(30))],
            "post-sitemap29.xml",
        ),
    ],
)
def test_of_an_index_without_times_the_newest_part_is_found(names: list[str], newest: str) -> None:
    found = read(index(*((f"https://e.org/{name}", None) for name in names)))
    assert f"https://e.org/{newest}" in found.parts
    assert len(found.parts) == MOST_PARTS
    assert "the newest by name and place" in found.trouble[0]
