"""Runs a program that prints a secret, such as a token that expires within the hour.

It runs without a shell, for a limited time and with limited output. Its arguments and output are never shown.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from typing import IO

_SECONDS = 30.0
_MOST_BYTES = 64 * 1024
_REPEATED = 200
"""Characters of its standard error that a message repeats."""


class CommandFailed(Exception):
    """The program printed no secret; the message says why."""


def output_of(command: Sequence[str], seconds: float = _SECONDS) -> str:
    """The line that the command prints, without space around it. Raises `CommandFailed`."""
    ends = time.monotonic() + seconds
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell; the configuration names the program
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that its children can be ended with it
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it holds a character that none may"
        raise CommandFailed(f"cannot be run: {reason}") from None
    if process.stdout is None or process.stderr is None:
        raise AssertionError("both pipes were asked for")
    try:
        said, complaint = _read(process.stdout, process.stderr, ends)
        status = process.wait(max(ends - time.monotonic(), 0.1))
    except (TimeoutError, subprocess.TimeoutExpired):
        raise CommandFailed(f"took more than {seconds:g} s") from None
    finally:
        _end(process)
        process.stdout.close()
        process.stderr.close()
    if status:
        raise CommandFailed(f"ended with status {status}{_last_line(complaint)}")
    try:
        secret = said.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise CommandFailed("printed what is not UTF-8 text") from None
    if not secret:
        raise CommandFailed(f"printed nothing{_last_line(complaint)}")
    if "\n" in secret:
        raise CommandFailed("printed more than one line; let it print the secret alone")
    return secret


def _read(out: IO[bytes], err: IO[bytes], ends: float) -> tuple[bytes, bytes]:
    """Reads both to their ends. Raises `TimeoutError`, and `CommandFailed` for too much output."""
    contents = {out: b"", err: b""}
    with selectors.DefaultSelector() as selector:
        for pipe in contents:
            os.set_blocking(pipe.fileno(), False)
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            left = ends - time.monotonic()
            if left <= 0:
                raise TimeoutError
            for key, _ in selector.select(left):
                pipe = out if key.fileobj is out else err
                more = os.read(pipe.fileno(), 65536)
                if not more:
                    selector.unregister(pipe)
                contents[pipe] = (contents[pipe] + more)[-2 * _MOST_BYTES :]
                if len(contents[out]) > _MOST_BYTES:
                    raise CommandFailed(f"printed more than {_MOST_BYTES // 1024} kB")
    return contents[out], contents[err]


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _last_line(complaint: bytes) -> str:
    lines = "".join(c if c.isprintable() else "\n" for c in complaint.decode("utf-8", "replace")).split("\n")
    said = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f": {said[:_REPEATED]}" if said else ""
