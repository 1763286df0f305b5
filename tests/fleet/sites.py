"""Many web hosts, each an address or a name of its own, which note who asked them and when."""

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from support.desk import item, rss
from support.web import Answer, Request, WebServer

LOOPBACK = [f"127.0.1.{number + 1}" for number in range(100)]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, by `time.monotonic`."""

    site: str
    path: str
    host: str
    """Which desk asked: its contact."""
    began: float
    ended: float
    """When it was answered; until then, and where nobody was left to take the answer, when it is to be."""
    retry_after: int | None = None
    """Seconds for which the site asked to be left alone."""


class Sites:
    """`count` sites with `feeds` feeds each. A feed has another article when `publish` chooses it.

    `delay`: seconds that an answer takes, or what says so of each.
    """

    def __init__(
        self,
        server: WebServer,
        count: int,
        feeds: int,
        delay: float | Callable[[], float],
        addresses: Sequence[str],
    ) -> None:
        self._server = server
        self._delay = delay if callable(delay) else lambda: delay
        self.visits: list[Visit] = []
        self._lock = threading.Lock()
        self.published: set[str] = set()
        self.busy: dict[str, int] = {}
        """Sites that ask to be left alone: for so many seconds."""
        self._once: dict[str, int] = {}
        self.moved: dict[str, str] = {}
        """Sites that lead to another one, from now on."""
        self.editions: Counter[tuple[str, str]] = Counter()
        """How many articles each feed has had."""
        self.sites = list(addresses[:count])
        self.paths = [f"/{number}" for number in range(feeds)]
        self._numbers = {site: number for number, site in enumerate(self.sites)}
        for path in self.paths:
            server.respond(path, self._answer)
        self.publish()

    @property
    def feeds(self) -> Mapping[str, str]:
        """Address by source."""
        return {
            f"s{number}-{path[1:]}": f"http://{site}:{self._port}{path}"
            for number, site in enumerate(self.sites)
            for path in self.paths
        }

    @property
    def _port(self) -> str:
        return self._server.url().rstrip("/").rpartition(":")[2]

    def publish(self, feeds: int | None = None) -> None:
        """One more article in each feed, or in so many of them, by chance."""
        every = [(site, path) for site in self.sites for path in self.paths]
        with self._lock:
            for feed in every if feeds is None else random.sample(every, feeds):
                self.editions[feed] += 1
                self.published.add(self._key(*feed, self.editions[feed]))

    def ask_once(self, site: str, seconds: int) -> None:
        """Whoever comes next is asked to leave it alone for so long."""
        with self._lock:
            self._once[site] = seconds

    def at(self, address: str, path: str, responder: Callable[[Request], Answer]) -> str:
        """An address at which something else answers."""
        self._server.respond(path, responder)
        return f"http://{address}:{self._port}{path}"

    def source(self, visit: Visit) -> str:
        """The id of what was asked for."""
        return f"s{self._numbers[visit.site]}-{visit.path[1:]}"

    def _key(self, site: str, path: str, edition: int) -> str:
        return f"{self._numbers[site]}x{path[1:]}x{edition}"

    def serve(self, path: str, body: Callable[[str], bytes], content_type: str) -> None:
        """Answers there as well, by the name of the site that is asked."""

        def answer(request: Request) -> Answer:
            visit, written = self._note(request)
            headers = {"Content-Type": content_type}
            return Answer(body(visit.site), headers=headers, delay=self._delay(), written=written)

        self._server.respond(path, answer)

    def _note(self, request: Request) -> tuple[Visit, Callable[[], None]]:
        """The visit, as it is to be; what to call once it is over."""
        site = request.headers["host"].partition(":")[0]
        who = request.headers["user-agent"].partition("desk-")[2].partition("@")[0]
        began, delay = time.monotonic(), self._delay()
        with self._lock:
            busy = self.busy.get(site)
            if request.path in self.paths:
                busy = busy or self._once.pop(site, None)
            visit = Visit(site, request.path, who, began, began if busy else began + delay, busy)
            number = len(self.visits)
            self.visits.append(visit)

        def written() -> None:
            with self._lock:
                self.visits[number] = replace(visit, ended=time.monotonic())

        return visit, written

    def _answer(self, request: Request) -> Answer:
        visit, written = self._note(request)
        site, delay = visit.site, visit.ended - visit.began
        if site in self.moved:
            port = request.headers["host"].partition(":")[2]
            there = f"http://{self.moved[site]}:{port}{request.path}"
            return Answer(status=302, headers={"Location": there}, written=written)
        if visit.retry_after:
            return Answer(b"busy", 429, {"Retry-After": str(visit.retry_after)}, written=written)
        with self._lock:
            edition = self.editions[site, request.path]
        headers = {"Content-Type": "application/rss+xml", "ETag": f'"{edition}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Answer(status=304, headers=headers, delay=delay, written=written)
        items = [_item(self._key(site, request.path, number + 1)) for number in range(edition)]
        return Answer(rss(*items), headers=headers, delay=delay, written=written)

    def since(self, moment: float) -> list[Visit]:
        """Visits that began after that."""
        with self._lock:
            return [visit for visit in self.visits if visit.began > moment]

    def by_site(self) -> Mapping[str, Sequence[Visit]]:
        """Visits of each, by when they began."""
        found: dict[str, list[Visit]] = defaultdict(list)
        with self._lock:
            for visit in sorted(self.visits, key=lambda visit: visit.began):
                found[visit.site].append(visit)
        return found

    def double_visits(self) -> list[tuple[Visit, Visit]]:
        """Pairs of two hosts' visits of one site at the same time."""
        return [
            (first, second)
            for visits in self.by_site().values()
            for number, second in enumerate(visits)
            for first in visits[max(0, number - 20) : number]
            if first.host != second.host and second.began < first.ended
        ]


def _item(key: str) -> str:
    """An article of an event of its own: it shares no word with others but those of a rule."""
    words = " ".join(f"{word}{key}" for word in ("harbour", "council", "ledger", "minister", "grain") * 4)
    return item(key, f"harbour{key} council{key} {key}", f"{words} NATO and defence spending.")


@contextmanager
def sites(
    count: int,
    feeds: int,
    delay: float | Callable[[], float] = 0.05,
    addresses: Sequence[str] = LOOPBACK,
) -> Iterator[Sites]:
    with WebServer("0.0.0.0") as server:
        yield Sites(server, count, feeds, delay, addresses)
