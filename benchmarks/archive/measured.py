"""What the programs that measure one archive have in common: what they are given, and how they tell it."""

import argparse
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import figures
from figures import Figure

from watchdesk.store import SqlStore, open_store

Measured = Callable[[SqlStore], tuple[Sequence[Figure], str]]
"""All figures of an archive, and what it is, in words."""


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
