"""The other articles of a story: whose headlines are shown, who is named, and who has the same text."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from watchdesk.digests.rendering.sanitising import plain, safe_link
from watchdesk.digests.rendering.view import CopyLine
from watchdesk.model import Article, JoinedBy, Sharing, WaitingMatch

MOST_HEADLINES = 3
"""Other headlines of the story that are shown."""
MOST_DOUBTFUL = 8
MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Others:
    """The other articles of a story, each source and each address once; the rest are counted."""

    headlines: tuple[WaitingMatch, ...] = ()
    """Told in other words."""
    doubtful: tuple[WaitingMatch, ...] = ()
    """What may be about something else: shown by its headline, never as a name alone."""
    names: tuple[CopyLine, ...] = ()
    more_names: int = 0
    """All that are shown in no other way."""
    same_text: tuple[CopyLine, ...] = ()
    """With the text of the article that leads."""
    same_text_count: int = 0


def arranged(best: WaitingMatch, others: Sequence[WaitingMatch], name_of: Callable[[Article], str]) -> Others:
    """How the others stand under the article that leads; they come in the order of the story."""
    copies = same_text_as(best, others)
    doubtful = [match for match in others if not is_sure(match)][:MOST_DOUBTFUL]
    sources = {best.article.source_id, name_of(best.article)}
    addresses = _addresses(best.article)
    told = {_said(best)}
    headlines: list[WaitingMatch] = []
    names: list[CopyLine] = []
    same_text: list[CopyLine] = []
    again: list[WaitingMatch] = []
    for match in others:
        article, name = match.article, name_of(match.article)
        if not is_sure(match):
            continue
        if _addresses(article) & addresses:
            continue
        if {article.source_id, name} & sources:
            again.append(match)
            continue
        sources |= {article.source_id, name}
        addresses |= _addresses(article)
        if match.id in copies:
            same_text.append(CopyLine(name, safe_link(article.url)))
        elif len(headlines) < MOST_HEADLINES and _is_in_other_words(match) and _said(match) not in told:
            told.add(_said(match))
            headlines.append(match)
        else:
            names.append(CopyLine(name, safe_link(article.url)))
    for match in again:  # a source's further articles, where others leave room
        if len(headlines) < MOST_HEADLINES and _is_in_other_words(match) and _said(match) not in told:
            told.add(_said(match))
            headlines.append(match)
    return Others(
        tuple(headlines),
        tuple(doubtful),
        tuple(names[:MOST_NAMES]),
        len(others) - len(headlines) - len(doubtful) - len(names[:MOST_NAMES]) - len(same_text),
        tuple(same_text[:MOST_NAMES]),
        len(same_text),
    )


def is_sure(match: WaitingMatch) -> bool:
    """Whether the article surely belongs to its story; else it is shown by its headline, never as a name."""
    return match.membership is None or match.membership.may_hold_back


def same_text_as(best: WaitingMatch, others: Sequence[WaitingMatch]) -> frozenset[int]:
    """Ids of those of the others that have the text of the article that leads, directly or by one another."""
    groups: dict[Hashable, set[Hashable]] = {}
    for match in (best, *others):
        nodes = set(_texts(match))
        for node in list(nodes):
            nodes |= groups.get(node, set())
        for node in nodes:
            groups[node] = nodes
    return frozenset(match.id for match in others if ("match", match.id) in groups["match", best.id])


def _texts(match: WaitingMatch) -> list[Hashable]:
    """What the article has the text of."""
    why, article = match.membership, match.article
    found: list[Hashable] = [("match", match.id)]
    if article.id is not None:
        found.append(("article", article.id))
    if article.content_hash:
        found.append(("words", article.content_hash))
    if why and why.shared and why.shared.sharing is Sharing.COPY:
        found.append(("article", why.shared.article_id))
    elif why and why.joined_by in (JoinedBy.FIRST, JoinedBy.WORDS, JoinedBy.ADDRESS):
        found.append(("first of", why.merged_from or why.story_id))
    return found


def _is_in_other_words(match: WaitingMatch) -> bool:
    """Of an article from before reasons were kept, it is not known."""
    return match.membership is not None


def _said(match: WaitingMatch) -> str:
    return plain(match.article.title).casefold()


def _addresses(article: Article) -> set[str]:
    return {address for address in (article.url, article.url_key) if address}
