"""Asks for a reload when what stands in the files is not what was read of them, and they have come to rest.

The system tells of changes as they happen (inotify, by watchfiles). Where it cannot, and for changes that it
does not tell of, as on a network's disk, the files are looked at from time to time.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from watchdesk.errors import ConfigurationError
from watchdesk.logger import get_logger
from watchdesk.service.watching.contents import (
    Fingerprints,
    Stats,
    files_of,
    fingerprints,
    folders_of,
    is_there,
    stats,
)
from watchdesk.service.watching.folders import folders_to_watch

log = get_logger(__name__)

_PATIENCE = 1.0
"""Seconds for the thread to end: a disk that does not answer must not hold up the service's end."""
_Folders = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of everything that takes time."""

    quiet: float = 1.0
    """The files are read once nothing of them has changed for so long."""
    absent: float = 10.0
    """The same where the directory or its settings are gone: whoever replaces them is given time."""
    longest: float = 60.0
    """After which they are read even if something always changes."""
    sweep: float = 30.0
    """Between two looks while the system tells of changes."""
    poll: float = 2.0
    """Between two looks where it cannot."""
    step: float = 0.25
    """Between two looks at what the system has told, which are all that watching costs."""
    turn: float = 1.0
    """Without news after which it is seen whether a sweep is due."""


@dataclass
class Reading:
    """A reading of the files."""

    files: Fingerprints | None = None
    """What was found in them; None until then."""


class FileWatch:
    """One thread, which costs nearly nothing while nothing changes."""

    def __init__(self, directory: Path, ask: Callable[[], object], pace: Pace | None = None) -> None:
        """`ask`: requests a reload."""
        self._directory = directory
        self._ask = ask
        self._pace = pace or Pace()
        self._lock = threading.Lock()
        self._read: Fingerprints = {}
        self._others: frozenset[Path] = frozenset()
        self._notices = self._is_busy = self._is_closed = False
        self._wake = threading.Event()
        self._looked: Stats = {}
        self._can_listen = True
        self._thread: threading.Thread | None = None

    def close(self) -> None:
        """Notices nothing any more."""
        self._is_closed = True
        self._wake.set()
        if self._thread:
            self._thread.join(_PATIENCE)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Around a reading of the files: what changes meanwhile is noticed after it.

        Of a reading that fails, the files are those of its `ConfigurationError`.
        """
        with self._lock:
            self._is_busy = True
            others = self._others
        before = fingerprints(self._directory, others)
        reading = Reading()
        try:
            yield reading
        except ConfigurationError as error:
            reading.files = {**before, **(reading.files or {}), **error.files}
            raise
        finally:
            self._was_read(reading, before)

    def _was_read(self, reading: Reading, before: Fingerprints) -> None:
        """A file that was not read, because others were wrong, counts as it was before."""
        own = set(files_of(self._directory, ()))
        with self._lock:
            self._read = before if reading.files is None else reading.files
            self._others = frozenset(path for path in reading.files or before if path not in own)
            self._is_busy = False
        self._wake.set()

    def notice(self, *, edits: bool) -> None:
        """Whether to notice edits from now on."""
        with self._lock:
            self._notices = edits
            if edits and self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._run, name="watch the files", daemon=True)
                self._thread.start()
        self._wake.set()

    def _run(self) -> None:
        while not self._is_closed:
            try:
                self._turn()
            except Exception as error:
                log.error("the files could not be looked at; it is tried again", why=str(error))
                log.debug("looking at the files failed", exc_info=error)
                self._wake.clear()
                if not self._is_closed:
                    self._wake.wait(self._pace.sweep)

    def _turn(self) -> None:
        """Until the files have been read, or other folders are to be watched."""
        if self._notices:
            for _ in self._events():
                if self._wake.is_set() or not self._notices:
                    break
                self._look()
        else:
            self._wake.wait()
        if self._wake.is_set() and not self._is_closed:
            self._wake.clear()
            if self._notices:
                self._look(even_so=True)

    def _look(self, *, even_so: bool = False) -> None:
        """Looks whether anything may have changed, and waits until it rests. `even_so`: compares anyway."""
        found = stats(self._directory, self._others)
        if found != self._looked or even_so:
            self._looked = self._rested(found)
            self._compare()

    def _rested(self, found: Stats) -> Stats:
        began = since = time.monotonic()
        if found == self._looked:
            return found
        while (now := time.monotonic()) - began < self._pace.longest and not self._is_closed:
            if now - since >= (self._pace.quiet if is_there(self._directory) else self._pace.absent):
                break
            time.sleep(self._pace.quiet / 4)
            later = stats(self._directory, self._others)
            if later != found:
                found, since = later, time.monotonic()
        return found

    def _compare(self) -> None:
        with self._lock:
            if self._is_busy or self._is_closed:  # it is compared after that reading
                return
            self._is_busy = fingerprints(self._directory, self._others) != self._read
            if not self._is_busy:
                return
        log.debug("the files of the configuration have changed")  # what came of it is said
        self._ask()

    def _folders(self) -> _Folders:
        files = files_of(self._directory, self._others)
        return folders_to_watch(files, folders_of(self._directory))

    def _events(self) -> Iterator[None]:
        """Comes round when the files are to be looked at; ends where other folders are to be watched."""
        folders = self._folders()
        yield  # what changed before they were watched
        try:
            if self._can_listen and folders:
                yield from self._told(folders)
                return
        except FileNotFoundError:  # a folder that is gone again
            return
        except (OSError, RuntimeError) as error:
            self._can_listen = False
            log.warning(
                "the system cannot tell of changed files; they are looked at from time to time",
                seconds=self._pace.poll,
                why=str(error),
            )
        while not self._wake.wait(self._pace.poll):
            yield

    def _told(self, folders: _Folders) -> Iterator[None]:
        """As the system tells. Raises `OSError` or `RuntimeError` where it cannot."""
        from watchfiles import watch  # noqa: PLC0415 - only a service that notices edits needs it

        told = watch(
            *folders,
            watch_filter=None,
            debounce=round(1000 * self._pace.quiet),
            step=round(1000 * self._pace.step),
            stop_event=self._wake,
            rust_timeout=round(1000 * self._pace.turn),
            yield_on_timeout=True,
            recursive=False,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        swept = -self._pace.sweep  # what changed while it began to listen
        with closing(told):
            for changes in told:
                if not changes and time.monotonic() - swept < self._pace.sweep:
                    continue
                swept = time.monotonic()
                yield
                if self._folders() != folders or any(path in folders for _, path in changes):
                    return
