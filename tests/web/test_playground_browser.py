"""The playground as a press officer uses it: typing, by the keyboard alone, and without JavaScript.

WATCHDESK_PICTURES=pictures keeps pictures of what it saw, as in test_looks.py.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from support.desk import RULES, SETTINGS, DeskFiles
from support.looks_of_pages import DESKTOP_BY_DAY, USUAL, Look, chromium, faults, looked_at
from support.page import FREE_PORT, ServedPage, served
from watchdesk.model import Article, Ingested, PublishedKnown, Section, SourceState
from watchdesk.store import open_store

STORIES = (
    ("NATO agrees a new spending target", "Ministers of NATO agreed on defence spending of 3.5 per cent."),
    ("Allies count what defence costs", "The defence spending of NATO is counted anew, officials said."),
    ("Grain leaves the port", "The first ship left on Monday. NATO says it watched. Wheat is on board."),
    ("Nato Brown named player of the match", "He scored twice after record spending on transfers."),
    ("Ukraine asks for aid", "The support package for Ukraine is late, ministers said in Kyiv."),
    (
        "Budget talks go on",
        "The spending target is open, the chancellor said. Nobody mentioned the alliance.",
    ),
)
QUERY = 'NATO AND ("defence spending" OR "spending target")'

_FOCUSED = "(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()"
expect.set_options(timeout=60_000)  # a busy machine takes its time to start a process


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def page_of_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    """A desk whose archive has articles of five days."""
    desk = DeskFiles(Path(tmp_path_factory.mktemp("desk")))
    desk.write(
        {"wire": "http://127.0.0.1:9/feed", "daily": "http://127.0.0.1:9/daily"}, SETTINGS + FREE_PORT, RULES
    )
    desk.state.mkdir()
    now = datetime.now(UTC)
    store = open_store("sqlite", desk.state)
    for number in range(4 * len(STORIES)):
        title, text = STORIES[number % len(STORIES)]
        source = "wire" if number % 3 else "daily"
        article = Article(
            source,
            title,
            (
                Section(
                    None, (text, "More is expected in the coming days, people with knowledge of it said.")
                ),
            ),
            now - timedelta(hours=5 * number + 1),
            published_at=now - timedelta(hours=5 * number + 2),
            published_known=PublishedKnown.EXACT,
            url=f"https://{source}.example/{number}",
            language="en",
        )
        store.ingest([Ingested(article, (f"u:{number}",), "1", (f"s:{number}",))], SourceState(source), now)
    store.close()
    with served(desk) as one:
        yield one


def typed(page: Page, query: str) -> None:
    page.get_by_label("Query", exact=True).fill(query)


@pytest.mark.parametrize("look", USUAL, ids=str)
def test_typing_shows_what_a_query_finds(browser: Browser, page_of_desk: ServedPage, look: Look) -> None:
    with looked_at(browser, f"{page_of_desk.address}/playground", look, "playground") as page:
        assert faults(page) == []
        typed(page, "NATO AND")
        expect(page.locator("#at-problems .wrong")).to_contain_text("The query ends where")
        typed(page, QUERY)
        expect(page.locator(".sum")).to_have_text("8 articles match")
        expect(page.locator("#at-rows li")).to_have_count(8)
        assert page.locator("#at-rows mark").first.inner_text() == "NATO"
        expect(page.locator("#at-near")).to_contain_text("fails by")
        page.get_by_label("Compare with a rule").select_option("ukraine-aid")
        expect(page.locator(".sum")).to_contain_text("8 new, 0 found by both; 4 lost")
        page.locator("#at-rows a.ask").first.click()
        expect(page.locator("#at-rows .reason pre").first).to_contain_text("query matches")
        page.locator("#at-rows").get_by_label("should match").first.check()
        page.locator("#at-near").get_by_label("should not").first.check()
        page.get_by_label("Title of the rule").fill("Defence money")
        page.get_by_role("button", name="Make the rule").click()
        expect(page.locator(".yaml")).to_contain_text("defence-money:")
        page.get_by_label("Text", exact=True).fill("NATO meets\n\nIts spending target is agreed.")
        page.get_by_role("button", name="Try it").click()
        expect(page.locator("#at-tried")).to_contain_text("The query matches")
        assert faults(page) == []


def test_the_keyboard_alone_is_enough(browser: Browser, page_of_desk: ServedPage) -> None:
    with looked_at(browser, f"{page_of_desk.address}/playground", DESKTOP_BY_DAY, "playground-keys") as page:
        keys = page.keyboard

        def go_to(name: str) -> None:
            for _ in range(80):
                keys.press("Tab")
                if (
                    page.evaluate(
                        "(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()"
                    )
                    == name
                ):
                    return
            raise AssertionError(f"no key leads to {name}")

        go_to("Query")
        keys.type("NATO AND grain")
        expect(page.locator(".sum")).to_have_text("4 articles match")
        go_to("Why?")
        keys.press("Enter")
        expect(page.locator(".reason pre").first).to_contain_text("query matches")
        go_to("should match")
        keys.press("Space")
        go_to("Title of the rule")
        keys.type("Grain ships")
        go_to("Make the rule")
        keys.press("Enter")
        expect(page.locator(".yaml")).to_contain_text("grain-ships:")
        expect(page.locator(".yaml")).to_contain_text("Grain leaves the port")


def test_what_was_typed_is_there_after_a_reload(browser: Browser, page_of_desk: ServedPage) -> None:
    with looked_at(browser, f"{page_of_desk.address}/playground", DESKTOP_BY_DAY, "playground-again") as page:
        typed(page, "wheat")
        page.get_by_label("How far back").select_option("2")
        expect(page.locator(".sum")).to_have_text("2 articles match")
        page.reload()
        expect(page.locator(".sum")).to_have_text("2 articles match")
        assert page.get_by_label("Query", exact=True).input_value() == "wheat"
        typed(page, "")
        expect(page.locator("#results")).to_be_hidden()


def test_a_query_that_is_not_answered_yet_says_that_the_archive_is_read(
    browser: Browser, page_of_desk: ServedPage
) -> None:
    with looked_at(browser, f"{page_of_desk.address}/playground", DESKTOP_BY_DAY, "playground-cold") as page:
        held: list[Route] = []
        page.route("**/playground-live", lambda route: held.append(route))  # noqa: PLW0108 - Playwright looks into it
        typed(page, "wheat")
        expect(page.locator("#at-progress")).to_have_text("The archive is being read …")
        expect(page.locator("#results")).to_be_visible()
        for one in held:
            one.continue_()
        expect(page.locator(".sum")).to_have_text("4 articles match")
        expect(page.locator("#at-rows li").first).to_contain_text("published")
        expect(page.locator("#at-rows li").first).to_contain_text("first seen")


def test_a_newer_search_replaces_the_one_before_it(browser: Browser, page_of_desk: ServedPage) -> None:
    with looked_at(browser, f"{page_of_desk.address}/playground", DESKTOP_BY_DAY, "playground-newer") as page:
        for query in ("/[a-z]+/", "/[a-y]+/", "/[b-z]+/", "grain"):
            typed(page, query)
            page.get_by_role("button", name="Search").click()
        expect(page.locator(".sum")).to_have_text("4 articles match")
        expect(page.locator("#results")).to_have_attribute("aria-busy", "false")
        assert page.locator("#at-rows li").count() == 4


@pytest.mark.parametrize("look", USUAL, ids=str)
def test_without_javascript_the_same_form_works(
    browser: Browser, page_of_desk: ServedPage, look: Look
) -> None:
    with looked_at(
        browser, f"{page_of_desk.address}/playground", look, "playground-plain", scripts=False
    ) as page:
        typed(page, "NATO AND")
        page.get_by_role("button", name="Search").click()
        expect(page.locator(".wrong")).to_contain_text("The query ends where")
        typed(page, QUERY)
        page.get_by_label("Compare with a rule").select_option("ukraine-aid")
        page.get_by_role("button", name="Search").click()
        expect(page.locator(".sum")).to_contain_text("8 new, 0 found by both; 4 lost")
        page.locator("#at-rows a.ask").first.click()
        expect(page.locator("#why pre")).to_contain_text("query matches")
        page.locator("#at-rows").get_by_label("should match").first.check()
        page.get_by_label("Title of the rule").fill("Defence money")
        page.get_by_role("button", name="Make the rule").click()
        expect(page.locator(".yaml")).to_contain_text("defence-money:")
        assert page.locator("#at-rows").get_by_label("should match").first.is_checked()
        page.get_by_label("Text", exact=True).fill("NATO meets\n\nIts spending target is agreed.")
        page.get_by_role("button", name="Try it").click()
        expect(page.locator("#at-tried")).to_contain_text("The query matches")
