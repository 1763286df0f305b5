"""A newsroom that changes while it is read, on a web server that fails in every ordinary way.

It keeps account of what it served: an entry counts from the first answer with status 200 that was
written to its last byte. Entries stay in their feeds, so what a killed reader missed is served again.
"""

import hashlib
import random
import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime

from support.desk import item, rss
from support.web import Answer, Request, WebServer

NATO, AID = "nato-spending", "ukraine-aid"

RULES = """\
rules:
  nato-spending:
    title: NATO spending
    query: NATO
  ukraine-aid:
    title: Ukraine aid
    query: Ukraine
"""

_WORDS = [
    "harbour",
    "council",
    "ledger",
    "minister",
    "border",
    "grain",
    "signal",
    "winter",
    "bridge",
    "fleet",
]
_SAYS = {
    frozenset[str](): "Weather",
    frozenset({NATO}): "NATO",
    frozenset({AID}): "Ukraine",
    frozenset({NATO, AID}): "NATO and Ukraine",
}

Pair = tuple[str, str]
"""A rule and the token of an entry: a match."""


@dataclass(frozen=True)
class Written:
    """An entry; its token stands in its title and in its address, and nowhere else.

    No two tell the same event: they share no word but one for each rule, below the lead, and so few words are
    no reason to join them. Stories that are told in several ways have tests of their own.
    """

    token: str
    rules: frozenset[str]
    published: datetime
    text: str

    @property
    def rss(self) -> str:
        title = f"{' '.join(self.text.split()[:3])} {self.token}"
        text = f"<p>{self.text}</p><p>{_SAYS[self.rules]}</p>"
        link = f"http://example.org/{self.token}"
        return item(self.token, title, text, link, format_datetime(self.published))


@dataclass(frozen=True)
class Moods:
    """How often an answer goes wrong, of one."""

    error: float = 0.06
    throttle: float = 0.02
    stall: float = 0.04
    cut: float = 0.05
    mute: float = 0.03
    slow: float = 0.1
    """A good answer that takes its time."""


CALM = Moods(0, 0, 0, 0, 0, 0)


class Newsroom:
    """Its feeds on `web`; safe to use from many threads."""

    def __init__(self, web: WebServer, rng: random.Random, clock: Callable[[], datetime], feeds: int = 4):
        self._rng = rng
        self._clock = clock
        self._lock = threading.Lock()
        self._feeds: dict[str, list[Written]] = {f"wire{number}": [] for number in range(feeds)}
        self._count = 0
        self.moods = Moods()
        self.served: dict[Pair, datetime] = {}
        """Every match that readers were served, by the first time."""
        self.failures = 0
        # No other desk comes here: one that outlived its own newsroom may ask this port.
        paths = {name: f"/{uuid.uuid4().hex}/{name}" for name in self._feeds}
        for name, path in paths.items():
            web.respond(path, self._responder(name))
        self.urls = {name: web.url(path) for name, path in paths.items()}

    def publish(self, *wanted: Iterable[str]) -> None:
        """An entry, of rules that chance chooses; or as many as are asked for, each of the rules it names."""
        with self._lock:
            for rules in wanted or [self._chosen()]:
                name = self._rng.choice(list(self._feeds))
                self._feeds[name].append(self._write(name, frozenset(rules)))

    def revise(self) -> None:
        """A recent entry says more than it did, and now matches one rule more."""
        with self._lock:
            name = self._rng.choice(list(self._feeds))
            for place in reversed(range(max(0, len(self._feeds[name]) - 10), len(self._feeds[name]))):
                entry = self._feeds[name][place]
                if len(entry.rules) < len((NATO, AID)):
                    more = entry.rules | {AID if NATO in entry.rules else NATO}
                    self._feeds[name][place] = replace(entry, rules=more, text=entry.text + " And more.")
                    return

    @property
    def published(self) -> set[Pair]:
        """Every match there is to find."""
        with self._lock:
            return {(rule, e.token) for entries in self._feeds.values() for e in entries for rule in e.rules}

    def _chosen(self) -> frozenset[str]:
        return self._rng.choice([*_SAYS, frozenset({NATO}), frozenset({NATO})])

    def _write(self, name: str, rules: frozenset[str]) -> Written:
        self._count += 1
        text = " ".join(f"{word}{self._count}" for word in self._rng.choices(_WORDS, k=30))
        return Written(f"{name}n{self._count:05}x", rules, self._clock(), text)

    def _responder(self, name: str) -> Callable[[Request], Answer]:
        def respond(request: Request) -> Answer:
            with self._lock:
                entries = list(self._feeds[name])
                chance, at = self._rng.random(), self._rng.random()
            body = rss(*(entry.rss for entry in reversed(entries)))
            tag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
            headers = {"Content-Type": "application/rss+xml", "ETag": tag}
            if (trouble := self._trouble(body, headers, chance, at)) is not None:
                self.failures += 1
                return trouble
            if request.headers.get("if-none-match") == tag:
                return Answer(status=304, headers=headers)
            delay = at if chance > 1 - self.moods.slow else 0
            return Answer(body, headers=headers, delay=delay, written=lambda: self._account(entries))

        return respond

    def _trouble(self, body: bytes, headers: dict[str, str], chance: float, at: float) -> Answer | None:
        moods = self.moods
        for share, answer in (
            (moods.error, Answer(b"something is broken", 500)),
            (moods.throttle, Answer(b"later", 503, {"Retry-After": "1"})),
            (moods.stall, Answer(b"at last, and for nothing", 500, delay=0.2 + at)),
            (moods.cut, Answer(body, headers=headers, cut=int(len(body) * at))),
            (moods.mute, Answer(mute=True)),
        ):
            chance -= share
            if chance < 0:
                return answer
        return None

    def _account(self, entries: list[Written]) -> None:
        with self._lock:
            for entry in entries:
                for rule in entry.rules:
                    self.served.setdefault((rule, entry.token), self._clock())
