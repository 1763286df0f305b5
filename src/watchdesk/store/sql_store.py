"""The store: all its subjects over one database, and how it is opened."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from watchdesk.doors import made_once
from watchdesk.errors import StorageError
from watchdesk.store.arrivals import moved_away
from watchdesk.store.articles import ArticleRows
from watchdesk.store.attempts import AttemptRows
from watchdesk.store.compressing import CompressingRows
from watchdesk.store.database import Database, database_url
from watchdesk.store.database_identity import IdentityFile
from watchdesk.store.delivery_lists import DeliveryListRows
from watchdesk.store.digest_history import HistoryRows
from watchdesk.store.digest_marks import DigestMarkRows
from watchdesk.store.digests import DigestRows
from watchdesk.store.events import EventRows
from watchdesk.store.finding_later import FindingLaterRows
from watchdesk.store.fleet_hosts import HostRows
from watchdesk.store.health import HealthRows
from watchdesk.store.ingest import IngestRows
from watchdesk.store.labels import LabelRows
from watchdesk.store.measuring import SizeRows
from watchdesk.store.opening import open_database
from watchdesk.store.outbox import OutboxRows
from watchdesk.store.planner_counts import PlannerCountRows
from watchdesk.store.rule_matches import RuleMatchRows
from watchdesk.store.search_index import SearchIndexRows
from watchdesk.store.sources import SourceRows
from watchdesk.store.story_coverage import CoverageRows
from watchdesk.store.troubles import TroubleRows

if TYPE_CHECKING:
    from watchdesk.store.index_building import IndexBuilder
    from watchdesk.store.story_window import StoryWindow
    from watchdesk.store.sweeping import Sweeping


class SqlStore(
    SourceRows,
    IngestRows,
    FindingLaterRows,
    ArticleRows,
    DigestRows,
    DigestMarkRows,
    HistoryRows,
    CoverageRows,
    OutboxRows,
    DeliveryListRows,
    AttemptRows,
    TroubleRows,
    HealthRows,
    HostRows,
    SizeRows,
    CompressingRows,
    SearchIndexRows,
    PlannerCountRows,
    RuleMatchRows,
    LabelRows,
    EventRows,
):
    """A `ports.Store`; safe to use from many threads and processes."""

    def __init__(
        self, database: Database, identity_file: IdentityFile | None = None, older_copy: str | None = None
    ) -> None:
        self._database = database
        self._identity_file = identity_file
        self._stories = made_once(_story_window)
        self.older_copy = older_copy
        self.moved: str | None = None

    def index_builder(self, *, in_passing: bool = True) -> "IndexBuilder":
        """What builds the index of the archive; see there."""
        from watchdesk.store.index_building import IndexBuilder  # noqa: PLC0415 - few processes build it

        return IndexBuilder(self._database, in_passing=in_passing)

    def sweeping(self) -> "Sweeping":
        """What removes all that articles, sources and silences leave behind."""
        from watchdesk.store.sweeping import Sweeping  # noqa: PLC0415 - what only looks in does not need it

        return Sweeping(self._database)

    def close(self) -> None:
        """Closes all connections."""
        self._database.close()


def _story_window() -> "StoryWindow":
    from watchdesk.store.story_window import StoryWindow  # noqa: PLC0415 - numpy is heavy, and few commands write

    return StoryWindow()


def open_store(
    storage: str, state_directory: Path, *, may_begin: bool = True, reads: bool = False
) -> SqlStore:
    """Opens `sqlite` in the state directory, or `postgresql://…`, and brings its tables up to date.

    `may_begin`: whether a database is made where there is none. `reads`: nothing is to be written, which also
    a database that has moved lets one do. Raises `StorageError` when the database cannot be used;
    `NoDatabase` where there is none; `MovedStorage`.
    """
    opened = open_database(storage, state_directory, may_begin=may_begin, reads=reads)
    store = SqlStore(*opened)
    if reads:
        try:
            store.moved = moved_away(opened[0])
        except BaseException:
            store.close()
            raise
    return store


def open_beside(storage: str, state_directory: Path) -> SqlStore:
    """The store as another process has opened it and writes it. Raises `StorageError` if it is not there."""
    return _beside(Database(database_url(storage, state_directory)))


def _beside(database: Database) -> SqlStore:
    if database.open_file:
        database.open_file.may_begin = False
        try:
            with database.read():  # so that the write-ahead log is there as well
                pass
            database.open_file.remember()
        except sqlite3.Error as error:
            database.close()
            raise StorageError(f"the database {database.where} cannot be read: {error}") from error
        except StorageError:
            database.close()
            raise
    return SqlStore(database)


def open_to_read(storage: str, state_directory: Path, connections: int) -> SqlStore:
    """As `open_beside`, with at most so many connections, which the database lets read alone."""
    return _beside(Database(database_url(storage, state_directory), reads_with=connections))


@contextmanager
def existing_store(storage: str, state_directory: Path) -> Iterator[SqlStore | None]:
    """The store as it is, not brought up to date; None where there is none yet, or it cannot be opened."""
    try:
        database = Database(database_url(storage, state_directory))
    except StorageError:
        yield None
        return
    with closing(SqlStore(database)) as store:
        if database.open_file:
            database.open_file.may_begin = False
        yield store if database.open_file is None or database.open_file.path.is_file() else None
