"""Asks one query of the archive.

The first articles are asked by the query's tree. Once there are many, the engine is asked first, which takes
a third of the time for each but a while to load; not where most of them match, and need the tree anyway.
"""

from collections.abc import Callable, Iterable, Iterator

from watchdesk.config.places import ASKED_QUERY, Place
from watchdesk.model import Article, Match
from watchdesk.model.archive import ArchivePage
from watchdesk.rules import Query, Rule, RuleSet

FEW = 50
"""Articles after which loading the engine pays."""
_MOST = 0.6
"""Where a larger share of the articles matches, the engine saves nothing."""


def search(pages: Iterable[ArchivePage], query: Query, few: int = FEW) -> Iterator[tuple[Article, Match]]:
    """The articles that match, each as soon as it is found, with matches of an empty rule id.

    `few`: how many are asked by the tree.
    """
    may_match: Callable[[Article], object] | None = None
    asked = matching = 0
    for page in pages:
        for archived in page.articles:
            asked += 1
            if asked > few and matching < _MOST * asked:
                may_match = may_match or _alone(query).matching
                if not may_match(archived.article):
                    continue
            match = query.match(archived.article)
            if match is not None:
                matching += 1
                yield archived.article, match


def _alone(query: Query) -> RuleSet:
    """The query as the only rule there is; with a tree of its own, which the engine does not drop."""
    return RuleSet((Rule("", "", Query(query.text, query.node), Place(ASKED_QUERY, 1, 1, "")),))
