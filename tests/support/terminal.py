"""A terminal of a given width, with the real command in it."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Seen:
    """What stood in the terminal at the end."""

    status: int
    raw: str

    @property
    def lines(self) -> list[str]:
        """Without colours."""
        return _COLOUR.sub("", self.raw).splitlines()

    @property
    def coloured(self) -> bool:
        return _COLOUR.search(self.raw) is not None


def in_terminal(
    command: Sequence[str],
    environment: Mapping[str, str],
    columns: int = 80,
    answers: Sequence[tuple[str, str]] = (),
) -> Seen:
    """Runs a command to its end in a terminal of so many columns.

    `answers`: what is typed, one after the other, each once the text before it has been shown.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    variables = {name: value for name, value in environment.items() if name != "COLUMNS"}
    variables["TERM"] = "xterm-256color"
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=variables)
    os.close(theirs)
    said, answered = b"", 0
    left = list(answers)
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so when the last of the other end is closed
            break
        if not piece:
            break
        said += piece
        while left and (found := said.find(left[0][0].encode(), answered)) >= 0:
            question, answer = left.pop(0)
            answered = found + len(question.encode())
            os.write(ours, f"{answer}\n".encode())
    assert not left, f"never asked: {left[0][0]}"
    os.close(ours)
    return Seen(process.wait(), said.decode())
