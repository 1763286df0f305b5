"""Which network addresses may be asked: a feed must not lead us into the desk's own network."""

import ipaddress
from collections.abc import Sequence
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
            where = "" if host == addresses[0] else f" is at {addresses[0]}, which"
            raise ForbiddenAddress(
                f"{host}{where} is in a private network, and the service does not ask those; "
                "allow it by polling.private_addresses in watchdesk.yaml, if it is meant to be read"
            )
        return permitted

    def _permits(self, address: str) -> bool:
        asked = judged(ipaddress.ip_address(address.partition("%")[0]))
        if self.allow_all or is_public(asked):
            return True
        return any(asked in network for network in self.allowed)
