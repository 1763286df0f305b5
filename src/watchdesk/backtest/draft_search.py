"""Asks a draft of the archive, beside a rule that it is compared with: both as they are now.

What only the draft finds is new, and what only the rule finds is lost; without a rule all is new.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from watchdesk.archive.condition import condition_of_rule
from watchdesk.backtest.changes import Backtest, New, RuleChange
from watchdesk.backtest.compare import Comparison
from watchdesk.backtest.drafts import DRAFT, as_other
from watchdesk.backtest.reach import reach
from watchdesk.backtest.window import Window
from watchdesk.model.archive import Archived, ArchivePage, LookBack
from watchdesk.model.conditions import any_of
from watchdesk.rules import Rule, RuleSet


class DraftSearch:
    """One search. Take page after page of what `asked` leads to."""

    def __init__(self, rule: Rule, against: Rule | None, window: Window, shown: int) -> None:
        """`shown`: how many kept, new and lost matches each are given in full."""
        self._against = as_other(against) if against else None
        self._rules = [rule, self._against] if self._against else [rule]
        self._both = RuleSet(tuple(self._rules))
        self._comparison = Comparison(RuleSet((rule,)), window, shown, shows_kept=True)
        self.read = 0
        """Articles that were read."""
        self.reached: datetime | None = None
        """When the last of them was first seen."""

    def asked(self, since: datetime) -> LookBack:
        """The articles that it may concern."""
        condition = any_of(condition_of_rule(rule) for rule in self._rules)
        return LookBack(since, reach(self._rules), condition)

    def taking(self, page: ArchivePage) -> Iterator[None]:
        """Asks the articles of a page, one by one."""
        for archived in page.articles:
            article = archived.article
            found = self._both.matching(article)
            self.read += 1
            if found:
                before = {DRAFT: ""} if self._against and self._against.id in found else {}
                self._comparison.enter(Archived(article, before), found & {DRAFT})
            self.reached = article.first_seen
            yield

    @property
    def found(self) -> RuleChange:
        """What was found so far."""
        return self._comparison.result().rules[0]

    def result(self, articles: int) -> Backtest:
        """The same as a backtest; `articles`: how many the window has."""
        return replace(self._comparison.result(articles), read=self.read)


def newest(change: RuleChange, most: int) -> Sequence[tuple[New, bool]]:
    """The newest matches of a draft, each with whether it is new beside the rule it is compared with."""
    rows = [*((one, True) for one in change.newest_new), *((one, False) for one in change.newest_kept)]
    rows.sort(key=lambda row: (row[0].article.first_seen, row[0].article.id or 0), reverse=True)
    return rows[:most]
