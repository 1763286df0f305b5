"""Which network addresses may be asked: a feed must not lead us into the desk's own network."""

import ipaddress
import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from watchdesk.sources.web.networks import Network, is_public, judged


class ForbiddenAddress(Exception):
    """A name leads only to addresses that may not be asked; the message says how to allow it.

    Not an OSError: the layers between must not take it for a network that failed.
    """


@dataclass(frozen=True, slots=True)
class Guard:
    """Permits public addresses, and those that `polling.private_addresses` names."""

    allow_all: bool = False
    allowed: tuple[Network, ...] = ()

    @classmethod
    def of(cls, private_addresses: bool | tuple[str, ...]) -> "Guard":  # noqa: FBT001 - the setting's form
        """From `polling.private_addresses`."""
        if isinstance(private_addresses, bool):
            return cls(allow_all=private_addresses)
        return cls(allowed=tuple(ipaddress.ip_network(text) for text in private_addresses))

    def permitted(self, host: str, addresses: Sequence[str]) -> Sequence[str]:
        """Those of a host's addresses that may be asked. Raises `ForbiddenAddress` when none may.

        The connection is to be made to one of these, never to the name again: a name that resolves
        differently the second time (DNS rebinding) gains nothing.
        """
        permitted = [address for address in addresses if self._permits(address)]
        if addresses and not permitted:
            raise _forbidden(host, addresses[0])
        return permitted

    def judge_written(self, host: str) -> None:
        """Judges a host that a proxy will be asked for, as far as it is written as an address.

        Names are the proxy's to judge. Raises `ForbiddenAddress` when it may not be asked, in any way in
        which a proxy may read it: numbers are octal to some and decimal to others.
        """
        if self.allow_all:
            return
        for address in readings(host):
            if not self._permits(address):
                raise _forbidden(host, address)

    def _permits(self, address: str) -> bool:
        asked = judged(ipaddress.ip_address(address.partition("%")[0]))
        if self.allow_all or is_public(asked):
            return True
        return any(asked in network for network in self.allowed)


def readings(host: str) -> Sequence[str]:
    """The addresses that a host which is written in numbers may mean; none for a name.

    The last part of a name is never a number (RFC 3696 §2), so what ends in one is an address, or nothing.
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


def _forbidden(host: str, address: str) -> ForbiddenAddress:
    where = "" if host == address else f" is at {address}, which"
    return ForbiddenAddress(
        f"{host}{where} is in a private network, and the service does not ask those; "
        "allow it by polling.private_addresses in watchdesk.yaml, if it is meant to be read"
    )
