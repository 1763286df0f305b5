"""Serves the page beside the service, in a thread with an event loop of its own.

Starlette and uvicorn are loaded in that thread, once the service runs: its start waits for neither. An
address that cannot be listened on stops nothing; it is tried again each minute.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from watchdesk.app import reading_store, store_beside
from watchdesk.config.link_key import LinkKey, LinkKeyUnusable
from watchdesk.config.secrets import Secret, SecretMissing
from watchdesk.config.web import WebSettings
from watchdesk.logger import get_logger
from watchdesk.plan import Configured
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.liveness.status import PageStatus
from watchdesk.service.poll_workers.fork_server import ForkServer
from watchdesk.web.desk import DeskView
from watchdesk.web.stores import OwnStore

if TYPE_CHECKING:
    from watchdesk.web.server import PageServer

log = get_logger(__name__)

AGAIN = 60.0
"""Seconds after which an address that could not be listened on is tried again."""
TOKEN_AGAIN = 30.0
"""Seconds after which it is looked whether the token can still be read."""
THREADS = 8
"""Requests that are worked on at once; each has at most one connection to the database."""
_ENDING = 4.0
"""Seconds that a stop waits for the thread."""
_BACKLOG = 64


class PageCompanion:
    """`service.companion.Companion`."""

    def __init__(self, liveness: Liveness, state_directory: Path, clock: Callable[[], datetime]) -> None:
        self._liveness = liveness
        self._state_directory = state_directory
        self._clock = clock
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._stopped = False
        self._desk: DeskView | None = None
        self._thread: threading.Thread | None = None
        self._server: PageServer | None = None

    def start(self, configured: Configured, fork_server: ForkServer | None = None) -> None:
        """See `Companion.start`."""
        with self._lock:
            if self._stopped or self._thread:
                begun = True
            else:
                begun = False
                reading = reading_store(configured, self._state_directory, THREADS)
                writing = store_beside(configured, self._state_directory)
                self._desk = DeskView(
                    configured,
                    OwnStore(reading),
                    OwnStore(writing),
                    self._state_directory,
                    self._clock,
                    lambda: self._liveness.status,
                    fork_server,
                )
                self._thread = threading.Thread(
                    target=self._run, args=(self._desk,), name="page", daemon=True
                )
                self._thread.start()
        if begun:
            self.follow(configured, fork_server)

    def follow(self, configured: Configured, fork_server: ForkServer | None = None) -> None:
        """See `Companion.follow`."""
        with self._lock:
            if self._desk is None:
                return
            before = self._desk.configured.settings.web
            self._desk.follow(configured, fork_server)
            if self._server and before.address != configured.settings.web.address:
                self._server.leave()
        self._changed.set()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """See `Companion.paused`."""
        desk = self._desk
        if desk is None:
            yield
            return
        with desk.paused():
            yield

    def stop(self) -> None:
        """See `Companion.stop`."""
        with self._lock:
            self._stopped = True
            if self._server:
                self._server.leave()
        self._changed.set()
        if self._thread:
            self._thread.join(_ENDING)
        if self._desk:
            self._desk.close()

    def _run(self, desk: DeskView) -> None:
        said: str | None = None
        while not self._stopped:
            self._changed.clear()
            web = desk.configured.settings.web
            if web.address is None:
                self._liveness.page(None)
                self._changed.wait()
                continue
            try:
                self._serve(desk, web, listening(web))
                said = None
            except Exception as error:
                trouble = reason_of(error, web)
                if trouble != said:
                    log.warning("there is no page; it is tried again each minute", why=trouble)
                    log.debug("the page could not be served", exc_info=error)
                said = trouble
                self._liveness.page(PageStatus(f"http://{web.listen}/", trouble, self._clock()))
                self._changed.wait(AGAIN)

    def _serve(self, desk: DeskView, web: WebSettings, listener: socket.socket) -> None:
        """Until the page is to be elsewhere, or the service stops."""
        with listener:
            from watchdesk.web.server import PageServer  # noqa: PLC0415 - see above

            server = PageServer(desk, self._liveness.measurements, THREADS)
            with self._lock:
                if self._stopped or desk.configured.settings.web.address != web.address:
                    return
                self._server = server
            address = address_of(listener)
            self._liveness.page(self._status(desk, address))
            log.info("the page can be looked at", address=address)
            ended = threading.Event()
            threading.Thread(
                target=self._watch_token, args=(desk, address, ended), name="page token", daemon=True
            ).start()
            try:
                server.serve(listener)
            finally:
                ended.set()
                with self._lock:
                    self._server = None

    def _watch_token(self, desk: DeskView, address: str, ended: threading.Event) -> None:
        """Tells while the page is served whether people can sign in; also where nobody tries to."""
        while not ended.wait(TOKEN_AGAIN):
            self._liveness.page(self._status(desk, address))

    def _status(self, desk: DeskView, address: str) -> PageStatus:
        web = desk.configured.settings.web
        return PageStatus(address, locked=why_locked(web), unsigned=why_unsigned(web, self._state_directory))


def why_locked(web: WebSettings) -> str | None:
    """Why nobody can sign in; None: people can, or need not. A program is not run for it."""
    if not isinstance(web.token, Secret):
        return None
    try:
        if web.token.kind == "command":
            web.token.look()
        else:
            web.token.reveal()
    except SecretMissing as missing:
        return str(missing)
    return None


def why_unsigned(web: WebSettings, state_directory: Path) -> str | None:
    """Why no link can be signed; None: links can be, or there are none."""
    if not (web.public or web.takes_token):
        return None
    try:
        LinkKey(state_directory).known()
    except LinkKeyUnusable as unusable:
        return str(unusable)
    return None


def listening(web: WebSettings) -> socket.socket:
    """A socket that listens at the configured address. Raises `OSError`."""
    assert web.address is not None
    host, port = web.address
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and host != "::":
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def address_of(listener: socket.socket) -> str:
    """Where a browser on this machine finds it."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def reason_of(error: Exception, web: WebSettings) -> str:
    """What is in the way, and what to do."""
    if isinstance(error, OSError):
        what = (error.strerror or str(error)).lower()
        return f"{web.listen} cannot be listened on: {what}; free it, or choose another as web: listen"
    return f"{type(error).__name__}: {error}"
