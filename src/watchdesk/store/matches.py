"""Writes matches, and their places in the queues of digests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from watchdesk.model import Ingested, Match
from watchdesk.store.numbered import insert_numbered
from watchdesk.store.row_mapping import match_row
from watchdesk.store.tables import matches, places

NumberedMatch = tuple[Ingested, Match, int]
"""What was ingested, one of its matches, and the article's number."""


def write_matches(
    connection: Connection, items: Sequence[Ingested], article_ids: Sequence[int], now: datetime
) -> None:
    """Writes the matches of new articles."""
    numbered = zip(items, article_ids, strict=True)
    _write(connection, [(i, match, number) for i, number in numbered for match in i.matches], now)


def write_new_matches(
    connection: Connection, item: Ingested, article_id: int, now: datetime
) -> tuple[str, ...]:
    """Writes matches of rules that had none for this article yet; returns these rules' ids."""
    asked = select(matches.c.rule_id).where(matches.c.article_id == article_id)
    known = set(connection.execute(asked).scalars())
    fresh = [match for match in item.matches if match.rule not in known]
    _write(connection, [(item, match, article_id) for match in fresh], now, revised=True)
    return tuple(match.rule for match in fresh)


def _happened_at(item: Ingested, match: Match, now: datetime, *, revised: bool) -> datetime | None:
    """When the match counts as news; None for a match that is kept in the archive only."""
    if match.rule not in item.digests:
        return None
    return now if revised else item.article.happened_at


def _write(
    connection: Connection, findings: Sequence[NumberedMatch], now: datetime, *, revised: bool = False
) -> None:
    if not findings:
        return
    rows = [
        {
            **match_row(match),
            "article_id": article_id,
            "matched_at": now,
            "revised": revised,
            "happened_at": _happened_at(item, match, now, revised=revised),
            "standing": str(item.standing),
        }
        for item, match, article_id in findings
    ]
    numbers = insert_numbered(connection, matches, rows)
    queued: list[dict[str, Any]] = [
        {"digest_name": name, "match_id": match_id}
        for match_id, (item, match, _) in zip(numbers, findings, strict=True)
        for name in item.digests.get(match.rule, ())
    ]
    if queued:
        connection.execute(insert(places), queued)
