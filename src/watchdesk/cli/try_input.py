"""What `watchdesk try` is given: a file, an address or standard input. `documents.tried` reads it."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from watchdesk.config.settings import Settings
from watchdesk.documents.tried import Input, Tried, fetched, read_tried, source_of
from watchdesk.errors import UsageError


def read_input(
    what: str, settings: Settings, source_id: str | None, now: datetime, *, steps: bool = False
) -> Sequence[Tried]:
    """At least one article, with its `steps` if they are wanted.

    Raises `UsageError` or `UnreadableInput` with what is wrong.
    """
    is_address = what.startswith(("http://", "https://"))
    given = fetched(what, settings, by_hand=True) if is_address else Input(_read(what), what)
    return read_tried(given, source_of(settings, source_id, given.url), now, steps=steps)


def _read(what: str) -> bytes:
    if what == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(what).read_bytes()
    except OSError as error:
        hint = "; an address begins with https:// or http://" if "." in what else ""
        raise UsageError(f"{what} cannot be read: {error.strerror}{hint}") from None
