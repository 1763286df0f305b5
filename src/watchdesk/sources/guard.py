"""Which network addresses may be asked: a feed must not lead us into the desk's own network."""

import ipaddress
from dataclasses import dataclass

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ForbiddenAddress(Exception):
    """A connection led to an address that may not be asked; the message says how to allow it.

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

    def check(self, host: str, address: str) -> None:
        """Judges the address that a connection to `host` has reached. Raises `ForbiddenAddress`.

        The address reached is judged, not the one a lookup gave, so that a name which resolves
        differently the second time (DNS rebinding) gains nothing.
        """
        if not self._permits(address):
            raise ForbiddenAddress(
                f"{host} is at {address}, in a private network, which is refused; "
                "polling.private_addresses in watchdesk.yaml can allow it"
            )

    def _permits(self, address: str) -> bool:
        judged = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(judged, ipaddress.IPv6Address) and judged.ipv4_mapped:
            judged = judged.ipv4_mapped
        if self.allow_all or (judged.is_global and not judged.is_multicast):
            return True
        return any(judged in network for network in self.allowed if network.version == judged.version)
