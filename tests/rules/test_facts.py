"""What rules ask about an article's data is cut into words as that data is: no value is out of reach."""

from collections.abc import Callable

import pytest

from watchdesk.model import Article
from watchdesk.rules import Query

MakeArticle = Callable[..., Article]


@pytest.mark.parametrize(
    ("query", "data"),
    [
        ('author:"Conor O\'Brien"', {"byline": "Conor O’Brien"}),
        ("author:O’Brien", {"byline": "Conor O'Brien"}),
        ('author:"Jean-Luc Dupont"', {"byline": "By Jean-Luc Dupont and others"}),
        ('author:"J.R.R. Tolkien"', {"byline": "J.R.R. Tolkien"}),
        ("author:O'Bri*", {"byline": "Conor O’Brien"}),
        ('category:"R&D"', {"categories": ("R&D",)}),
        ("category:U.S.", {"categories": ("U.S. politics",)}),
        ('category:"5% target"', {"categories": ("5 per cent target",)}),
        ("url:zürich", {"url": "https://paper.example/news/zürich"}),
        ("url:zürich", {"url": "https://paper.example/news/z%C3%BCrich"}),
        ("url:/World/", {"url": "https://paper.example/world/1"}),
    ],
)
def test_a_value_finds_the_data_that_it_was_copied_from(
    article: MakeArticle, query: str, data: dict[str, object]
) -> None:
    assert Query.parse(query).matches(article(**data))
