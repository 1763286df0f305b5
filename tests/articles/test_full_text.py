"""When an article's page is asked for, and what of it is taken."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from watchdesk.articles import wants_page, with_page
from watchdesk.model import Article, FullText, PublishedKnown, Section, Source

NOW = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)
DAY = datetime(2025, 2, 12, 12, tzinfo=UTC)
SOURCE = Source("paper", "https://paper.example/feed")
LONG = "A sentence of some length about the harbour. " * 20


def article(text: str, **fields: object) -> Article:
    base = Article(
        "paper",
        "Talks fail",
        (Section(None, (text,)),),
        NOW,
        url="https://paper.example/a",
        url_key="paper.example/a",
    )
    return replace(base, **fields)  # type: ignore[arg-type]  # fields are named by the tests


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Short.", True),
        (LONG, False),
        (LONG + "and then […]", True),
        (LONG + "and then…", True),
        (LONG + "Read more", True),
    ],
)
def test_a_short_or_cut_text_wants_its_page(text: str, wanted: bool) -> None:
    assert wants_page(article(text), SOURCE) is wanted


def test_the_source_may_ask_for_never_or_always() -> None:
    assert not wants_page(article("Short."), replace(SOURCE, full_text=FullText.NEVER))
    assert wants_page(article(LONG), replace(SOURCE, full_text=FullText.ALWAYS))


def test_an_article_without_an_address_of_its_own_has_no_page() -> None:
    always = replace(SOURCE, full_text=FullText.ALWAYS)
    assert not wants_page(article("Short.", url=None), always)
    assert not wants_page(article("Short.", url="https://paper.example/"), always)


def test_a_read_more_line_that_was_taken_out_still_tells_of_a_cut_text() -> None:
    assert wants_page(article(LONG, removed=("Continue reading",)), SOURCE)


def test_the_pages_fuller_text_is_taken_with_its_better_fields() -> None:
    entry = article("Teaser […]", published_at=DAY, published_known=PublishedKnown.DAY)
    exact = DAY.replace(hour=9)
    page = article(
        LONG, published_at=exact, published_known=PublishedKnown.EXACT, byline="Ana Belmonte", title="Other"
    )
    both = with_page(entry, page)
    assert both.text == page.text
    assert (both.published_at, both.byline, both.title) == (exact, "Ana Belmonte", "Talks fail")
    assert both.content_hash not in ("", entry.content_hash)


def test_a_page_with_less_text_leaves_the_entry_as_it_was() -> None:
    assert with_page(article(LONG), article("Please accept cookies.")).text == article(LONG).text


def test_a_cut_title_is_completed_by_the_page() -> None:
    assert (
        with_page(article("x", title="Talks fa…"), article(LONG, title="Talks fail again")).title
        == "Talks fail again"
    )


def test_an_address_of_another_site_does_not_replace_the_entrys() -> None:
    page = article(LONG, url="https://elsewhere.example/b", url_key="elsewhere.example/b")
    assert with_page(article("x"), page).url == "https://paper.example/a"


def test_a_page_that_shares_no_word_with_its_entry_leaves_its_text() -> None:
    entry = article(
        "Ministers of nine countries agreed on Tuesday to buy shells together from four factories.",
        title="Nine ministers agree on common purchase of shells",
    )
    menu = article("Weather forecast, tides, crossword puzzles and horoscopes of the week. " * 9)
    assert with_page(entry, menu).text == entry.text
    report = article("The ministers agreed to buy the shells, and nine factories shall make them. " * 9)
    assert with_page(entry, report).text == report.text
