"""Very many inline elements in one line: read in proportion to their number, with all their text."""

import time
from datetime import UTC, datetime

import pytest

from watchdesk.articles import prepare, read_page
from watchdesk.articles.crowded import MOST_INLINE, without_crowds
from watchdesk.articles.elements import lines_of, page_tree
from watchdesk.articles.markup import parsable
from watchdesk.model import Source

NOW = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)
SOURCE = Source("paper", "https://paper.example/feed")
MANY = MOST_INLINE + 1


@pytest.mark.parametrize("crowd", ["<a href=/x>ab cd</a> ", "<span>ab</span>", "<i>ab</i><img src=x>"])
def test_a_line_costs_in_proportion_to_its_elements(crowd: str) -> None:
    prepare()
    few, many = (min(_cost(crowd * number) for _ in range(3)) for number in (2_500, 20_000))
    assert many < 20 * few  # 8 in proportion, 64 by the square


def _cost(line: str) -> float:
    page = f"<h1>A headline of some length</h1><p>{line}</p>".encode()
    begun = time.process_time()
    read_page(page, None, SOURCE, NOW)
    return time.process_time() - begun


def test_the_words_of_a_crowded_line_are_read() -> None:
    words = [f"word{n}" for n in range(MANY)]
    line = " ".join(f"<span>{word}</span>" for word in words)
    article = read_page(f"<h1>A headline of some length</h1><p>{line}.</p>".encode(), None, SOURCE, NOW)
    assert article.text == f"{' '.join(words)}."


@pytest.mark.parametrize(
    "html",
    [
        "<p>before <b>a <i>b</i> c</b> d{crowd} after<br>next <b>line</b><p>other",
        "<p><span>{crowd} end<br>next</span> tail<p>other",
        "<div><b>first<p>a paragraph</p>tail {crowd}</b> end</div> after",
        "<ul><li>{crowd}<li>{crowd}</ul><table><tr><td>{crowd}<td>b</table>",
        "<p>a<span hidden>not <i>shown</i></span>b{crowd}<script>no</script> c<svg><g>d</g></svg>e",
    ],
)
@pytest.mark.parametrize("element", ["<a href=/x>one</a> two ", "<u><q>one</q></u>, ", "<font>x</font>"])
def test_no_text_is_lost_or_moved_and_nothing_hidden_is_shown(html: str, element: str) -> None:
    markup = html.replace("{crowd}", element * MANY)
    page = without_crowds(page_tree(markup))
    assert [line.text for line in lines_of(page)] == [line.text for line in lines_of(page_tree(markup))]
    assert sum(1 for _ in page.iter()) < MOST_INLINE


def test_a_line_that_people_write_keeps_its_elements() -> None:
    markup = "<p><b>one</b> <a href=/x>two</a><br>" * MANY
    page = without_crowds(page_tree(markup))
    assert len(page.findall(".//b")) == len(page.findall(".//a")) == MANY


def test_a_list_of_links_stays_one() -> None:
    page = without_crowds(page_tree("<p>See <a href=/x>a subject</a>" + ", <a>a subject</a>" * MANY))
    assert len(page.findall(".//a")) == 1


def test_a_page_is_not_cut_within_a_tag() -> None:
    page = "<p class=body>Words of a long page.</p>" * 40_000
    for more in range(0, 40, 3):
        kept = parsable(" " * more + page)
        assert kept.count("<") == kept.count(">")
