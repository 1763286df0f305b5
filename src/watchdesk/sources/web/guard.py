"""Which network addresses may be connected to: a feed must not lead into the desk's own network.

`networks` lists the private networks; `guarded_connections` asks the guard before it connects.
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from watchdesk.sources.web.networks import Network, is_public, judged


class ForbiddenAddress(Exception):
    """A name resolves only to forbidden addresses; the message says how to allow them.

    Not an OSError: the layers between must not mistake it for a network failure.
    """


@dataclass(frozen=True, slots=True)
class Guard:
    """Permits public addresses, and those that `polling.private_addresses` names."""

    allow_all: bool = False
    allowed: tuple[Network, ...] = ()
    advice: str = (
        "the service does not ask those; allow it by polling.private_addresses in watchdesk.yaml, if it is "
        "meant to be read"
    )
    """Why it is not permitted, and what helps whoever asked for an address that is not permitted."""

    @classmethod
    def of(cls, private_addresses: bool | tuple[str, ...]) -> "Guard":  # noqa: FBT001 - the setting's form
        """From `polling.private_addresses`."""
        if isinstance(private_addresses, bool):
            return cls(allow_all=private_addresses)
        return cls(allowed=tuple(ipaddress.ip_network(text) for text in private_addresses))

    def permitted(self, host: str, addresses: Sequence[str]) -> Sequence[str]:
        """Those of a host's addresses that may be asked. Raises `ForbiddenAddress` if none may.

        Connect to one of these and never resolve the name again: a name that resolves differently the
        second time (DNS rebinding) then gains nothing.
        """
        permitted = [address for address in addresses if self._permits(address)]
        if addresses and not permitted:
            raise self._forbidden(host, addresses[0])
        return permitted

    def judge_written(self, host: str) -> None:
        """Checks a host that a proxy will be asked for, if it is written as an address; the proxy resolves
        names.

        Raises `ForbiddenAddress` if any way of reading it is forbidden: some proxies read numbers as octal,
        others as decimal.
        """
        if self.allow_all:
            return
        for address in readings(host):
            if not self._permits(address):
                raise self._forbidden(host, address)

    def _permits(self, address: str) -> bool:
        asked = judged(ipaddress.ip_address(address.partition("%")[0]))
        if self.allow_all or is_public(asked):
            return True
        return any(asked in network for network in self.allowed)

    def _forbidden(self, host: str, address: str) -> ForbiddenAddress:
        where = "" if host == address else f" is at {address}, which"
        return ForbiddenAddress(f"{host}{where} is in a private network, and {self.advice}")


def readings(host: str) -> Sequence[str]:
    """The addresses that a host written in numbers may mean; empty for a name.

    The last part of a name is never a number (RFC 3696 §2), so what ends in one is an address or invalid.
    """
    bare = host.strip("[]").rstrip(".")
    try:
        return [str(ipaddress.ip_address(bare))]
    except ValueError:
        pass
    parts = bare.split(".")
    if not re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", parts[-1]):
        return []
    found = []
    with suppress(OSError):
        found.append(socket.inet_ntoa(socket.inet_aton(bare)))
    with suppress(ValueError):
        found.append(str(ipaddress.IPv4Address(".".join(part.lstrip("0") or "0" for part in parts))))
    return found or ["0.0.0.0"]  # noqa: S104 - an address that nobody may ask
