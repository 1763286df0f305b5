"""Runs a command and says what it took, as JSON in a file: `python -I -S launcher.py FILE OUTPUT COMMAND …`.

It is a small process of its own, because a program begins with the peak memory of the one that started it.
"""

import json
import os
import sys
import time


def _main(figures: str, output: str, command: list[str]) -> None:
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.execvp(command[0], command)
    _, status, usage = os.wait4(child, 0)
    taken = {
        "wall": time.monotonic() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss * 1024,
        "status": os.waitstatus_to_exitcode(status),
    }
    with open(figures, "w") as file:  # noqa: PTH123 - pathlib would be memory of our own
        json.dump(taken, file)


_main(sys.argv[1], sys.argv[2], sys.argv[3:])
