"""Which network addresses may be asked: a feed must not lead us into the desk's own network."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as networks with IPv6 alone write them (RFC 6052 §2.1)."""


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
            where = "" if host == addresses[0] else f" is at {addresses[0]}, which"
            raise ForbiddenAddress(
                f"{host}{where} is in a private network, and the service does not ask those; "
                "allow it by polling.private_addresses in watchdesk.yaml, if it is meant to be read"
            )
        return permitted

    def _permits(self, address: str) -> bool:
        judged = _carried(ipaddress.ip_address(address.partition("%")[0]))
        if self.allow_all or (judged.is_global and not judged.is_multicast):
            return True
        return any(judged in network for network in self.allowed if network.version == judged.version)


def _carried(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one, where it is only a way of writing or reaching it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
