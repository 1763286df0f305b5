"""From HTML to text: footnotes' marks stay out of words; powers, ordinals and formulas stay in."""

from datetime import UTC, datetime

import pytest

from watchdesk.articles import normalise, read_page
from watchdesk.articles.plain import plain_title
from watchdesk.model import Article, Entry, ParsedFeed, Source
from watchdesk.rules import Query

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SOURCE = Source("paper", "https://paper.example/feed.xml")

ROWS = [
    ("Envoys met in Ukraine<sup>1</sup> today", "Ukraine", "Envoys met in Ukraine 1 today"),
    ("Envoys met in Ukraine<a href='#n'><sup>[2]</sup></a>.", "Ukraine", "Envoys met in Ukraine[2]."),
    (
        "Envoys met in Ukraine<sup><a href='#n'>3</a></sup>, again",
        "Ukraine",
        "Envoys met in Ukraine 3, again",
    ),
    ("Envoys met in Ukraine<sup>a</sup>", "Ukraine", "Envoys met in Ukraine a"),
    ("Envoys met in Ukraine<sup>1,2</sup>and left", "Ukraine", "Envoys met in Ukraine 1,2 and left"),
    ("The EU<sup>1</sup> agreed", "=EU", "The EU 1 agreed"),
    ("Signed in 2023<sup>1</sup> by all", "2023", "Signed in 2023 1 by all"),
    ("<sup>1</sup>Ukraine says so", "Ukraine", "1 Ukraine says so"),
    ("Less CO<sub>2</sub> for all", "CO2", "Less CO2 for all"),
    ("Less CO<sup>2</sup> for all", "CO2", "Less CO2 for all"),
    ("Some 5 m<sup>2</sup> and 10km<sup>2</sup>", '"5 m2 and 10km2"', "Some 5 m2 and 10km2"),
    ("The 1<sup>st</sup> and the x<sup>th</sup>", '"1st and the xth"', "The 1st and the xth"),
    ("Le XIX<sup>e</sup> siècle de M<sup>me</sup> Roy", "Mme AND XIXe", "Le XIXe siècle de Mme Roy"),
    ("Says M<sup>c</sup>Donald", "McDonald", "Says McDonald"),
]


def _from_feed(html: str) -> Article:
    entry = Entry(guid="1", url="https://paper.example/a", title="News", content=f"<p>{html}.</p>")
    return normalise(entry, ParsedFeed((entry,)), SOURCE, NOW)


def _from_page(html: str) -> Article:
    more = "<p>A paragraph long enough for whoever looks for the main text of a page and its words.</p>" * 4
    page = f"<html><body><article><h1>News</h1><p>{html}.</p>{more}</article></body></html>"
    return read_page(page.encode(), "https://paper.example/a", SOURCE, NOW)


@pytest.mark.parametrize(("html", "query", "text"), ROWS)
def test_the_text_of_a_feed_and_of_a_page_keeps_footnotes_out_of_words(
    html: str, query: str, text: str
) -> None:
    for article in (_from_feed(html), _from_page(html)):
        assert article.text.startswith(f"{text}.")
        assert Query.parse(query).matches(article)


@pytest.mark.parametrize(("html", "query", "text"), ROWS)
def test_titles_keep_footnotes_out_of_words(html: str, query: str, text: str) -> None:
    assert plain_title(html) == plain_title(html.replace("<", "&lt;")) == text
    assert Query.parse(query).matches(Article.from_text(text="", title=plain_title(html)))


def test_a_headline_on_a_page_keeps_its_formula() -> None:
    page = "<html><body><h1>Less CO<sub>2</sub> in Ukraine<sup>1</sup></h1><p>Words.</p></body></html>"
    assert read_page(page.encode(), None, SOURCE, NOW).title == "Less CO2 in Ukraine 1"
