"""A comparison → one self-contained page of HTML: no scripts, no network, light and dark.

Jinja2 escapes all text of articles. `digests.rendering` decides which addresses become links.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from watchdesk.backtest.changes import Backtest, Lost, New, RuleChange, Tally
from watchdesk.backtest.chart import Chart, chart
from watchdesk.backtest.window import Window
from watchdesk.digests.rendering.sanitising import Run, marked, safe_link
from watchdesk.model import Article

MOST_SOURCES = 12
"""Sources of a rule that are named; the others are summed."""


@dataclass(frozen=True, slots=True)
class SourceBar:
    """One source's matches. The widths are percentages of the widest."""

    name: str
    tally: Tally
    kept: float
    new: float
    lost: float


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """A new or lost match."""

    title: tuple[Run, ...]
    url: str | None
    facts: str
    why: tuple[Run, ...]
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class RulePart:
    """One rule's section of the page."""

    change: RuleChange
    chart: Chart
    sources: tuple[SourceBar, ...]
    new: tuple[ArticleLine, ...]
    lost: tuple[ArticleLine, ...]


def page(backtest: Backtest) -> str:
    """The whole page. A rule without any match, stored or new, is in the table only."""
    window = backtest.window
    template = _environment().get_template("backtest.html.j2")
    return template.render(
        backtest=backtest,
        window=window,
        since=_time(window.since, window),
        until=_time(window.until, window),
        parts=[_part(change, window) for change in backtest.rules if change.total.all],
    )


def _part(change: RuleChange, window: Window) -> RulePart:
    return RulePart(
        change,
        chart(window.every_day(), change.by_day),
        _source_bars(change),
        tuple(_new_line(new, window) for new in change.newest_new),
        tuple(_lost_line(lost, window) for lost in change.newest_lost),
    )


def _source_bars(change: RuleChange) -> tuple[SourceBar, ...]:
    named = list(change.by_source.items())[:MOST_SOURCES]
    others = list(change.by_source.values())[MOST_SOURCES:]
    unit = 100 / max((tally.all for _, tally in named), default=1)
    bars = [
        SourceBar(name, tally, *(round(unit * part, 2) for part in (tally.kept, tally.new, tally.lost)))
        for name, tally in named
    ]
    if others:
        # Without a bar, which would dwarf those that are to be compared.
        bars.append(SourceBar(f"{len(others)} more sources", Tally.sum(others), 0, 0, 0))
    return tuple(bars)


def _new_line(new: New, window: Window) -> ArticleLine:
    match = new.match
    why = marked(match.snippet.text, match.snippet.marks)
    return _line(new.article, match.title_marks, why, window)


def _lost_line(lost: Lost, window: Window) -> ArticleLine:
    why = (Run(lost.because, marked=False),)
    return _line(lost.article, (), why, window, corrected=lost.corrected)


def _line(
    article: Article,
    marks: Sequence[tuple[int, int]],
    why: tuple[Run, ...],
    window: Window,
    *,
    corrected: bool = False,
) -> ArticleLine:
    facts = f"{article.source_id} · {_time(article.first_seen, window)}"
    return ArticleLine(marked(article.title, marks), safe_link(article.url), facts, why, corrected)


def _time(moment: datetime, window: Window) -> str:
    return moment.astimezone(window.zone).strftime("%Y-%m-%d %H:%M")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("watchdesk.backtest"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
