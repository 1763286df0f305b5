"""Gathers the desk's status from the status file, the files and the database, as far as each can be read.

`service.liveness` judges the status file; `notices` makes sentences of causes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from watchdesk import digests
from watchdesk.digesting.choosing import news_marks
from watchdesk.digesting.wide_rules import wide_rules
from watchdesk.documents.files import Files
from watchdesk.documents.fleet import fleet_notes, on_disk_notes
from watchdesk.documents.needs import Need, needs_of
from watchdesk.documents.source_health import SourcesFound, sources_found
from watchdesk.errors import FullDisk, NoDatabase, StorageError, UsageError
from watchdesk.model import DeliveryState, DigestMark, Standing, Trouble
from watchdesk.model.help_names import HelpName
from watchdesk.model.hosts import FleetHost
from watchdesk.model.rule_folders import RefusedFolder
from watchdesk.notices import Cause, trouble_of
from watchdesk.notices.channels import failing_channels
from watchdesk.notices.digests import PATIENCE, broken_templates, failed_digests, overdue_digests
from watchdesk.notices.room import DiskNearlyFull, Outlook, disk_filling, is_full, nearly_full, too_large
from watchdesk.notices.source_faults import faulty_sources, needs_person
from watchdesk.plan import Configured
from watchdesk.ports import Store
from watchdesk.remembered import LookedBack, remembered
from watchdesk.reporting import disk_of, read_outlook
from watchdesk.service.liveness import (
    CheckFile,
    Damage,
    Processes,
    ServiceStatus,
    Verdict,
    enabled_unit,
    judged,
    read_passes,
    read_status,
    status_file,
    why_only_in_database,
    why_unwritten,
)
from watchdesk.store import open_store

_PATIENCE = timedelta(minutes=5)
"""A failing channel is shown here sooner than it is reported to the operators."""
_DAY = timedelta(days=1)
SILENT = timedelta(seconds=50)
"""How long a service elsewhere on the same database, which writes a heartbeat every 15 s, may be silent."""
CHECKED = 2.0
"""Seconds for checking the database if no service does it."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is in the database."""

    heartbeat: datetime | None = None
    articles_today: int = 0
    marks: Mapping[str, int] = field(default_factory=dict)
    """How many matches wait for each digest, without those of silent rules."""
    news: Mapping[str, DigestMark] = field(default_factory=dict)
    """What is remembered of each digest, with the news alone in its queues."""
    sources: SourcesFound = field(default_factory=SourcesFound)
    deliveries_waiting: int = 0
    deliveries_dead: int = 0
    stopped_channels: Mapping[str, str] = field(default_factory=dict)
    silent: tuple[tuple[str, datetime], ...] = ()
    """Rules that are muted, and until when."""
    refused: str | None = None
    """Why the last reload was refused."""
    troubles: tuple[Trouble, ...] = ()
    noted: tuple[str, ...] = ()
    """What happened to sources, and needs nobody."""
    archive_only: Mapping[Standing | None, int] = field(default_factory=dict)
    """Articles of the last 24 hours that rules found, and that alert nobody."""
    outlook: Outlook | None = None
    too_wide: Mapping[str, int] = field(default_factory=dict)
    """Rules that found more in the last 24 hours than anyone reads."""
    looked_back: tuple[LookedBack, ...] = ()
    """Rules that looked at the archive in the last 24 hours."""
    hosts: Sequence[FleetHost] = ()
    """Those that share the work; none where one service does it by itself."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What `status` shows."""

    verdict: Verdict
    service: ServiceStatus | None
    configured: Configured | None
    """None if the files cannot be used."""
    zone: ZoneInfo
    mistakes: tuple[str, ...]
    """Mistakes in the files as they are now, one line each."""
    remembered: Remembered | None
    """None if the database cannot be used."""
    database: str | None
    """Why it cannot be used, or what in it is damaged."""
    database_help: HelpName
    """Under which name that is explained."""
    disk_is_full: bool
    """The disk of the state directory is full."""
    now: datetime
    little_room: Sequence[DiskNearlyFull] = ()
    """The disk of the state directory is nearly full."""
    damages: tuple[Damage, ...] = ()
    """What in the database cannot be read, while the rest can."""
    quoted_now: tuple[str, ...] = ()
    """The mistakes as `check` shows them."""

    @property
    def quoted(self) -> Sequence[str]:
        """What is wrong with the files, or was when they were refused, with the lines that it is on."""
        return self.quoted_now or ((self.refused,) if self.refused else ())

    @property
    def elsewhere(self) -> datetime | None:
        """The last heartbeat of a service on another machine, or of an older watchdesk."""
        return self.remembered.heartbeat if self.remembered and self.service is None else None

    @property
    def running(self) -> bool:
        """Whether a service is running, here or elsewhere."""
        there = self.elsewhere
        return self.verdict.runs or (there is not None and abs(self.now - there) < SILENT)

    @property
    def heartbeat(self) -> datetime | None:
        """When the service was last alive."""
        return self.service.turn if self.service else self.elsewhere

    @property
    def refused(self) -> str | None:
        """Why the last reload was refused; None: no service runs, and the files can be used again."""
        if self.configured and not self.running:
            return None
        if self.service:
            return self.service.configuration.reason
        return self.remembered.refused if self.remembered else None

    @property
    def refused_folders(self) -> Sequence[RefusedFolder]:
        """Folders of rules/ that do not pass: as the service found them, else as they are now."""
        now = self.configured.refused_folders if self.configured else ()
        found = self.service.configuration.folders if self.service and self.running else ()
        names = {folder.name for folder in found}
        return (*found, *(folder for folder in now if folder.name not in names))

    @property
    def noted(self) -> Sequence[str]:
        """What is worth a look and keeps nobody's news."""
        page = self.service.page if self.service and self.running else None
        none = [f"there is no page: {page.trouble}"] if page and page.trouble else []
        found = self.remembered or Remembered()
        of_disks = on_disk_notes(found.hosts, self.configured.settings) if self.configured else ()
        return [*none, *fleet_notes(found.hosts, self.now), *of_disks, *found.noted]

    @property
    def needs(self) -> Sequence[Need]:
        """What needs a person."""
        return needs_of(self)


