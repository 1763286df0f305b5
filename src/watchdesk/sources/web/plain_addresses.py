"""Addresses that can be asked for exactly as they are written, as nearly all are. Pure.

The libraries read an address some ten times for one request, to encode, resolve and take apart what may be
odd about it. `tests/sources/test_plain_addresses.py` holds that they make of these what stands here.
"""

import re
from typing import NamedTuple

_PLAIN = re.compile(
    r"""
    (?P<scheme> https? ) ://
    (?P<host> [a-z0-9] (?: [a-z0-9.-]* [a-z0-9] )? )
    (?: : (?P<port> [1-5][0-9]{4} | [1-9][0-9]{0,3} ) )?
    (?P<target> / [A-Za-z0-9/_~+,=&;:@.-]* (?: \? [A-Za-z0-9/_~+,=&;:@.-]+ )? )
    """,
    re.VERBOSE,
)


class PlainAddress(NamedTuple):
    """What a request needs of an address."""

    scheme: str
    host: str
    port: int | None
    """As it is written."""
    target: str
    """Path and query."""


def plain_address(url: str) -> PlainAddress | None:
    """Its parts; None where it takes a library to know them: dots for folders, escapes, other scripts."""
    found = _PLAIN.fullmatch(url)
    if found is None or "/." in url:
        return None
    scheme, host, port, target = found.groups()
    return PlainAddress(scheme, host, int(port) if port else None, target)
