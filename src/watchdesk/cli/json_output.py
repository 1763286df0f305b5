"""Keeps standard output for one JSON document, whatever else prints while the command runs.

A third party's channel may print, and so may programs that it runs. All of that goes to standard error.
"""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import TextIO, cast

import click

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
