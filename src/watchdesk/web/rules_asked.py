"""What rules say, asked of a process of the playground: the service has its rules without their queries."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from watchdesk.web.asked import Asked, Refusal
from watchdesk.web.playground.messages import Refused, Request
from watchdesk.web.workers import TooBusy

PATIENCE = 10.0
"""Seconds that one waits while others ask."""
EDITED = (
    "The files were edited since they came into force; this is by the rules as they are in the files now."
)
_TURN = threading.BoundedSemaphore(1)
"""One process answers these, one by one, so that searches have the other."""

_T = TypeVar("_T")


class CannotTell(Refusal):
    """What rules say cannot be told now. A page shows the rest, and says why."""

    def __init__(self, why: str) -> None:
        """`why`: in a sentence."""
        super().__init__(503, f"What rules say cannot be told now: {why}.", headers={"retry-after": "5"})


def ask(asked: Asked, request: Request, kind: type[_T]) -> _T:
    """The answer, which is of this kind. Raises `CannotTell`, and `StorageError` without a database."""
    found: object = None
    try:
        with _turn():
            for reply in asked.desk.playground.replies(request):
                found = reply
    except TooBusy as error:
        raise CannotTell(str(error)) from None
    if isinstance(found, Refused):
        raise CannotTell(found.said.rstrip("."))
    assert isinstance(found, kind)
    return found


@contextmanager
def _turn() -> Iterator[None]:
    if not _TURN.acquire(timeout=PATIENCE):
        raise TooBusy("others ask as well")
    try:
        yield
    finally:
        _TURN.release()
