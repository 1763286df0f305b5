"""Keeps standard output for one JSON document, whatever else prints while the command runs.

A third party's channel may print, and so may programs that it runs. All of that goes to standard error.
"""

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from textwrap import indent
from typing import Self, TextIO, cast

import click

from watchdesk.cli.screens import speaks_unicode
from watchdesk.errors import WatchdeskError

_KEY = "watchdesk.json_stream"
_STDOUT, _STDERR = 1, 2


def json_stream() -> TextIO:
    """The stream for the command's document."""
    context = click.get_current_context(silent=True)
    return cast("TextIO", context.meta.get(_KEY, sys.stdout)) if context else sys.stdout


def keep_stdout(context: click.Context) -> None:
    """Until the command ends, standard output takes only what is written to `json_stream`."""
    if _KEY not in context.meta:
        context.meta[_KEY] = context.with_resource(_kept())


def as_json(document: object) -> str:
    """Indented, in UTF-8; with escapes if the stream of the document has another encoding."""
    return json.dumps(document, ensure_ascii=not speaks_unicode(json_stream()), indent=2)


class JsonList:
    """One document, `{"NAME": […]}`, whose rows are written as they come.

    It is whole once it is left, also by an error: then it has the rows that came before. Ctrl-C leaves it as
    it is.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows = 0

    def __enter__(self) -> Self:
        self._write(f'{{\n  "{self._name}": [')
        return self

    def add(self, row: object) -> None:
        """Writes a row."""
        self._write(f"{',' if self._rows else ''}\n{indent(as_json(row), '    ')}")
        self._rows += 1

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None or isinstance(error, WatchdeskError):
            self._write("\n  ]\n}\n" if self._rows else "]\n}\n")

    @staticmethod
    def _write(text: str) -> None:
        click.echo(text, file=json_stream(), nl=False)


@contextlib.contextmanager
def _kept() -> Iterator[TextIO]:
    before = sys.stdout
    with contextlib.ExitStack() as undo:
        sys.stdout = sys.stderr
        undo.callback(setattr, sys, "stdout", before)
        yield undo.enter_context(_moved(before))


@contextlib.contextmanager
def _moved(stream: TextIO) -> Iterator[TextIO]:
    """The stream at another descriptor; writes to its old descriptor go to standard error."""
    try:
        is_ours = stream.fileno() == _STDOUT
    except (OSError, ValueError):
        is_ours = False
    if not is_ours:  # it was replaced by a stream that no other program can reach
        yield stream
        stream.flush()
        return
    stream.flush()
    kept = os.dup(_STDOUT)
    document = io.TextIOWrapper(os.fdopen(kept, "wb"), encoding=stream.encoding, errors=stream.errors)
    os.dup2(_STDERR, _STDOUT)
    try:
        yield document
        document.flush()
    finally:
        os.dup2(kept, _STDOUT)
        with contextlib.suppress(BrokenPipeError):  # the flush has raised it already
            document.close()
