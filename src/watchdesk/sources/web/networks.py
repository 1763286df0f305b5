"""Networks that no publisher serves from: the list as of November 2026.

Our own list, so that it is the same on every Python. From IANA's registries of special-purpose addresses
(RFC 6890) and the addresses of clouds' own services. `guard` knows the exceptions.
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_REFUSED_4 = """
    0.0.0.0/8           this network (RFC 791)
    10.0.0.0/8          private (RFC 1918)
    100.64.0.0/10       carrier-grade NAT (RFC 6598)
    127.0.0.0/8         loopback (RFC 1122)
    168.63.129.16/32    Azure's own services, on a public address
    169.254.0.0/16      link-local (RFC 3927), and clouds' metadata
    172.16.0.0/12       private (RFC 1918)
    192.0.0.0/24        protocol assignments (RFC 6890)
    192.0.2.0/24        documentation (RFC 5737)
    192.88.99.0/24      6to4 relays, withdrawn (RFC 7526)
    192.168.0.0/16      private (RFC 1918)
    198.18.0.0/15       benchmarks (RFC 2544)
    198.51.100.0/24     documentation (RFC 5737)
    203.0.113.0/24      documentation (RFC 5737)
    224.0.0.0/4         multicast (RFC 5771)
    240.0.0.0/4         reserved (RFC 1112), and broadcast
"""
_REFUSED_6 = """
    ::/96               loopback, and IPv4-compatible addresses, withdrawn (RFC 4291)
    ::ffff:0:0:0/96     IPv4-translated addresses (RFC 2765)
    64:ff9b:1::/48      a network's own translation to IPv4 (RFC 8215)
    100::/64            discarded (RFC 6666)
    100:0:0:1::/64      dummy prefix (RFC 9780)
    2001::/23           protocol assignments (RFC 2928): Teredo, benchmarks, ORCHID
    2001:db8::/32       documentation (RFC 3849)
    2002::/16           6to4, withdrawn (RFC 7526)
    3fff::/20           documentation (RFC 9637)
    5f00::/16           segment routing (RFC 9602)
    fc00::/7            private (RFC 4193), and clouds' metadata
    fe80::/10           link-local (RFC 4291)
    fec0::/10           site-local, withdrawn (RFC 3879)
    ff00::/8            multicast (RFC 4291)
    ::/3                outside global unicast (RFC 4291)
    4000::/2            outside global unicast
    8000::/1            outside global unicast
"""
_CARRIED = """
    ::ffff:0:0/96       IPv4-mapped addresses (RFC 4291)
    64:ff9b::/96        translation to IPv4 (RFC 6052)
"""


def _listed(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(line.split()[0]) for line in text.strip().splitlines())


REFUSED = _listed(_REFUSED_4) + _listed(_REFUSED_6)
"""Private, local, reserved."""
CARRIED = _listed(_CARRIED)
"""IPv6 networks whose last 32 bits are the IPv4 address that is really reached."""


def judged(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that is only a way of writing or reaching it."""
    if isinstance(address, ipaddress.IPv6Address) and any(address in network for network in CARRIED):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether a publisher may be there."""
    asked = judged(address)
    return not any(asked in network for network in REFUSED)
