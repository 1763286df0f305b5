"""Pure: what a query or the current rules find in the archive, and how each rule behaves.

`search` asks one query, `compare` sets the matches of the current rules against the stored ones, `habits`
reads the stored ones alone, and `page` renders a comparison as HTML. The caller reads the archive.
"""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.backtest.changes import Backtest as Backtest
    from watchdesk.backtest.changes import Lost as Lost
    from watchdesk.backtest.changes import New as New
    from watchdesk.backtest.changes import RuleChange as RuleChange
    from watchdesk.backtest.changes import Tally as Tally
    from watchdesk.backtest.compare import compare as compare
    from watchdesk.backtest.habits import Habit as Habit
    from watchdesk.backtest.habits import Narrowing as Narrowing
    from watchdesk.backtest.habits import Oddity as Oddity
    from watchdesk.backtest.habits import Part as Part
    from watchdesk.backtest.habits import habits as habits
    from watchdesk.backtest.page import page as page
    from watchdesk.backtest.reach import reach as reach
    from watchdesk.backtest.searching import search as search
    from watchdesk.backtest.window import Window as Window
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".changes": "Backtest Lost New RuleChange Tally",
            ".compare": "compare",
            ".habits": "Habit Narrowing Oddity Part habits",
            ".page": "page",
            ".reach": "reach",
            ".searching": "search",
            ".window": "Window",
        },
    )
