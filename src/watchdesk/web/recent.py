"""Answers of a moment ago: who sees the same and asks for it again is given it before any work is done."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from watchdesk.web.access.visitors import Visitor
from watchdesk.web.answers_kept import AnswersKept

if TYPE_CHECKING:  # the service starts without
    from starlette.datastructures import Headers
    from starlette.responses import Response
    from starlette.types import Scope, Send

FRESH = 1.0
"""Seconds for which an answer is given, at least. `figures.js` waits for longer than that and the figures of
a page together are old."""
LONGEST = 3.0
"""The same at most, where it is dear to make and no script renews it."""
_SPARED = 30
"""Times as long as it took to make: on a slow or busy machine, too, polls and deliveries lose to each page
that is loaded again and again no more than a thirtieth of a processor."""
MOST = 32
"""Answers that are kept."""
LARGEST = 500_000
"""Bytes of one that is kept."""
_VISITOR = "watchdesk.visitor"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was sent, with all its headers."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    async def send(self, send: "Send") -> None:
        """Sends it again."""
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


class Recent:
    """Answers by who asked for what. Safe to use from many threads.

    Where something was changed, a new one takes its place: a page that was begun before is kept in the
    old one.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._answers: AnswersKept[Given] = AnswersKept(clock, MOST)

    def get(self, seen: Hashable, of: object) -> Given | None:
        """The answer, if it was made a moment ago. `of`: what it was made from, such as the configuration."""
        known = self._answers.known(seen, of)
        return known.value if known else None

    def keep(self, seen: Hashable, of: object, answer: "Response", took: float = 0.0) -> None:
        """Gives it for a moment from now on, unless it is large, or is an error or a way elsewhere.

        `took`: seconds that it took to make; 0 for what scripts renew.
        """
        if answer.status_code == 200 and len(answer.body) <= LARGEST:
            given = Given(tuple(answer.raw_headers), bytes(answer.body))
            with self._lock:
                self._answers.keep(seen, of, given, max(FRESH, min(_SPARED * took, LONGEST)))


def seen_by(scope: "Scope", headers: "Headers", visitor: Visitor, cookie: str | None) -> Hashable:
    """All by which answers differ that were made at one moment. `cookie`: that of forms."""
    host, known = headers.get("host"), headers.get("if-none-match")
    return scope["path"], scope["query_string"], host, known, visitor, cookie


def note_visitor(scope: "Scope", visitor: Visitor) -> None:
    """Who asks, for whoever answers."""
    scope[_VISITOR] = visitor


def noted_visitor(scope: "Scope") -> Visitor | None:
    """Who asks, where that was noted."""
    visitor: Visitor | None = scope.get(_VISITOR)
    return visitor
