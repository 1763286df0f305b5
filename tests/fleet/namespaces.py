"""A machine of its own as a network namespace (network_namespaces(7)), whose way to the database can be cut.

It has two links: one to the web, one to the database. Needs root.
"""

import os
import shutil
import subprocess
from types import TracebackType
from typing import Self

WEB = "10.213.7"
DATABASE = "10.213.9"


def may_make() -> bool:
    """Whether namespaces can be made here."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    tried = subprocess.run(["ip", "netns", "add", "wd-tried"], capture_output=True, check=False)
    subprocess.run(["ip", "netns", "del", "wd-tried"], capture_output=True, check=False)
    return tried.returncode == 0


class Machine:
    """Reached at .2 of both nets; this one is .1."""

    def __init__(self, name: str = f"wd{os.getpid() % 10000}") -> None:
        self.name = name

    def __enter__(self) -> Self:
        _ip("netns", "add", self.name)
        for number, net in enumerate((WEB, DATABASE)):
            here, there = f"{self.name}h{number}", f"{self.name}t{number}"
            _ip("link", "add", here, "type", "veth", "peer", "name", there)
            _ip("link", "set", there, "netns", self.name)
            _ip("addr", "add", f"{net}.1/24", "dev", here)
            _ip("link", "set", here, "up")
            _ip("-n", self.name, "addr", "add", f"{net}.2/24", "dev", there)
            _ip("-n", self.name, "link", "set", there, "up")
        _ip("-n", self.name, "link", "set", "lo", "up")
        for number in range(1, 9):  # addresses of sites
            _ip("addr", "add", f"{WEB}.{100 + number}/32", "dev", f"{self.name}h0")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _ip("netns", "del", self.name)

    def command(self, *arguments: str) -> list[str]:
        """A command that runs there."""
        return ["ip", "netns", "exec", self.name, *arguments]

    def cut(self) -> None:
        """Nothing gets from there to the database any more, nor back."""
        _ip("link", "set", f"{self.name}h1", "down")

    def mend(self) -> None:
        _ip("link", "set", f"{self.name}h1", "up")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
