"""Replaces a stored article by a newer version."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from watchdesk.model import Ingested
from watchdesk.store.row_mapping import article_row
from watchdesk.store.search_pending import write_pending
from watchdesk.store.tables import articles


def rewrite(connection: Connection, article_id: int, item: Ingested, now: datetime) -> bool | None:
    """Writes what the article says now, and keeps when it was first seen.

    True when its text changed; None when the article is gone.
    """
    asked = select(articles.c.content_hash, articles.c.updated_at, articles.c.first_seen).where(
        articles.c.id == article_id
    )
    before = connection.execute(asked).one_or_none()
    if before is None:
        return None
    updated: bool = before.content_hash != item.article.content_hash
    row = {**article_row(item.article), "updated_at": now if updated else before.updated_at}
    row["line_hashes"] = item.line_hashes
    del row["first_seen"]
    connection.execute(update(articles).where(articles.c.id == article_id), row)
    write_pending(connection, [(article_id, before.first_seen)])
    return updated
