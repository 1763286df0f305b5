"""The page of a backtest: whole, harmless, and readable on a phone and on a desk."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from backtest.archive import NOW, WINDOW, archived, rules
from watchdesk.backtest import Backtest, Tally, compare, page
from watchdesk.backtest.chart import MOST_BARS, chart
from watchdesk.model.archive import Archived

LONG = "Donaudampfschifffahrtsgesellschaft" * 8


def archive() -> Iterator[Archived]:
    for number in range(60):
        then = ("nato",) if number % 3 else ()
        seen = NOW - timedelta(hours=11 * number)
        text = "Grain left the port" if number % 5 == 0 else "NATO met in Brussels"
        one = archived(text, *then, source=f"source-{number % 17}", seen=seen)
        title = LONG if number == 1 else f"Story number {number}"
        yield replace(one, article=replace(one.article, title=title))


def backtest() -> Backtest:
    return compare(archive(), rules(nato="NATO", quiet="horoscope"), WINDOW)


def hostile() -> str:
    one = archived("NATO <script>alert(1)</script> met")
    made = replace(one.article, title="<script>alert(2)</script> & more", url="javascript:alert(3)")
    other = Archived(replace(made, sections=()), {"nato": "x", "<img src=x>": "y"})
    return page(compare([Archived(made), other], rules(nato="NATO"), WINDOW))


def test_what_articles_say_is_only_text() -> None:
    html = hostile()
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(2)&lt;/script&gt; &amp; more" in html
    assert "javascript:" not in html


def test_nothing_is_loaded_and_nothing_runs() -> None:
    html = page(backtest())
    assert not re.search(r"<(script|link|img|iframe|object)\b|url\(|@import|\son\w+=", html)
    assert "default-src 'none'" in html


def test_the_page_shows_kept_new_and_lost_by_day_and_by_source() -> None:
    html = page(backtest())
    for kind in ("kept", "new", "lost"):
        assert re.search(rf'<path class="{kind}" d="M[^"]+z"', html)
        assert re.search(rf'<i class="{kind}" style="width:[1-9]', html)
    assert "5 more sources" in html


def test_a_rule_without_matches_stands_in_the_table_alone() -> None:
    html = page(backtest())
    assert "<td>quiet" in html
    assert 'id="quiet"' not in html


def test_a_bar_stands_for_several_days_where_there_are_too_many() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    drawn = chart(days, {days[0]: Tally(1, 2, 3), days[1]: Tally(1, 0, 0)})
    assert (len(drawn.bars) <= MOST_BARS, drawn.days_a_bar, drawn.bars[0].tally) == (True, 6, Tally(2, 2, 3))
    assert drawn.bars[-1].last == days[-1]


def test_lost_matches_stand_below_the_line_and_the_others_above() -> None:
    drawn = chart([date(2026, 1, 1)], {date(2026, 1, 1): Tally(kept=1, new=2, lost=1)})
    assert (drawn.new, drawn.kept, drawn.lost, drawn.line) == (
        "M1 0.00h8v50.00h-8z",
        "M1 50.00h8v25.00h-8z",
        "M1 75.00h8v25.00h-8z",
        75,
    )


@pytest.mark.skipif(shutil.which("chromium") is None, reason="headless Chromium is not installed")
@pytest.mark.parametrize("width", [320, 1200])
def test_nothing_sticks_out_at_phone_and_desk_width(tmp_path: Path, width: int) -> None:
    (tmp_path / "backtest.html").write_text(page(backtest()))
    (tmp_path / "frame.html").write_text(
        f"<iframe id=f src=backtest.html width={width} height=900 style='border:0'></iframe><p id=said></p>"
        "<script>onload = () => said.textContent = 'wide ' + f.contentDocument.documentElement.scrollWidth"
        "</script>"
    )
    flags = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    flags += " --disable-component-update --disable-sync --allow-file-access-from-files --dump-dom"
    flags += f" --hide-scrollbars --virtual-time-budget=4000 --user-data-dir={tmp_path / 'profile'}"
    command = ["chromium", *flags.split(), (tmp_path / "frame.html").as_uri()]
    dom = subprocess.run(command, capture_output=True, timeout=60, check=True).stdout.decode()
    assert f"wide {width}<" in dom
