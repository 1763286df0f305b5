"""Standard output for one JSON document alone, whatever else prints while the command runs.

A third party's channel may print, and so may the programs that it runs. All of that goes to standard error.
"""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import TextIO, cast

import click

_KEY = "watchdesk.document_stream"
_STDOUT, _STDERR = 1, 2


def document_stream() -> TextIO:
    """Where the command's document goes."""
    context = click.get_current_context(silent=True)
    return cast("TextIO", context.meta.get(_KEY, sys.stdout)) if context else sys.stdout


def keep_stdout(context: click.Context) -> None:
    """From now to the end of the command standard output takes only what `document_stream` is given."""
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
    """The stream at another descriptor, while what writes to its old one writes to standard error."""
    try:
        is_ours = stream.fileno() == _STDOUT
    except (OSError, ValueError):
        is_ours = False
    if not is_ours:  # it was replaced by one that no other program can reach
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
        with contextlib.suppress(BrokenPipeError):  # told by the flush already
            document.close()
