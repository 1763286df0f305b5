"""How digests look in a real browser: on a phone, in a reading pane, on a desk; by day and by night."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.browser import CHROMIUM, Browser, browser
from support.digests import ALL, BRUSSELS, NOW, ordinary, render_plain, render_plain_notice
from support.looks import CHECKS, FAULTS
from watchdesk.model import Trouble

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="headless Chromium is not installed")

WIDTHS = (320, 600, 1200)
SCHEMES = ("light", "dark")
TROUBLES = [
    Trouble("gone:wire", "The feed of The Wire says that it is gone for good (HTTP 410). Take it out."),
    Trouble("dead:desk", f"What was to go to desk could not be sent: {'https://long.example/' + 'a' * 300}."),
]
BAD = """\
<body style="margin:0;background:#fff;color:#777"><p>grey on white</p>
<div style="width:2000px">wide</div>
<div style="width:40px;height:10px;overflow:hidden">more than there is room for</div>
<div style="position:absolute;top:200px">first here</div>
<div style="position:absolute;top:203px">and there</div>
<p style="font-size:9px">small</p>
<table class="contents"><tr><td class="count" style="width:20px">on two lines</td></tr></table>
<p class="title">a <a href="#x" style="color:inherit;text-decoration:none">link</a></p>
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures are kept: $WATCHDESK_PICTURES, else with the test's own files."""
    folder = Path(os.environ.get("WATCHDESK_PICTURES") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def page_of(name: str) -> str:
    if name == "notice":
        return render_plain_notice(TROUBLES, NOW, BRUSSELS).html
    make, language = ALL[name]
    return render_plain(make(), BRUSSELS, language).html


@pytest.mark.parametrize("name", [*ALL, "notice"])
def test_it_reads_well_at_every_width_by_day_and_by_night(
    name: str, chromium: Browser, pictures: Path
) -> None:
    file = pictures / f"{name}.html"
    file.write_text(page_of(name))
    chromium.show(file)
    faults = {}
    for width in WIDTHS:
        for scheme in SCHEMES:
            found = chromium.view(width, scheme).evaluate(FAULTS)
            if found:
                faults[width, scheme] = found
            if "WATCHDESK_PICTURES" in os.environ or found:
                chromium.picture(pictures / f"{name}-{width}-{scheme}.png")
    assert faults == {}


@pytest.mark.parametrize("width", [320, 1200])
def test_it_reads_well_where_the_style_element_is_taken_out(
    width: int, chromium: Browser, pictures: Path
) -> None:
    file = pictures / "without-style.html"
    file.write_text(re.sub(r"<style.*?</style>", "", page_of("ordinary"), flags=re.DOTALL))
    assert chromium.show(file).view(width).evaluate(FAULTS) == {}
    assert chromium.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "34px"


def test_the_bars_are_as_high_as_their_days(chromium: Browser, pictures: Path) -> None:
    file = pictures / "bars.html"
    file.write_text(page_of("ordinary"))
    chromium.show(file).view(600)
    heights = chromium.evaluate(
        "[...document.querySelectorAll('.bars')][1].querySelectorAll('td').values()"
        ".map((cell) => parseFloat(getComputedStyle(cell).borderBottomWidth)).toArray()"
    )
    counts = ordinary().parts[1].history
    assert [high for _, high in sorted(zip(counts, heights, strict=True))] == sorted(heights)
    assert [high > 1 for high in heights] == [count > 0 for count in counts]


def test_a_link_in_the_contents_leads_to_its_rule(chromium: Browser, pictures: Path) -> None:
    file = pictures / "contents.html"
    file.write_text(page_of("crowded"))
    chromium.show(file).view(600)
    places = chromium.evaluate(
        "[...document.querySelectorAll('.contents a')].map((link) => [link.textContent,"
        " document.querySelector(link.getAttribute('href')).textContent])"
    )
    assert len(places) == 12
    assert all(link == heading for link, heading in places)


def test_each_check_finds_its_fault_on_a_bad_page(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "bad.html"
    file.write_text(BAD)
    found = chromium.show(file).view(320).evaluate(FAULTS)
    assert tuple(found) == CHECKS
