"""A page's tree as lxml makes it: the same lines as BeautifulSoup's, of bounded depth, in bounded time."""

import time
from pathlib import Path

import pytest

from watchdesk.articles.elements import lines_of, page_tree, text_of
from watchdesk.articles.markup import markup_lines, parsed

PAGES = sorted((Path(__file__).parents[1] / "data" / "articles").rglob("*.html"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_lines_of_a_page_are_those_of_the_tree_that_beautifulsoup_makes(path: Path) -> None:
    html = path.read_text(errors="replace")
    assert lines_of(page_tree(html)) == markup_lines(parsed(html))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("</p>", ""),
        ("only words", "only words"),
        ("<html><head><title>t</title></head></html><body><p>a body after the end", "a body after the end"),
        ("<p>a<!-- no --> b <b hidden>not shown</b>c<script>no</script> d", "a b c d"),
        ("<p>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字", "漢字"),
        ("<meta charset=windows-1251><p>Уряд погодив угоду", "Уряд погодив угоду"),
        ("<!doctype html><title>t</title><main><p>no body tag</main>", "no body tag"),
        ("<div style='display: none'>not shown</div><p>shown", "shown"),
    ],
)
def test_documents_that_are_hardly_pages_are_read_all_the_same(html: str, text: str) -> None:
    assert text_of(page_tree(html)) == text


@pytest.mark.parametrize("tag", ["div", "b", "table", "span", "ul", "blockquote"])
def test_what_is_nested_too_deep_keeps_its_words_and_costs_little(tag: str) -> None:
    started = time.process_time()
    page = page_tree(f"<{tag}>" * 30_000 + "deep" + f"</{tag}>" * 30_000 + "<p>after")
    assert text_of(page).replace(" ", "") == "deepafter"
    assert max(sum(1 for _ in element.iterancestors()) for element in page.iter()) < 256
    assert time.process_time() - started < 4
