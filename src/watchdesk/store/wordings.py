"""The feed's wording of articles whose text is that of their own pages."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from watchdesk.model import Wording
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.tables import wordings


class WordingRows:
    """A part of `ports.ArticleStore`."""

    _database: Database

    def wordings(self, article_ids: Sequence[int]) -> Mapping[int, Wording]:
        """See `ports.PollStore.wordings`."""
        found: dict[int, Wording] = {}
        with self._database.read() as connection:
            for chunk in batched(article_ids, AT_ONCE):
                asked = select(wordings).where(wordings.c.article_id.in_(chunk))
                found |= {row.article_id: Wording(row.title, row.text) for row in connection.execute(asked)}
        return found


def write_wordings(connection: Connection, said: Sequence[tuple[int, Wording | None]]) -> None:
    """Replaces the wordings of these articles; None: the entry says what the article says."""
    if not said:
        return
    connection.execute(delete(wordings).where(wordings.c.article_id.in_([number for number, _ in said])))
    _insert(connection, [(number, wording) for number, wording in said if wording])


def write_new_wordings(connection: Connection, said: Sequence[tuple[int, Wording | None]]) -> None:
    """Adds the wordings of new articles; None: the entry says what the article says."""
    _insert(connection, [(number, wording) for number, wording in said if wording])


def write_first_wording(connection: Connection, article_id: int, wording: Wording) -> None:
    """Adds a wording where there is none: the article said until now what its entry says."""
    asked = select(wordings.c.article_id).where(wordings.c.article_id == article_id)
    if connection.execute(asked).first() is None:
        _insert(connection, [(article_id, wording)])


def _insert(connection: Connection, said: Sequence[tuple[int, Wording]]) -> None:
    rows = [{"article_id": n, "title": wording.title, "text": wording.text} for n, wording in said]
    if rows:
        connection.execute(insert(wordings), rows)
