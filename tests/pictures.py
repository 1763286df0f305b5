"""Makes the pictures of the README in docs/pictures: what the demo mails, and the page that it leaves up.

`make pictures`. Look at them before they are committed.
"""

import json
import mailbox
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from support.browser import CHROMIUM
from support.looks_of_pages import chromium

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
TYPED = {
    "Ukraine": "match",
    "(Ukraine OR Greenland) NEAR/20 (aid OR minerals)": "3 articles match: 1 new, 2 found by both; 0 lost",
}
"""What is typed into the playground, and what it answers. The first query starts what answers."""
PATIENCE = 90.0
"""Seconds that the demo may take until its page is up, and each answer of the page."""

_RENAMED = r"""() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
        texts.currentNode.data = texts.currentNode.data.replace(/http:\/\/127\.0\.0\.1:\d+/, "https://newsroom.example");
}"""


def main() -> None:
    """Plays the demo and takes the pictures."""
    if CHROMIUM is None:
        sys.exit("Chromium is not installed; on Debian and Ubuntu: apt install chromium")
    FOLDER.mkdir(exist_ok=True)
    expect.set_options(timeout=PATIENCE * 1000)
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as document, chromium() as browser:
        with window(browser, 720, 1000) as page:
            page.set_content(mailed(Path(document["mailbox"])))
            take(page, "digest")
        with window(browser, 900, 970) as page:
            page.goto(document["address"])
            take(page, "status")
        with window(browser, 900, 1260) as page:
            page.goto(document["address"] + "playground")
            page.get_by_label("Compare with a rule").select_option("ukraine-aid")
            for query, answer in TYPED.items():
                page.get_by_label("Query", exact=True).fill(query)
                expect(page.locator(".sum")).to_contain_text(answer)
            expect(page.locator(".sum ~ [data-open]")).to_have_count(0)  # the count is whole
            page.get_by_label("Query", exact=True).blur()
            take(page, "playground")


@contextmanager
def demo(folder: Path) -> Iterator[Any]:
    """`watchdesk demo --stay`, up; what it says of itself."""
    said = folder / "said.json"
    command = [sys.executable, "-m", "watchdesk", "--state", str(folder), "demo", "--stay", "--json"]
    with said.open("wb") as out, subprocess.Popen(command, stdout=out) as process:
        try:
            end = time.monotonic() + PATIENCE
            while (document := read(said)) is None:
                if process.poll() is not None or time.monotonic() > end:
                    sys.exit("the demo did not come up")
                time.sleep(0.1)
            yield document
        finally:
            process.send_signal(signal.SIGINT)


def read(said: Path) -> Any:
    """The document; None until it is whole."""
    try:
        return json.loads(said.read_bytes())
    except ValueError:
        return None


def mailed(folder: Path) -> str:
    """The first mail, as a mail program shows it."""
    box = mailbox.Maildir(folder)
    first = min(box, key=lambda message: parsedate_to_datetime(message["Date"]))
    html = next(part for part in first.walk() if part.get_content_type() == "text/html")
    content = html.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


@contextmanager
def window(browser: Browser, width: int, height: int) -> Iterator[Page]:
    """In daylight; a picture has its size."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="light")
    try:
        yield context.new_page()
    finally:
        context.close()


def take(page: Page, name: str) -> None:
    """Unless it would show where it was taken; the sample newsroom's address is written as a site's."""
    page.evaluate(_RENAMED)
    page.wait_for_load_state("networkidle")
    shown = page.inner_text("body")
    if found := re.search(
        rf"127\.0\.0\.1|localhost:|{tempfile.gettempdir()}/|\b{socket.gethostname()}\b", shown
    ):
        sys.exit(f"the picture {name} would show {found[0]}")
    page.screenshot(path=str(FOLDER / f"{name}.png"))


if __name__ == "__main__":
    main()
