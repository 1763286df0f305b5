"""Pure: what a query or the current rules find in the archive, and how each rule behaves.

`search` asks one query, `compare` sets the matches of the current rules against the stored ones, `habits`
reads the stored ones alone, and `page` renders a comparison as HTML. A `Draft` is a rule that is tried
without being saved: `DraftSearch` asks it, and `NearMisses` finds what it misses by one part. The caller
reads the archive.
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
    from watchdesk.backtest.draft_search import DraftSearch as DraftSearch
    from watchdesk.backtest.draft_search import newest as newest
    from watchdesk.backtest.drafts import Checked as Checked
    from watchdesk.backtest.drafts import Draft as Draft
    from watchdesk.backtest.drafts import Known as Known
    from watchdesk.backtest.drafts import Sources as Sources
    from watchdesk.backtest.drafts import check_draft as check_draft
    from watchdesk.backtest.drafts import rule_of as rule_of
    from watchdesk.backtest.habits import Habit as Habit
    from watchdesk.backtest.habits import Narrowing as Narrowing
    from watchdesk.backtest.habits import Oddity as Oddity
    from watchdesk.backtest.habits import Part as Part
    from watchdesk.backtest.habits import brought as brought
    from watchdesk.backtest.habits import habits as habits
    from watchdesk.backtest.near_misses import NearMiss as NearMiss
    from watchdesk.backtest.near_misses import NearMisses as NearMisses
    from watchdesk.backtest.near_misses import near_miss_of as near_miss_of
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
            ".draft_search": "DraftSearch newest",
            ".drafts": "Checked Draft Known Sources check_draft rule_of",
            ".habits": "Habit Narrowing Oddity Part brought habits",
            ".near_misses": "NearMiss NearMisses near_miss_of",
            ".page": "page",
            ".reach": "reach",
            ".searching": "search",
            ".window": "Window",
        },
    )
