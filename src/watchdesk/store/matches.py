"""Writes matches, and their places in the queues of digests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from watchdesk.model import Ingested, Match
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.numbered import insert_numbered
from watchdesk.store.row_mapping import match_row
from watchdesk.store.tables import matches, places

_RULES = select(matches.c.article_id, matches.c.rule_id).where(
    matches.c.article_id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Matched:
    """What was stored, under its number."""

    item: Ingested
    article_id: int
    now: datetime
    is_new: bool = True
    """An article that was not stored before."""

    def row(self, match: Match) -> dict[str, Any]:
        """Of one of its matches."""
        return {
            **match_row(match),
            "article_id": self.article_id,
            "matched_at": self.now,
            "revised": not self.is_new,
            "happened_at": self._happened_at(match),
            "standing": str(self.item.standing),
        }

    def _happened_at(self, match: Match) -> datetime | None:
        """When the match counts as news; None for a match that is kept in the archive only."""
        if match.rule not in self.item.digests:
            return None
        return self.item.article.happened_at if self.is_new else self.now


def write_matches(connection: Connection, stored: Sequence[Matched]) -> Sequence[tuple[str, ...]]:
    """Writes matches of rules that had none for their article yet; of each article, these rules' ids."""
    known = _known(connection, sorted({one.article_id for one in stored if not one.is_new}))
    found: list[tuple[Matched, Match]] = []
    fresh: list[tuple[str, ...]] = []
    for one in stored:
        of_article = known.setdefault(one.article_id, set())
        new = [match for match in one.item.matches if match.rule not in of_article]
        of_article.update(match.rule for match in new)
        found += [(one, match) for match in new]
        fresh.append(tuple(match.rule for match in new))
    if found:
        numbers = insert_numbered(connection, matches, [one.row(match) for one, match in found])
        queued = [
            {"digest_name": name, "match_id": match_id}
            for match_id, (one, match) in zip(numbers, found, strict=True)
            for name in one.item.digests.get(match.rule, ())
        ]
        if queued:
            connection.execute(insert(places), queued)
    return fresh


def _known(connection: Connection, article_ids: Sequence[int]) -> dict[int, set[str]]:
    """By article: ids of the rules that have a match for it."""
    known: dict[int, set[str]] = {}
    for chunk in batched(article_ids, AT_ONCE):
        for article_id, rule in connection.execute(_RULES, {"ids": list(chunk)}):
            known.setdefault(article_id, set()).add(rule)
    return known
