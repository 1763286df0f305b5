"""Machines of their own as network namespaces (network_namespaces(7)), whose links can be cut. Needs root.

They hang on a hub, a namespace as well, where servers of a test listen: nothing of the machine's own network
is touched, and no other test is met. Each has two links, one to the web and one to the database.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

WEB = "10.213.7"
DATABASE = "10.213.9"
SITES = [f"{WEB}.{100 + number}" for number in range(1, 9)]
"""Addresses of the hub on which sites may be."""

_NETS = {"web": WEB, "db": DATABASE}
_CLONE_NEWNET = 0x40000000


def may_make() -> bool:
    """Whether namespaces can be made here."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    tried = subprocess.run(["ip", "netns", "add", "wd-tried"], capture_output=True, check=False)
    subprocess.run(["ip", "netns", "del", "wd-tried"], capture_output=True, check=False)
    return tried.returncode == 0


class Machine:
    """Reached at one address of each net."""

    def __init__(self, hub: str, number: int) -> None:
        self.name = f"{hub}-{number}"
        self._hub, self._links = hub, {net: f"{net}{number}" for net in _NETS}

    def command(self, *arguments: str) -> list[str]:
        """A command that runs there."""
        return ["ip", "netns", "exec", self.name, *arguments]

    def cut(self, *nets: str) -> None:
        """Nothing gets from there to the `web` or the `db` any more, nor back."""
        for net in nets:
            _ip("-n", self._hub, "link", "set", self._links[net], "down")

    def mend(self) -> None:
        """All its links are up."""
        for link in self._links.values():
            _ip("-n", self._hub, "link", "set", link, "up")


class Network:
    """The hub, at .1 of both nets, and its machines. `names`: addresses of the hub by names of sites."""

    def __init__(self, machines: int, names: Mapping[str, str] | None = None) -> None:
        self._hub = f"wd{os.getpid()}"
        self._names = names or {}
        self.machines = [Machine(self._hub, number) for number in range(machines)]
        self._undo = ExitStack()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """What listens from now on, and what is started, does so on the hub; in this thread alone."""
        with Path("/proc/thread-self/ns/net").open() as own, Path("/run/netns", self._hub).open() as hub:
            _enter(hub.fileno())
            try:
                yield
            finally:
                _enter(own.fileno())

    def __enter__(self) -> Self:
        with self._undo:
            self._add(self._hub)
            for net, prefix in _NETS.items():
                _ip("-n", self._hub, "link", "add", net, "type", "bridge")
                _ip("-n", self._hub, "addr", "add", f"{prefix}.1/24", "dev", net)
                _ip("-n", self._hub, "link", "set", net, "up")
            for address in SITES:
                _ip("-n", self._hub, "addr", "add", f"{address}/24", "dev", "web")
            for number, machine in enumerate(self.machines):
                self._add(machine.name)
                self._link(machine, number)
            self._undo = self._undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    def _add(self, name: str) -> None:
        _ip("netns", "add", name)
        self._undo.callback(_ip, "netns", "del", name)
        _ip("-n", name, "link", "set", "lo", "up")
        if self._names and name != self._hub:  # ip-netns(8) lays it over /etc/hosts
            folder = Path("/etc/netns") / name
            folder.mkdir(parents=True)
            self._undo.callback(shutil.rmtree, folder)
            lines = [f"{address} {site}" for site, address in self._names.items()]
            (folder / "hosts").write_text("\n".join(["127.0.0.1 localhost", *lines, ""]))

    def _link(self, machine: Machine, number: int) -> None:
        for net, prefix in _NETS.items():
            there = f"{net}{number}"
            _ip("-n", self._hub, "link", "add", there, "type", "veth", "peer", net, "netns", machine.name)
            _ip("-n", self._hub, "link", "set", there, "master", net, "up")
            _ip("-n", machine.name, "addr", "add", f"{prefix}.{number + 2}/24", "dev", net)
            _ip("-n", machine.name, "link", "set", net, "up")


def _enter(namespace: int) -> None:
    """setns(2), of this thread."""
    if ctypes.CDLL(None, use_errno=True).setns(namespace, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
