"""What rules say, asked of a process of the playground: the service has its rules without their queries."""

import time
from typing import TypeVar

from watchdesk.web.asked import Asked, Refusal
from watchdesk.web.playground.messages import Refused, Request
from watchdesk.web.playground.seats import LONGEST
from watchdesk.web.workers import TooBusy

EDITED = (
    "The files were edited since they came into force; this is by the rules as they are in the files now."
)

PAGE_PATIENCE = 10.0
"""Seconds after a page was asked for in which rules have to answer: it shows then what is stored, before
its own time is up (`workers.PATIENCE`)."""
LEAST = 0.1
"""Seconds that they have in any case."""
MEND_FILES = (
    "Whoever keeps the desk's files has to mend them first; `watchdesk check` says what is wrong in them."
)

_T = TypeVar("_T")


class CannotTell(Refusal):
    """What rules say cannot be told now. A page shows the rest, and says why."""

    def __init__(self, why: str, *, of_files: bool = False) -> None:
        """`why`: in a sentence; `of_files`: whether the files of the desk have to be mended first."""
        said, to_do = f"What rules say cannot be told now: {why}.", MEND_FILES if of_files else None
        super().__init__(503, said, to_do=to_do, headers={"retry-after": "5"})
        self.of_files = of_files


def ask_for_page(asked: Asked, request: Request, kind: type[_T]) -> _T:
    """As `ask`, and in time for the page to show the rest."""
    left = asked.began + PAGE_PATIENCE - time.monotonic()
    return ask(asked, request, kind, max(left, LEAST))


def ask(asked: Asked, request: Request, kind: type[_T], longest: float = LONGEST) -> _T:
    """The answer, which is of this kind. Raises `CannotTell`, and `StorageError` without a database.

    `longest`: seconds.
    """
    ends = time.monotonic() + longest
    found: object = None
    try:
        with asked.desk.rule_turns.taken(longest):
            left = max(ends - time.monotonic(), LEAST)
            for reply in asked.desk.playground.replies(request, asked.gone, left):
                found = reply
    except TooBusy as error:
        raise CannotTell(str(error)) from None
    if isinstance(found, Refused):
        raise CannotTell(found.said.rstrip("."), of_files=found.of_files)
    if found is None:
        raise CannotTell("nobody waits for the answer any more")
    assert isinstance(found, kind)
    return found