@contextmanager
def _opened(storage: str, state_directory: Path) -> Iterator[Store]:
    with closing(open_store(storage, state_directory, may_begin=False, reads=True)) as store:
        yield store


def summarised(
    files: Files,
    state_directory: Path,
    now: datetime,
    opened: Callable[[str, Path], AbstractContextManager[Store]] = _opened,
) -> Summary:
    """Reads what the service says of itself, and the database; `files` has been read.

    `opened`: how to come to a store of this storage. Raises `UsageError` if the status file may not be read.
    """
    disk = disk_of(state_directory)
    disk_is_full = disk is not None and is_full(disk.free, disk.total)
    verdict, status = _life(state_directory, now, disk_is_full=disk_is_full)
    storage = files.storage or _storage_of(status)
    remembered, database, database_help = _remembered(
        lambda: opened(storage, state_directory), files.configured, now, is_watched=verdict.runs
    )
    if status and remembered and (beat := remembered.heartbeat) and abs(now - beat) < SILENT:
        path = status_file(state_directory).path
        verdict = verdict.with_unwritten(why_only_in_database(path, status.turn, beat))
    return Summary(
        verdict,
        status,
        files.configured,
        files.zone or ZoneInfo(status.zone if status else "UTC"),
        files.mistakes,
        remembered,
        database,
        database_help,
        disk_is_full,
        now,
        list(nearly_full(disk.free, disk.total)) if disk and not disk_is_full else (),
        CheckFile(state_directory).read().damages,
        files.quoted,
    )


