"""What robots.txt says about a page (RFC 9309): whether a machine may read it, and how slowly.

The only home of protego. The rules of each origin are kept for a day, within a bound.
"""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never
from urllib.parse import urlsplit

from protego import Protego

from watchdesk.model import (
    Failed,
    Fetched,
    FetchOutcome,
    Gone,
    Held,
    NotModified,
    Source,
    Throttled,
    without_body,
)
from watchdesk.sources.web.agent import PRODUCT
from watchdesk.sources.web.client import Forbidden, Permit
from watchdesk.sources.web.locations import Origin, origin_of

WANTED = 500_000
"""Bytes of a robots.txt that are read; the rest is ignored (RFC 9309 §2.5)."""
MOST_REDIRECTS = 5
"""After more redirects there is no such file (RFC 9309 §2.3.1.2)."""
KEPT_FOR = timedelta(hours=24)
"""RFC 9309 §2.4."""
ASKED_AGAIN = timedelta(minutes=30)
"""How soon a file is requested again that could not be read."""
LONGEST_DELAY = 30.0
"""Seconds of a Crawl-delay that are obeyed."""
MOST_ORIGINS = 1000
MOST_TEXT = 1_000_000
"""Characters of all files whose rules are kept; the rules take about twenty times as much memory."""

_AGENT_LINE = re.compile(r"[ \t]*user[ -]?agent\b[ \t]*:?[ \t]*(?P<token>\*|[a-z_-]*).*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Rules:
    until: float
    refusal: str | None = None
    """Why no page may be read: the file could not be read."""
    protego: Protego | None = None
    """None: everything is allowed."""
    size: int = 0
    """Characters."""


class Robots:
    """Safe to use from many threads. `read` fetches a robots.txt for a source; `ticks` counts seconds."""

    def __init__(
        self, read: Callable[[str, Source], FetchOutcome], ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._ticks = ticks
        self._lock = threading.Lock()
        self._kept: OrderedDict[Origin, _Rules] = OrderedDict()
        self._reading: dict[Origin, threading.Lock] = {}

    def permit(self, url: str, source: Source) -> Permit:
        """What the site of this web address says about it; fetches its robots.txt if need be."""
        rules = self._rules(url, source)
        if rules.refusal or rules.protego is None:
            return Permit(rules.refusal)
        if not rules.protego.can_fetch(url, PRODUCT):
            return Permit(f"robots.txt of {urlsplit(url).netloc} asks not to read this page", lasting=True)
        return Permit(crawl_delay=_delay(rules.protego.crawl_delay(PRODUCT)))

    def _rules(self, url: str, source: Source) -> _Rules:
        origin = origin_of(url)
        with self._lock:
            if kept := self._current(origin):
                return kept
            reading = self._reading.setdefault(origin, threading.Lock())
        with reading:
            with self._lock:
                if kept := self._current(origin):
                    return kept
            rules = self._read_rules(url, source)
            with self._lock:
                self._keep(origin, rules)
                self._reading.pop(origin, None)
            return rules

    def _read_rules(self, url: str, source: Source) -> _Rules:
        parts = urlsplit(url)
        now = self._ticks()
        day = now + KEPT_FOR.total_seconds()
        match self._read(f"{parts.scheme}://{parts.netloc}/robots.txt", source):
            case Fetched(body=body):
                text = _for_us(body)
                return _Rules(day, protego=Protego.parse(text), size=len(text))
            case Held():
                return _Rules(now)  # the page's own request will say that the host is backing off
            case Forbidden(reason=reason):
                return _Rules(now, refusal=reason)  # the page itself is where nothing is asked
            case (Failed(status=None) | Throttled()) as trouble:
                return _unread(parts.netloc, trouble, now)
            case Failed(status=status) as trouble if status and status >= 500:
                return _unread(parts.netloc, trouble, now)
            case NotModified() | Gone() | Failed():
                return _Rules(day)  # there is none (RFC 9309 §2.3.1.3)
            case unknown:
                assert_never(unknown)

    def _current(self, origin: Origin) -> _Rules | None:
        kept = self._kept.get(origin)
        if kept is None or kept.until <= self._ticks():
            return None
        self._kept.move_to_end(origin)
        return kept

    def _keep(self, origin: Origin, rules: _Rules) -> None:
        self._kept[origin] = rules
        self._kept.move_to_end(origin)
        text = sum(kept.size for kept in self._kept.values())
        while len(self._kept) > MOST_ORIGINS or (text > MOST_TEXT and len(self._kept) > 1):
            text -= self._kept.popitem(last=False)[1].size


def _unread(site: str, outcome: Failed | Throttled, now: float) -> _Rules:
    """RFC 9309 §2.3.1.4: while a site cannot say what it allows, nothing is."""
    said = (
        f"robots.txt of {site} could not be read, so this page is not read for now: {without_body(outcome)}"
    )
    return _Rules(now + ASKED_AGAIN.total_seconds(), refusal=said)


def _for_us(body: bytes) -> str:
    """The text with all other agents under one name, so that no file takes long to read: protego's work is
    the number of names times the number of rules. Our name must match whole (RFC 9309 §2.2.1).
    """
    whole = body if len(body) <= WANTED else body[: body.rfind(b"\n", 0, WANTED) + 1]
    return "\n".join(_line_for_us(line) for line in whole.decode("utf-8-sig", "replace").splitlines())


def _line_for_us(line: str) -> str:
    agent = _AGENT_LINE.fullmatch(line)
    if agent is None:
        return line
    token = agent["token"].lower()
    return f"User-agent: {token if token in ('*', PRODUCT) else 'other'}"


def _delay(seconds: float | None) -> float:
    """The Crawl-delay to obey; the written one may be anything that `float` reads."""
    return min(seconds, LONGEST_DELAY) if seconds is not None and seconds > 0 else 0.0
