"""Many web hosts on loopback, each an address of its own, which note who asked them and when."""

import itertools
import threading
import time
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
    ended: float | None = None


class Sites:
    """`count` sites with `feeds` feeds each. Each feed has another article whenever `publish` is called."""

    def __init__(
        self, server: WebServer, count: int, feeds: int, delay: float, addresses: Sequence[str]
    ) -> None:
        self._server, self._delay = server, delay
        self.visits: list[Visit] = []
        self._lock = threading.Lock()
        self.published: set[str] = set()
        self.busy: dict[str, int] = {}
        """Sites that ask to be left alone: for so many seconds."""
        self.moved: dict[str, str] = {}
        """Sites that lead to another one, from now on."""
        self.editions = 0
        self.sites = list(addresses[:count])
        self.paths = [f"/{number}" for number in range(feeds)]
        for path in self.paths:
            server.respond(path, self._answer)
        self.publish()

    @property
    def feeds(self) -> Mapping[str, str]:
        """Address by source."""
        port = self._server.url().rstrip("/").rpartition(":")[2]
        return {
            f"s{number}-{path[1:]}": f"http://{site}:{port}{path}"
            for number, site in enumerate(self.sites)
            for path in self.paths
        }

    def publish(self) -> None:
        """One more article in each feed."""
        with self._lock:
            self.editions += 1
            self.published |= {_key(s, p, self.editions) for s in self.sites for p in self.paths}

    def serve(self, path: str, body: Callable[[str], bytes], content_type: str) -> None:
        """Answers there as well, by the name of the site that is asked."""

        def answer(request: Request) -> Answer:
            site, written = self._note(request)
            headers = {"Content-Type": content_type}
            return Answer(body(site), headers=headers, delay=self._delay, written=written)

        self._server.respond(path, answer)

    def _note(self, request: Request) -> tuple[str, Callable[[], None]]:
        """The site that is asked; what to call once it has answered."""
        site = request.headers["host"].partition(":")[0]
        who = request.headers["user-agent"].partition("desk-")[2].partition("@")[0]
        with self._lock:
            number = len(self.visits)
            self.visits.append(Visit(site, request.path, who, time.monotonic()))

        def written() -> None:
            with self._lock:
                self.visits[number] = replace(self.visits[number], ended=time.monotonic())

        return site, written

    def _answer(self, request: Request) -> Answer:
        site, written = self._note(request)
        with self._lock:
            keys = [_key(site, request.path, edition + 1) for edition in range(self.editions)]
            busy = self.busy.get(site)
        if site in self.moved:
            port = request.headers["host"].partition(":")[2]
            there = f"http://{self.moved[site]}:{port}{request.path}"
            return Answer(status=302, headers={"Location": there}, written=written)
        if busy:
            return Answer(b"busy", 429, {"Retry-After": str(busy)}, written=written)
        items = [
            item(key, f"NATO spending target {key}", f"NATO and defence spending {key}.") for key in keys
        ]
        headers = {"Content-Type": "application/rss+xml"}
        return Answer(rss(*items), headers=headers, delay=self._delay, written=written)

    def since(self, moment: float) -> list[Visit]:
        """Visits that began after that."""
        with self._lock:
            return [visit for visit in self.visits if visit.began > moment]

    def double_visits(self) -> list[tuple[Visit, Visit]]:
        """Pairs of two hosts' visits of one site at the same time."""
        with self._lock:
            visits = sorted(self.visits, key=lambda visit: (visit.site, visit.began))
        return [
            (first, second)
            for first, second in itertools.pairwise(visits)
            if first.site == second.site
            and first.host != second.host
            # Where nobody was left to take the answer, it had ended all the same.
            and second.began < (first.ended or first.began + self._delay)
        ]


def _key(site: str, path: str, edition: int) -> str:
    return f"{site.rpartition('.')[2]}x{path[1:]}x{edition}"


@contextmanager
def sites(
    count: int, feeds: int, delay: float = 0.05, addresses: Sequence[str] = LOOPBACK
) -> Iterator[Sites]:
    with WebServer("0.0.0.0") as server:
        yield Sites(server, count, feeds, delay, addresses)
