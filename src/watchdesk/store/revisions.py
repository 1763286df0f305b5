"""What articles said before they were rewritten, for as long as they are kept.

Each is the difference that leads to it from what came next: a zstd frame whose dictionary is the newer text.
The newest starts at the article itself. A frame's checksum finds out a difference from another text.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from watchdesk.logger import get_logger
from watchdesk.model import Article, Revision, SaidBefore, Section, Wording
from watchdesk.store.database import Database
from watchdesk.store.packing import LARGEST
from watchdesk.store.row_mapping import sections_column, sections_of
from watchdesk.store.tables import articles, revisions, wordings

log = get_logger(__name__)

LATEST = 20
"""Kept of an article, besides the first."""
MOST = 256 * 1024
"""Bytes of all its differences. One that takes more by itself stays while it is the first or the newest."""
_LEVEL = 9
"""Articles are rewritten seldom."""

_OF = select(revisions).where(revisions.c.article_id == bindparam("article")).order_by(revisions.c.number)
_NOW = select(articles.c.title, articles.c.sections).where(articles.c.id == bindparam("article"))


class RevisionRows:
    """A part of `ports.ArticleStore`."""

    _database: Database

    def said_before(self, article_id: int) -> SaidBefore:
        """See `ports.ArticleStore.said_before`."""
        with self._database.read() as connection:
            row = connection.execute(_NOW, {"article": article_id}).one_or_none()
            kept = connection.execute(_OF, {"article": article_id}).all()
        if row is None or not kept:
            return SaidBefore()
        chain = _chain(_written(row.title, sections_of(row.sections)), kept)
        damaged = [one for one in chain if one.text is None]
        return SaidBefore(
            tuple(_revision(one.number, one.until, one.text) for one in reversed(chain) if one.text),
            times=chain[-1].number,
            left_out=chain[-1].number - len(chain),
            unreadable_until=damaged[-1].until if damaged else None,
        )


def is_correction(connection: Connection, article_id: int, before: Article, entry: Wording | None) -> bool:
    """Whether its source said something else before: not, where its own page was read for the first time.

    `before`: title and sections as stored; `entry`: what the entry says now, where the text is the page's.
    """
    if entry is None:
        return True
    of_page = select(wordings.c.article_id).where(wordings.c.article_id == article_id)
    return connection.execute(of_page).first() is not None or (before.title, before.text) != (
        entry.title,
        entry.text,
    )


def keep_revision(
    connection: Connection, article_id: int, before: Article, after: Article, now: datetime
) -> None:
    """Keeps what a stored article said until now, in the transaction that rewrites it."""
    kept = connection.execute(_OF, {"article": article_id}).all()
    number = kept[-1].number + 1 if kept else 1
    newest, older = _written(after.title, after.sections), _written(before.title, before.sections)
    made = _Kept(number, now, difference(older, newest), older)
    if _one_too_many([*(len(row.difference) for row in kept), len(made.difference)]) is None:
        connection.execute(insert(revisions), [_row(article_id, made)])
        return
    chain = [one for one in _chain(older, kept) if one.text is not None]
    connection.execute(delete(revisions).where(revisions.c.article_id == article_id))
    connection.execute(insert(revisions), [_row(article_id, one) for one in thinned([*chain, made])])


@dataclass(frozen=True, slots=True)
class _Kept:
    """A row, and the text that it leads to; None: that cannot be read."""

    number: int
    until: datetime
    difference: bytes
    text: str | None


def thinned(chain: Sequence[_Kept]) -> Sequence[_Kept]:
    """As many of them as are kept: the first and the latest. Both ends stay: numbers go on from the last."""
    left = list(chain)
    while (place := _one_too_many([len(one.difference) for one in left])) is not None:
        del left[place]  # and the one before it is to lead from what comes next now
        before, following = left[place - 1], left[place].text
        assert before.text is not None and following is not None
        left[place - 1] = replace(before, difference=difference(before.text, following))
    return left


def _one_too_many(sizes: Sequence[int]) -> int | None:
    """Which of the differences between the first and the newest is to go; None: all may stay."""
    large = [place for place, size in enumerate(sizes) if size > MOST and 0 < place < len(sizes) - 1]
    if large:
        return large[0]
    too_many = len(sizes) > LATEST + 1 or sum(size for size in sizes if size <= MOST) > MOST
    return 1 if too_many and len(sizes) > 2 else None


def difference(older: str, newer: str) -> bytes:
    """By which the older text is had from the newer one."""
    from watchdesk.encoding.zstd import compressor, zstd  # noqa: PLC0415 - for commands that write nothing

    made = compressor(_LEVEL, zstd.ZstdDict(newer.encode(), is_raw=True).as_prefix)
    return made.compress(older.encode(), made.FLUSH_FRAME)


def older_text(newer: str, kept: bytes) -> str | None:
    """The text that a difference leads to; None where it is damaged, or of another text."""
    from watchdesk.encoding.zstd import content_of, zstd  # noqa: PLC0415 - as above

    try:
        return content_of(kept, LARGEST, zstd.ZstdDict(newer.encode(), is_raw=True).as_prefix).decode()
    except (zstd.ZstdError, UnicodeDecodeError) as error:
        log.debug("a difference cannot be read", why=str(error))
        return None


def _chain(newest: str, rows: Sequence[Any]) -> list[_Kept]:
    """All of them with their texts, in order; behind one that cannot be read none can."""
    chain: list[_Kept] = []
    text: str | None = newest
    for row in reversed(rows):
        text = older_text(text, row.difference) if text is not None else None
        text = text if text and _is_written(text) else None
        chain.append(_Kept(row.number, row.until, row.difference, text))
    return chain[::-1]


def _written(title: str, sections: Sequence[Section]) -> str:
    return json.dumps([title, sections_column(sections)], ensure_ascii=False)


def _is_written(text: str) -> bool:
    try:
        title, sections = json.loads(text)
        sections_of(sections)
    except (ValueError, TypeError):
        return False
    return isinstance(title, str)


def _revision(number: int, until: datetime, text: str) -> Revision:
    title, sections = json.loads(text)
    return Revision(number, until, title, sections_of(sections))


def _row(article_id: int, one: _Kept) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "number": one.number,
        "until": one.until,
        "difference": one.difference,
    }
