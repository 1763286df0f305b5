"""Articles' own pages that are still to be fetched, and what became of them."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from watchdesk.encoding.repair import clean
from watchdesk.model import Ingested, PageToFetch, Stored
from watchdesk.store.database import Database
from watchdesk.store.matches import Matched, write_matches
from watchdesk.store.rewriting import rewrite
from watchdesk.store.row_mapping import Row, sections_column, sections_of
from watchdesk.store.source_lock import lock_sources
from watchdesk.store.story_lock import lock_stories
from watchdesk.store.tables import pages_to_fetch
from watchdesk.store.upserts import upsert_all
from watchdesk.store.wordings import write_first_wording

if TYPE_CHECKING:
    from watchdesk.store.story_window import StoryWindow


class PageRows:
    """`ports.PageStore`."""

    _database: Database
    _stories: "Callable[[], StoryWindow]"

    def pages_to_fetch(
        self,
        due: datetime | None = None,
        tried_less_than: int = 0,
        limit: int = 1000,
        source_ids: Collection[str] | None = None,
    ) -> Sequence[PageToFetch]:
        """See `ports.PageStore.pages_to_fetch`."""
        asked = select(pages_to_fetch).order_by(pages_to_fetch.c.next_try, pages_to_fetch.c.article_id)
        if due is not None:
            is_due = pages_to_fetch.c.next_try <= due
            early = pages_to_fetch.c.tries < tried_less_than
            asked = asked.where(or_(is_due, early) if tried_less_than else is_due)
        if source_ids is not None:
            asked = asked.where(pages_to_fetch.c.source_id.in_(source_ids))
        with self._database.read() as connection:
            return [_page_of(row) for row in connection.execute(asked.limit(limit)).mappings()]

    def missing_page(self, article_id: int) -> PageToFetch | None:
        """See `ports.PageStore.missing_page`."""
        asked = select(pages_to_fetch).where(pages_to_fetch.c.article_id == article_id)
        with self._database.read() as connection:
            row = connection.execute(asked).mappings().first()
        return _page_of(row) if row else None

    def claim_page(self, page: PageToFetch, next_try: datetime) -> bool:
        """See `ports.PollStore.claim_page`."""
        with self._database.write() as connection:
            claimed = update(pages_to_fetch).where(_is(page))
            values = {"tries": page.tries + 1, "next_try": next_try}
            return connection.execute(claimed.values(values)).rowcount == 1

    def put_off_page(self, page: PageToFetch) -> None:
        """See `ports.PollStore.put_off_page`."""
        with self._database.write() as connection:
            values = {"tries": page.tries, "next_try": page.next_try, "error": clean(page.error)}
            same = pages_to_fetch.c.article_id == page.article_id
            connection.execute(update(pages_to_fetch).where(same).values(values))

    def forget_page(self, page: PageToFetch) -> None:
        """See `ports.PollStore.forget_page`."""
        with self._database.write() as connection:
            connection.execute(delete(pages_to_fetch).where(_is(page)))

    def take_page(self, page: PageToFetch, item: Ingested, now: datetime) -> Stored | None:
        """See `ports.PollStore.take_page`."""
        window = self._stories()

        def write(connection: Connection) -> Stored | None:
            lock_sources(connection, [item.article.source_id])
            return _take(connection, window, page, item, now)

        return window.transact(self._database, write)

    def prune_pages(self, before: datetime) -> int:
        """See `ports.PageStore.prune_pages`."""
        with self._database.write() as connection:
            return connection.execute(delete(pages_to_fetch).where(pages_to_fetch.c.since < before)).rowcount


def _take(
    connection: Connection, window: "StoryWindow", page: PageToFetch, item: Ingested, now: datetime
) -> Stored | None:
    from watchdesk.store.story_writing import Arrival, put_into_stories  # noqa: PLC0415 - numpy is heavy

    number = page.article_id
    assert number is not None
    if connection.execute(delete(pages_to_fetch).where(_is(page))).rowcount != 1:
        return None
    updated = rewrite(connection, number, item, now)
    if updated is None:
        return None
    if item.wording:
        write_first_wording(connection, number, item.wording)
    if updated:
        arrival = Arrival(item.article.source_id, now, (), [(number, item)])
        put_into_stories(connection, window, [arrival])
    else:
        lock_stories(connection)
    [matched] = write_matches(connection, [Matched(item, number, now, is_new=False)])
    return Stored(number, new=False, updated=updated, matched=matched)


def write_pages(connection: Connection, items: Sequence[Ingested], article_ids: Sequence[int]) -> None:
    """Within a transaction: notes which of these articles' pages are missing, and forgets the others."""
    settled = [number for item, number in zip(items, article_ids, strict=True) if item.page is None]
    if settled:
        connection.execute(delete(pages_to_fetch).where(pages_to_fetch.c.article_id.in_(settled)))
    write_new_pages(connection, items, article_ids)


def write_new_pages(connection: Connection, items: Sequence[Ingested], article_ids: Sequence[int]) -> None:
    """Within a transaction: notes which of these articles' pages are missing."""
    rows = [
        _page_row(item.page, number)
        for item, number in zip(items, article_ids, strict=True)
        if item.page is not None
    ]
    upsert_all(connection, pages_to_fetch, rows)


def _is(page: PageToFetch) -> ColumnElement[bool]:
    """Still as it was read: nobody else has tried the page since."""
    same: ColumnElement[bool] = pages_to_fetch.c.article_id == page.article_id
    return same & (pages_to_fetch.c.tries == page.tries) & (pages_to_fetch.c.since == page.since)


def _page_row(page: PageToFetch, article_id: int) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "source_id": page.source_id,
        "url": page.url,
        "sections": sections_column(page.sections),
        "since": page.since,
        "tries": page.tries,
        "next_try": page.next_try,
        "error": clean(page.error),
    }


def _page_of(row: Row) -> PageToFetch:
    return PageToFetch(
        article_id=row["article_id"],
        source_id=row["source_id"],
        url=row["url"],
        sections=sections_of(row["sections"]),
        since=row["since"],
        tries=row["tries"],
        next_try=row["next_try"],
        error=row["error"],
    )
