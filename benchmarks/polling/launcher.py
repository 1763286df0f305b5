"""Runs a command and says what it took, as JSON in a file: `python -I -S launcher.py FILE OUTPUT COMMAND …`.

It is a small process of its own, because a program begins with the peak memory of the one that started it.
Processes that the command leaves behind become its own, so that their work counts as well.
"""

import ctypes
import json
import os
import resource
import sys
import time

_PR_SET_CHILD_SUBREAPER = 36


def _main(figures: str, output: str, command: list[str]) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.execvp(command[0], command)
    _, status = os.waitpid(child, 0)
    wall = time.monotonic() - began
    _wait_for_all()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss * 1024,
        "status": os.waitstatus_to_exitcode(status),
    }
    with open(figures, "w") as file:  # noqa: PTH123 - pathlib would be memory of our own
        json.dump(taken, file)


def _wait_for_all() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


_main(sys.argv[1], sys.argv[2], sys.argv[3:])
