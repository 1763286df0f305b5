"""Replaces a stored article by a newer version."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from watchdesk.model import Ingested
from watchdesk.store.revisions import is_correction, keep_revision
from watchdesk.store.row_mapping import article_of, article_row
from watchdesk.store.search_pending import write_pending
from watchdesk.store.tables import articles

_BEFORE = select(articles).where(articles.c.id == bindparam("article"))


def rewrite(connection: Connection, article_id: int, item: Ingested, now: datetime) -> bool | None:
    """Writes what the article says now, and keeps when it was first seen, and what it said until now.

    True when its text changed; None when the article is gone.
    """
    before = connection.execute(_BEFORE, {"article": article_id}).mappings().one_or_none()
    if before is None:
        return None
    updated: bool = before["content_hash"] != item.article.content_hash
    row = {**article_row(item.article), "updated_at": now if updated else before["updated_at"]}
    row["line_hashes"] = item.line_hashes
    del row["first_seen"]
    connection.execute(update(articles).where(articles.c.id == article_id), row)
    write_pending(connection, [(article_id, before["first_seen"])])
    if updated:
        said = article_of(before)
        if is_correction(connection, article_id, said, item.wording):
            keep_revision(connection, article_id, said, item.article, now)
    return updated
