"""The copies of a story: names each source and each address once, and counts the rest."""

from collections.abc import Callable, Sequence

from watchdesk.digests.rendering.sanitising import safe_link
from watchdesk.digests.rendering.view import CopyLine
from watchdesk.model import Article

MOST_COPIES = 8


def distinct_copies(
    best: Article, others: Sequence[Article], name_of: Callable[[Article], str]
) -> tuple[tuple[CopyLine, ...], int]:
    """The copies to name, and how many more there are.

    A copy whose source or address is that of the best article, or of a copy before it, is counted alone.
    """
    sources = {best.source_id, name_of(best)}
    addresses = _addresses(best)
    lines: list[CopyLine] = []
    for copy in others:
        name = name_of(copy)
        if {copy.source_id, name} & sources or _addresses(copy) & addresses:
            continue
        sources |= {copy.source_id, name}
        addresses |= _addresses(copy)
        lines.append(CopyLine(name, safe_link(copy.url)))
    named = tuple(lines[:MOST_COPIES])
    return named, len(others) - len(named)


def _addresses(article: Article) -> set[str]:
    return {address for address in (article.url, article.url_key) if address}
