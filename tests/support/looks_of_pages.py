"""Chromium by Playwright, with axe: what a page looks like, and what keeps people from using it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from support.browser import CHROMIUM
from support.looks import script_of

PICTURES = os.environ.get("WATCHDESK_PICTURES")


@dataclass(frozen=True)
class Look:
    """One way to look at a page."""

    width: int
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


PHONE_AT_NIGHT, DESKTOP_BY_DAY = Look(360, "dark"), Look(1400, "light")
USUAL = (PHONE_AT_NIGHT, DESKTOP_BY_DAY)
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
EVERY = tuple(Look(width, scheme) for width in (360, 900, 1400) for scheme in _SCHEMES)

_CLOSE = script_of(("no text lies on another", "no text is cut off", "no text is too small to read"))
_WATCH = """() => {
  const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const there = [...document.querySelectorAll(wanted)].filter(e => e.checkVisibility() && !e.disabled);
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  window.reached = [];
  document.addEventListener("focusin", ({target}) => {
    const style = getComputedStyle(target), box = target.getBoundingClientRect();
    const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.right > 0;
    reached.push([there.indexOf(target), seen, target.outerHTML.slice(0, 80)]);
  });
  return there.map(e => e.outerHTML.slice(0, 80));
}"""
_MORE = 5
"""What the browser itself adds to the order: parts of the page that scroll."""
_VIOLATIONS = "axe.run({resultTypes: ['violations']}).then((found) => found.violations)"
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser. Skips without Chromium."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(browser: Browser, look: Look, *, scripts: bool = True) -> Iterator[Page]:
    """One of its own, without cookies yet; `scripts`: with JavaScript."""
    context = browser.new_context(
        viewport={"width": look.width, "height": 800},
        color_scheme=look.scheme,
        reduced_motion="reduce",  # colours are there at once
        java_script_enabled=scripts,
    )
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def shown(page: Page, address: str) -> Iterator[None]:
    """Opens it in this window. Fails on any request to elsewhere, and on what the browser complains of."""
    asked: list[str] = []
    complaints: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    def complain(message: ConsoleMessage) -> None:
        if message.location.get("url") != address:  # not of the status of the page itself: some are errors
            complaints.append(message.text)

    page.on("request", note)
    page.on("console", complain)
    try:
        page.goto(address)
        yield
        home = "/".join(address.split("/")[:3])
        assert [url for url in asked if not url.startswith(home)] == []
        assert complaints == []
    finally:
        page.remove_listener("request", note)
        page.remove_listener("console", complain)


@contextmanager
def looked_at(
    browser: Browser, address: str, look: Look, name: str | None, *, scripts: bool = True
) -> Iterator[Page]:
    """The page, `shown` in a window of its own; `name`: of its picture, None: none is kept.

    Where the variable WATCHDESK_PICTURES names a folder, a picture of it is kept there.
    """
    with window(browser, look, scripts=scripts) as page, shown(page, address):
        yield page
        if name:
            _take(page, look, name)


def turn_to(page: Page, look: Look, name: str) -> None:
    """Has the page that is open look so, and keeps a picture where pictures are kept."""
    page.set_viewport_size({"width": look.width, "height": 800})
    page.emulate_media(color_scheme=look.scheme)
    _take(page, look, name)


def _take(page: Page, look: Look, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(PICTURES) / f"{name}-{look}.png"), full_page=True)


def faults(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than its window."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in page.evaluate(_VIOLATIONS)
        for node in fault["nodes"]
    ]
    wider = page.evaluate(_WIDER)
    return found + ([f"the page is {wider} px wider than its window"] if wider > 0 else [])


def overlaps(page: Page) -> list[str]:
    """Which texts lie on others, are cut off, or are too small."""
    found: dict[str, list[str]] = page.evaluate(_CLOSE)
    return [f"{name}: {fault}" for name, faults in found.items() for fault in faults]


def unreachable(page: Page) -> list[str]:
    """What the tabulator key does not reach, or not in the order of the page, or without being seen."""
    there: list[str] = page.evaluate(_WATCH)
    for _ in range(len(there) + _MORE):
        page.keyboard.press("Tab")
    reached: list[tuple[int, bool, str]] = page.evaluate("reached")
    places = list(dict.fromkeys(place for place, _, _ in reached if place >= 0))
    found = [f"no key leads to {name}" for place, name in enumerate(there) if place not in places]
    found += [f"nothing shows that the focus is at {name}" for _, is_seen, name in reached if not is_seen]
    return found if places == sorted(places) else [*found, f"the order is {places}"]
