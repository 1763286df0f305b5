"""What the system says of processes. Raises `OSError` of one that has ended."""

import os
import re
import time
from contextlib import suppress
from pathlib import Path


def children(process: int) -> list[int]:
    """Those that it has started and that live."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended meanwhile
            found += map(int, (task / "children").read_text().split())
    return found


def below(process: int) -> list[int]:
    """Its children, each with those below it."""
    return [one for child in children(process) for one in (child, *below(child))]


def size(process: int) -> int:
    """Bytes of its proportional set size: of what it shares, its part."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    if found is None:
        raise LookupError(f"the system does not say how large process {process} is")
    return int(found[1]) * 1024


def cpu(process: int) -> float:
    """Seconds of processors that it has taken."""
    return time.clock_gettime((~process << 3) | 2)  # clock_getcpuclockid(3)


def cpu_with_all_below(process: int | None = None, *, but: int = 0) -> float:
    """The same, with what all below it have taken; None: of this one. `but`: a child to leave out."""
    number = os.getpid() if process is None else process
    return cpu(number) + sum(cpu_with_all_below(child) for child in children(number) if child != but)
