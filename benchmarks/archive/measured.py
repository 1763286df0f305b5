"""What the programs that measure one archive have in common: what they are given, and how they tell it."""

import argparse
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import figures
from figures import Figure

from watchdesk.store import SqlStore, open_store

Measured = Callable[[SqlStore], tuple[Sequence[Figure], str]]
"""All figures of an archive, and what it is, in words."""


class CpuClock:
    """CPU seconds of each call, by what was called."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}

    def watch(self, of: Any, name: str) -> None:
        """From now on, what has this name in a module or object is measured."""
        call: Callable[..., Any] = getattr(of, name)
        taken = self.taken.setdefault(name, [])

        def measured(*asked: Any) -> Any:
            begun = time.process_time()
            try:
                return call(*asked)
            finally:
                taken.append(time.process_time() - begun)

        setattr(of, name, measured)


def measure(about: str | None, of_state: str, measured: Measured) -> int:
    """Runs a program: exit status 0; 1 when a limit is not kept. `of_state`: what happens to the archive."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("state", type=Path, help=f"a state directory; {of_state}")
    parser.add_argument("--storage", default="sqlite", help="sqlite, or postgresql://…")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    with closing(open_store(options.storage, options.state)) as store:
        told, data = measured(store)
    print(data)
    for one in told:
        print(f"{one.name}: {figures.number(one.value)} {one.unit}")
    print("\n".join(figures.lines(told)))
    if options.json:
        figures.write(options.json, figures.Told(told, data))
    return int(not all(one.holds for one in told))