def _life(
    state_directory: Path, now: datetime, *, disk_is_full: bool
) -> tuple[Verdict, ServiceStatus | None]:
    processes = Processes()
    try:
        status, passes = read_status(state_directory), read_passes(state_directory)
    except IsADirectoryError as error:
        raise UsageError(
            f"{error.filename} is a directory, and neither the service can write there nor anybody read: "
            "move it away"
        ) from None
    except OSError as error:
        raise UsageError(
            f"{error.filename} cannot be read: {error.strerror}; run this as the user of the service"
        ) from None
    age, is_gone, unwritten = timedelta(0), None, None
    if status:
        is_gone = processes.is_gone(status.process)
        same = processes.same_boot(status.process)
        age = timedelta(seconds=processes.clock() - status.clock) if same else now - status.turn
        account = processes.account(status.process.pid) if is_gone is False else None
        file = status_file(state_directory).path
        unwritten = why_unwritten(file, account, disk_is_full=disk_is_full)
    unit = enabled_unit(state_directory)
    return judged(status, passes, unit, now, age, is_gone=is_gone, unwritten=unwritten), status


def _storage_of(status: ServiceStatus | None) -> str:
    address = status.store.address if status and status.store else ""
    return address if address.startswith("postgresql") else "sqlite"


def _remembered(
    opened: Callable[[], AbstractContextManager[Store]],
    configured: Configured | None,
    now: datetime,
    *,
    is_watched: bool,
) -> tuple[Remembered | None, str | None, HelpName]:
    """What is in the database, what is wrong with it, and the name of that.

    A running service checks the database for damage itself.
    """
    found: Remembered | None = None
    try:
        with opened() as store:
            found = _asked(store, configured, now)
            if not is_watched:
                store.check(CHECKED)
            return (
                found,
                store.moved or store.older_copy,
                "database-moved" if store.moved else "database-unusable",
            )
    except StorageError as error:
        return found, str(error), _name_of(error)


def _name_of(error: StorageError) -> HelpName:
    if isinstance(error, FullDisk):
        return "disk-full"
    return "no-database" if isinstance(error, NoDatabase) else "database-unusable"


def _asked(store: Store, configured: Configured | None, now: datetime) -> Remembered:
    facts = remembered(store)
    silent = digests.silent_until(store.silences(now), now)
    counts = store.delivery_counts()
    marks, silences = store.digest_marks(), store.silences(now - PATIENCE)
    causes: list[Cause] = [*failing_channels(store.failing_channels(), now, _PATIENCE)]
    causes += [*broken_templates(facts), *failed_digests(facts)]
    news = news_marks(configured.settings.digests, store, now) if configured else {}
    causes += overdue_digests(configured.settings, news, silences, facts, now) if configured else ()
    keep = configured.settings.articles.keep if configured else None
    outlook = read_outlook(store, facts, keep, now)
    causes += [*disk_filling(outlook), *too_large(outlook)]
    faulty = [*faulty_sources(facts.source_faults, configured.settings)] if configured else []
    causes += [cause for cause in faulty if needs_person(cause)]
    return Remembered(
        outlook=outlook,
        heartbeat=facts.heartbeat.at if facts.heartbeat else None,
        articles_today=store.article_count(now - _DAY),
        news=news,
        marks={name: mark.without(silent).waiting for name, mark in marks.items()},
        sources=sources_found(store, configured, now),
        deliveries_waiting=counts.get(DeliveryState.WAITING, 0) + counts.get(DeliveryState.LEASED, 0),
        deliveries_dead=counts.get(DeliveryState.DEAD, 0),
        stopped_channels=dict(store.stopped_channels()),
        silent=tuple(silent.items()),
        refused=facts.refused.reason if facts.refused else None,
        troubles=tuple(map(trouble_of, causes)),
        noted=tuple(trouble_of(cause).sentence for cause in faulty if not needs_person(cause)),
        archive_only=store.archive_only(now - _DAY),
        hosts=store.hosts(),
        looked_back=tuple(fact for fact in facts.looked_back if now - _DAY <= fact.at <= now),
        too_wide=wide_rules(configured.rules, store, now) if configured else {},
    )
