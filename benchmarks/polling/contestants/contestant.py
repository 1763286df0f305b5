"""What is asked of every program: to be set up for some feeds, to be run, to say what it holds."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class Contestant(Protocol):
    """One program. `folder` is its home, empty at first; nothing outside it is written."""

    name: str

    def missing(self) -> str | None:
        """What it needs that this machine has not; None when it can run."""

    def set_up(self, folder: Path, urls: Sequence[str]) -> None:
        """Follows these feeds, without reading any of them yet. Not timed."""

    def command(self, folder: Path) -> Sequence[str]:
        """Reads every feed once and does its whole job with what is new."""

    def environment(self, folder: Path) -> Mapping[str, str]:
        """Beside PATH and HOME."""

    def articles(self, folder: Path) -> int:
        """How many it has taken in."""
