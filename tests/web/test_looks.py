"""Each page in a real browser, on a phone by night and on a desktop by day: axe finds nothing.

WATCHDESK_PICTURES=pictures .venv/bin/pytest tests/web/test_looks.py keeps pictures of what it saw.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from support.desk import DeskFiles
from support.looks_of_pages import EVERY, USUAL, Look, chromium, faults, looked_at
from support.page import ServedPage, seeded, served
from support.web import WebServer

PAGES = {
    "status": "/",
    "sources": "/sources",
    "source": "/sources/wire",
    "rules": "/rules",
    "rule": "/rules/ukraine-aid",
    "digests": "/digests",
    "next digest": "/digests/next/flash",
    "deliveries": "/deliveries",
    "articles": "/articles?query=NATO&since=7d",
    "article": "/articles/1",
    "why": "/articles/1?rule=ukraine-aid",
    "story": "/stories/1",
    "no query": "/articles?query=NATO+AND+(",
    "absent": "/nothing",
}
"""Every page once, by the name of its pictures. `{article}` in a path is the newest article's number."""
ROWS = {"none": 0, "some": 3, "many": 40}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ServedPage]]:
    """By the name of how much there is to show."""
    with ExitStack() as undo:
        web, made = undo.enter_context(WebServer()), {}

        def page(rows: str) -> ServedPage:
            if rows not in made:
                desk = DeskFiles(Path(tmp_path_factory.mktemp(rows)))
                seeded(desk, web, articles=ROWS[rows])
                made[rows] = undo.enter_context(served(desk))
            return made[rows]

        yield _OnDemand(page)


class _OnDemand(dict[str, ServedPage]):
    def __init__(self, make) -> None:  # type: ignore[no-untyped-def]
        super().__init__()
        self._make = make

    def __missing__(self, key: str) -> ServedPage:
        made: ServedPage = self._make(key)
        return made


@pytest.mark.parametrize("look", USUAL, ids=str)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_used_by_everybody(
    browser: Browser, pages: dict[str, ServedPage], name: str, look: Look
) -> None:
    with looked_at(browser, pages["some"].address + PAGES[name], look, name) as page:
        assert faults(page) == []


@pytest.mark.slow
@pytest.mark.parametrize("look", EVERY, ids=str)
@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_used_at_every_width_with_any_number_of_rows(
    browser: Browser, pages: dict[str, ServedPage], name: str, rows: str, look: Look
) -> None:
    with looked_at(browser, pages[rows].address + PAGES[name], look, f"{name}-{rows}") as page:
        assert faults(page) == []
