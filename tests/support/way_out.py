"""The way out of a test: names that lead to servers here, the network of a proxy, an authority to believe."""

from collections.abc import Mapping

from support.certificates import Authority
from watchdesk.config.network import Authorities, Network, Proxies


def leading_to(port: int, *names: str) -> Mapping[str, tuple[str, int]]:
    """`names`, HOST or HOST:PORT, as a proxy resolves them: all of them lead to this port of loopback."""
    return dict.fromkeys(names, ("127.0.0.1", port))


def through(proxy: str, authorities: Authorities = Authorities(), **more: str) -> Network:
    """The network of an environment with this ALL_PROXY, and `more` variables."""
    return Network(Proxies.of_environment({"ALL_PROXY": proxy, **more}), authorities)


def adding(authority: Authority) -> Authorities:
    """This authority beside those of the machine, as `polling.ca` names it."""
    return Authorities(added=authority.folder / "authority.pem")
