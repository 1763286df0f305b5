"""Sends what a third party's code prints to the log, line by line, and keeps it out of a command's output."""

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import Any, TextIO, cast

from watchdesk.encoding.display import one_line, shortened
from watchdesk.logger import get_logger

log = get_logger(__name__)

_MOST_LINES = 20
_LONGEST_LINE = 300
_MOST_UNENDED = 10_000


class _Lines:
    """Collects printed text until a line is complete."""

    def __init__(self, **about: str) -> None:
        self._about = about
        self._begun = ""
        self._printed = 0

    def take(self, text: str) -> None:
        *whole, rest = (self._begun + text).split("\n")
        self._begun = rest[:_MOST_UNENDED]
        for line in whole:
            self._report(line)

    def end(self) -> None:
        self._report(self._begun)
        if self._printed > _MOST_LINES:
            log.info("more was printed and is left out", lines=self._printed - _MOST_LINES, **self._about)

    def _report(self, line: str) -> None:
        if text := shortened(one_line(line[:_MOST_UNENDED]), _LONGEST_LINE):
            self._printed += 1
            if self._printed <= _MOST_LINES:
                log.info("printed", text=text, **self._about)


class _Here(threading.local):
    lines: _Lines | None = None


_here = _Here()
"""For each thread: where its output goes."""


class _Router:
    """Replaces a stream. Output of threads that are not captured passes through."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        if _here.lines is None:
            return self._stream.write(text)
        _here.lines.take(str(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextlib.contextmanager
def captured_to_log(**about: str) -> Iterator[None]:
    """Logs what this thread prints meanwhile, with the fields `about`."""
    _stand_in()
    before, _here.lines = _here.lines, _Lines(**about)
    try:
        yield
    finally:
        lines, _here.lines = _here.lines, before
        lines.end()


def _stand_in() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, _Router):
            setattr(sys, name, cast("TextIO", _Router(stream)))
