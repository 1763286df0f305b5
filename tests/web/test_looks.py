"""Each page in a real browser, on a phone by night and on a desktop by day: axe finds nothing.

WATCHDESK_PICTURES=pictures .venv/bin/pytest tests/web/test_looks.py keeps pictures of what it saw.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page

from support.crowded_desk import crowded
from support.desk import DeskFiles
from support.looks_of_pages import (
    DESKTOP_BY_DAY,
    EVERY,
    USUAL,
    chromium,
    faults,
    looked_at,
    overlaps,
    shown,
    turn_to,
    unreachable,
    window,
)
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
    "label": "/articles/1/label?rule=ukraine-aid&say=wrong",
    "story": "/stories/1",
    "no query": "/articles?query=NATO+AND+(",
    "absent": "/nothing",
    "digest": "/digests/{digest}",
    "others": "/articles/1?others=",
    "playground": "/playground",
    "help": "/help/disk-full",
}
"""Every page once, by the name of its pictures. `{digest}`: the newest that was made."""
ROWS = {"none": 0, "some": 3, "many": 10_000}
OF_ARTICLES = ("article", "why", "label", "story", "digest", "others")
"""Pages that are not there without an article."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def open_window(browser: Browser) -> Iterator[Page]:
    """One for all pages: each of its own would start another process, and load what looks for faults."""
    with window(browser, USUAL[-1]) as page:
        yield page


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ServedPage]]:
    """By the name of how much there is to show."""
    with ExitStack() as undo:
        web, made = undo.enter_context(WebServer()), {}

        def page(rows: str) -> ServedPage:
            if rows not in made:
                desk = DeskFiles(Path(tmp_path_factory.mktemp(rows)))
                if rows == "many":
                    crowded(desk, web, ROWS[rows])
                else:
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


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_used_by_everybody(open_window: Page, pages: dict[str, ServedPage], name: str) -> None:
    address = address_of(pages["some"], name)
    assert requests.get(address, timeout=60).status_code == status_of(name, "some")
    found: dict[str, list[str]] = {}
    with shown(open_window, address):
        for look in USUAL:
            turn_to(open_window, look, name)
            found[str(look)] = faults(open_window)
        found["by keyboard"] = unreachable(open_window)
    assert {look: wrong for look, wrong in found.items() if wrong} == {}


def test_lists_and_their_forms_need_no_mouse(browser: Browser, pages: dict[str, ServedPage]) -> None:
    with looked_at(browser, pages["some"].address + "/articles", DESKTOP_BY_DAY, "by-keyboard") as page:
        for key in ("Tab", "Enter", "Tab"):  # past the navigation, into the content
            page.keyboard.press(key)
        page.keyboard.type("NATO")
        page.keyboard.press("Enter")
        page.wait_for_url("**/articles?query=NATO**")
        page.goto(pages["some"].address + "/")
        page.locator("summary").focus()
        for is_open in (True, False):
            page.keyboard.press("Space")
            assert page.locator("details table").is_visible() is is_open


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("rows", ROWS)
def test_a_page_can_be_used_at_every_width_with_any_number_of_rows(
    browser: Browser, pages: dict[str, ServedPage], name: str, rows: str
) -> None:
    found: dict[str, list[str]] = {}
    status = requests.get(address_of(pages[rows], name), timeout=60).status_code
    assert status == status_of(name, rows)
    with looked_at(browser, address_of(pages[rows], name), EVERY[0], None) as page:
        for look in EVERY:
            turn_to(page, look, f"{name}-{rows}")
            found[str(look)] = faults(page) + overlaps(page)
    assert {look: wrong for look, wrong in found.items() if wrong} == {}


def status_of(name: str, rows: str) -> int:
    is_absent = name == "absent" or (rows == "none" and name in OF_ARTICLES)
    return 404 if is_absent else 200


def address_of(page: ServedPage, name: str) -> str:
    path = PAGES[name]
    if "{digest}" in path:
        made = page.get("/api/v1/digests?limit=1").json()["digests"]
        path = path.replace("{digest}", made[0]["id"] if made else "none")
    return page.address + path
