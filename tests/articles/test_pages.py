"""Pages of many shapes, each a file of its own, and the articles in them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchdesk.articles import read_file, read_page
from watchdesk.errors import UnreadableInput
from watchdesk.model import Article, PublishedKnown, Source

PAGES = Path(__file__).parent.parent / "data" / "articles"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SOURCE = Source("paper", "https://paper.example/feed", timezone="Europe/Kyiv")


def read(name: str, url: str | None = None) -> Article:
    return read_page((PAGES / name).read_bytes(), url, SOURCE, NOW)


def headings(article: Article) -> list[str | None]:
    return [section.heading for section in article.sections]


def test_the_everyday_page_keeps_its_sections_and_loses_its_clutter() -> None:
    article = read("seed-shape.html")
    assert (
        article.title == "New Defence Minister Marta Lindqvist’s First NATO Meeting: More Burden for Europe"
    )
    assert headings(article) == [
        "Introduction: A First Meeting and a Long List",
        "Spending Targets: From Two Per Cent to Five",
        "Aid for Ukraine: A New Chair at the Table",
        "Minerals in Exchange for Support",
        "What It Means for the Allies",
    ]
    assert article.text.endswith("when the joint statement is published tomorrow evening.")
    assert article.byline is None
    assert {"Share.", "Exit mobile version"} <= set(article.removed)
    assert any("All Rights Reserved" in line for line in article.removed)


def test_a_header_time_without_a_zone_is_read_in_the_sources_zone() -> None:
    article = read("seed-shape.html")
    assert article.published_at == datetime(2025, 2, 12, 5, 38, tzinfo=UTC)
    assert article.published_known is PublishedKnown.ZONE_ASSUMED


def test_linked_data_gives_the_title_the_instant_and_the_author() -> None:
    article = read("full-theme.html")
    assert article.title == "Port strike enters second week & talks stall"
    assert article.published_at == datetime(2025, 3, 4, 17, 5, tzinfo=UTC)
    assert article.published_known is PublishedKnown.EXACT
    assert article.byline == "Ana Belmonte"
    assert article.url == "https://www.quayside.example/2025/03/port-strike-second-week/"


def test_lists_stay_and_related_posts_go() -> None:
    article = read("full-theme.html")
    assert "Containers: unloading stopped" in article.text
    assert "Harbour master" not in article.text
    assert headings(article) == [None, "Ships wait outside"]


def test_an_amp_view_without_metadata_is_dated_by_its_text() -> None:
    article = read("amp-bare.html")
    assert article.title == "Ministers Agree on a Common Stock of Shells"
    assert article.published_at == datetime(2025, 3, 3, 19, 15, tzinfo=UTC)
    assert article.lead.startswith("Ministers of nine countries")
    assert article.text.endswith("orders that last longer than a year.")


def test_the_mobile_switch_goes_by_its_id_in_any_language() -> None:
    assert "мобільної" not in read("amp-bare.html").text


def test_paragraphs_by_line_breaks_and_headings_by_bold_are_found() -> None:
    article = read("breaks-and-bold.html")
    assert headings(article)[-2:] == ["A long evening", "What it will cost"]
    assert article.sections[-1].paragraphs[-1] == "Work begins in May."
    assert "eleven votes to nine, and to close" in article.text
    assert article.removed[-2:] == ("Share.", "Copyright 2025 Riverside Gazette")


def test_an_article_of_one_short_paragraph_survives() -> None:
    article = read("short.html")
    assert article.text == "The northern pipeline was reopened at noon after divers found no damage."


def test_a_story_about_copyright_keeps_its_last_sentence() -> None:
    article = read("cookies-and-related.html")
    assert article.text.endswith("Copyright law will be debated again in March.")
    assert "cookies" not in article.text
    assert "Libraries ask for a longer loan" in article.removed


def test_a_german_page_is_read_in_german() -> None:
    article = read("german.html")
    assert (article.language, article.title) == ("de", "Kabinett einigt sich auf höheren Wehretat")
    assert article.published_at == datetime(2025, 2, 12, 5, 38, tzinfo=UTC)
    assert article.text.endswith("Entschieden wird frühestens im Mai.")


def test_a_ukrainian_page_that_calls_itself_english_is_ukrainian() -> None:
    article = read("ukrainian.html")
    assert article.language == "uk"
    assert article.published_at == datetime(2025, 2, 12, 5, 38, tzinfo=UTC)
    assert article.text.endswith("дороги до кар'єрів.")


def test_a_canonical_address_of_another_site_or_of_a_home_page_is_not_believed() -> None:
    page = b"<link rel=canonical href='%s'><h1>A headline of some length</h1><p>Some text.</p>"
    own = "https://paper.example/2025/story"
    for claimed in (b"https://elsewhere.example/2025/story", b"https://paper.example/"):
        assert read_page(page % claimed, own, SOURCE, NOW).url == own


def test_only_the_sites_own_name_is_cut_from_a_title() -> None:
    page = "<title>{}</title><meta property='og:site_name' content='Daily Post'><p>Some text here.</p>"
    titles = {
        "Talks fail - again | Daily Post": "Talks fail - again",
        "Daily Post: Talks fail": "Daily Post: Talks fail",
        "Talks fail - what comes next": "Talks fail - what comes next",
        "Talks fail – The Daily Post": "Talks fail",
    }
    for written, title in titles.items():
        assert read_page(page.format(written).encode(), None, SOURCE, NOW).title == title


def test_a_sources_own_selectors_are_followed() -> None:
    page = (
        b"<div id=x><p>The text that counts.</p><p class=ad>Buy this.</p></div>"
        b"<p>Something else, and longer.</p>"
    )
    source = Source("s", "https://s.example", content="#x", remove=(".ad",))
    assert read_page(page, None, source, NOW).text == "The text that counts."


def test_a_selector_that_is_none_does_not_lose_the_page() -> None:
    source = Source("s", "https://s.example", content="p[[", remove=("::",))
    assert "Some text" in read_page(b"<p>Some text.</p>", None, source, NOW).text


@pytest.mark.parametrize(
    ("encoding", "content_type", "declared"),
    [
        ("utf-8", None, ""),
        ("utf-8", "text/html; charset=iso-8859-1", ""),
        ("cp1251", "text/html; charset=windows-1251", ""),
        ("cp1251", "text/html", "<meta charset=windows-1251>"),
        ("cp1251", "text/html; charset=utf-8", "<meta charset=windows-1251>"),
        ("utf-16", "text/html", ""),
        ("utf-16-le", "text/html", "<meta charset=utf-16>"),
        ("utf-16-be", "text/html; charset=utf-16", ""),
        ("utf-8", "text/html; charset=utf-16", "<meta charset=utf-16>"),
        ("utf-8-sig", None, "<meta charset=windows-1251>"),
        ("cp1251", "text/html; charset=no-such-thing", "<meta charset=windows-1251>"),
    ],
)
def test_encodings_are_read_also_when_the_declaration_is_wrong(
    encoding: str, content_type: str | None, declared: str
) -> None:
    page = f"<html><head>{declared}</head><body><p>Уряд погодив угоду.</p></body></html>".encode(encoding)
    assert read_page(page, None, SOURCE, NOW, content_type).text == "Уряд погодив угоду."


@pytest.mark.parametrize(
    "stray",
    [b"\x00", b"\xff\xfe", b"\x00\xff\xfe", b"\xff\xfe\x00\x00", b"\xfe\xff", b"\x00" * 9, b"\xef\xbb\xbf"],
)
@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("odd", ["", "!"])
def test_stray_bytes_make_no_page_one_of_another_encoding(stray: bytes, place: int, odd: str) -> None:
    parts = [
        "",
        "<html><head><title>Bo",
        "ats</title></head>",
        "<body><p>Уряд погодив угоду.</p>",
        f"<p>A boat.{odd}",
        "",
    ]
    encoded = [part.encode() for part in parts]
    article = read_page(b"".join([*encoded[: place + 1], stray, *encoded[place + 1 :]]), None, SOURCE, NOW)
    assert "Уряд погодив угоду." in article.text
    assert "A boat." in article.text


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7\n...",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"PK\x03\x04",
        b"",
        b"  \n",
        b"\x01\x02\x03" * 99,
    ],
)
def test_bytes_that_are_no_page_are_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(UnreadableInput, match=r"it is|empty"):
        read_page(body, None, SOURCE, NOW)


def test_a_page_without_a_word_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="no text"):
        read_page(b"<html><body><img src=x></body></html>", None, SOURCE, NOW)


def test_a_file_is_read_as_a_page_and_an_absent_one_is_told_by_name(tmp_path: Path) -> None:
    assert read_file(PAGES / "short.html", SOURCE, NOW).title == "Pipeline reopened after inspection"
    with pytest.raises(UnreadableInput, match=r"absent\.html cannot be read"):
        read_file(tmp_path / "absent.html", SOURCE, NOW)
