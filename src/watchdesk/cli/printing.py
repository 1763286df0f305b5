"""Prints texts as rich does, and without it where it would change nothing: loading it takes a while.

A terminal is always rich's. Elsewhere it has no say in a text that fits its line and has neither markup nor
the name of an emoji.
"""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH = 80
_STDIN, _STDOUT, _STDERR = 0, 1, 2


class Printer:
    """One output stream, for texts; `rich` is the same stream for tables and the like."""

    def __init__(self, *, stderr: bool = False) -> None:
        self._is_stderr = stderr

    @cached_property
    def rich(self) -> "Console":
        """Colour only on a terminal; rich obeys NO_COLOR."""
        from rich.console import Console  # noqa: PLC0415 - heavy, and no JSON document needs it

        return Console(stderr=self._is_stderr, highlight=False, soft_wrap=False)

    @cached_property
    def is_terminal(self) -> bool:
        """Whether rich takes the stream for a terminal, which the environment may ask for."""
        if any(name in os.environ for name in ("FORCE_COLOR", "TTY_COMPATIBLE")):
            return self.rich.is_terminal
        return self._stream is not None and self._stream.isatty() and self.rich.is_terminal

    def print(
        self, text: str, *, style: str | None = None, markup: bool = True, soft_wrap: bool = False
    ) -> None:
        """Prints a text and ends the line; the arguments are those of rich."""
        plain = not self.is_terminal and _is_plain(text, markup=markup) and (soft_wrap or _fits(text))
        stream = self._stream
        if plain and stream is not None:
            stream.write(f"{text}\n")
            stream.flush()
        else:
            self.rich.print(text, style=style, markup=markup, soft_wrap=soft_wrap)

    def write_lines(self, lines: Iterable[str]) -> None:
        """Writes lines as they are, each as it comes: for those that rich would not change."""
        stream = self._stream
        if stream is not None:
            stream.writelines(f"{line}\n" for line in lines)
            stream.flush()

    @property
    def _stream(self) -> TextIO | None:
        """None if it was closed before this program began."""
        return sys.stderr if self._is_stderr else sys.stdout


def _is_plain(text: str, *, markup: bool) -> bool:
    """Whether rich prints it as it is written, apart from breaking its lines."""
    may_be_markup = markup and "[" in text
    return not may_be_markup and not _may_name_emoji(text) and text.replace("\n", "").isprintable()


def _may_name_emoji(text: str) -> bool:
    """Whether a word has two colons, as in `:eyes:`."""
    return text.count(":") > 1 and any(word.count(":") > 1 for word in text.split())


def _fits(text: str) -> bool:
    return text.isascii() and max(map(len, text.split("\n"))) <= width()


def width() -> int:
    """The width that rich goes by: that of any stream which is a terminal."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit():
        return int(columns)
    for stream in (_STDIN, _STDOUT, _STDERR):
        with suppress(OSError):
            return os.get_terminal_size(stream).columns or _WIDTH
    return _WIDTH
