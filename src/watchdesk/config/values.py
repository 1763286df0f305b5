"""How durations, sizes, addresses and the like are written in the files: read, and written back.

A value that cannot be read raises `ValueError` in the words of the person who edits the file.
`option_types` makes types of them that pydantic checks.
"""

import ipaddress
import re
from contextlib import suppress
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from watchdesk.config.network import NO_PROXY_AT_ALL, PROXY_FORMS, check_certificates, parse_proxy_url
from watchdesk.config.places import did_you_mean
from watchdesk.config.secrets import Secret, parse_secret
from watchdesk.config.shown_address import shown_address
from watchdesk.model import Rate

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(b|kb|mb|gb|kib|mib|gib)", re.I)
_RATE = re.compile(r"([0-9]+)\s*/\s*(s|m|min|h|d)")
_BYTES = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_FEED_SCHEME = re.compile(r"\Afeed:(?://)?(?=https?://)|\Afeed(?=://)", re.IGNORECASE)
_PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(?::[1-9][0-9]{0,3})?(?:/[!-~]*)?")
"""What needs no second look: no login, nothing beyond ASCII."""
_LARGEST = 10**15
_NOT_LISTED = ("posix/", "posixrules", "right/")
"""Files of the database of zones that are no zones of their own."""
_LONGEST = timedelta(days=36_500)
LONGEST_TIMEOUT = timedelta(minutes=5)
"""Half of the time for which a delivery is leased."""


def parse_duration(value: object) -> timedelta:
    """`90s`, `15m`, `2h`, `30d`, `1w`; a hundred years at most. Raises `ValueError`."""
    if isinstance(value, timedelta):
        return value
    text = str(value).strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        raise ValueError(f"{text} of what? write {text}s, {text}m, {text}h or {text}d")
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(f"'{_shown(value)}' is not a length of time; write it as 90s, 15m, 2h, 3d or 1w")
    return timedelta(seconds=min(float(found[1]) * _SECONDS[found[2]], _LONGEST.total_seconds()))


def parse_period(value: object) -> timedelta:
    """A length of time above zero. Raises `ValueError`."""
    period = parse_duration(value)
    if not period:
        raise ValueError(f"'{value}' is no time at all; it is at least 1s")
    return period


def parse_send_timeout(value: object) -> timedelta:
    """How long one attempt to send may take. Raises `ValueError`."""
    timeout = parse_period(value)
    if timeout > LONGEST_TIMEOUT:
        raise ValueError(
            f"'{value}' is too long: it is at most {duration_text(LONGEST_TIMEOUT)}, half of the time "
            "for which a delivery is held before another process may send it again"
        )
    return timeout


def parse_rate(value: object) -> Rate:
    """`30/h`: a number in each second, minute, hour or day. Raises `ValueError`."""
    if isinstance(value, Rate):
        return value
    found = _RATE.fullmatch(str(value).strip().lower())
    if not found:
        raise ValueError(f"'{_shown(value)}' is not a rate; write it as 30/h, 5/min, 1/s or 200/d")
    count = int(found[1][:9])
    if not count:
        raise ValueError(f"'{value}' lets nothing through; it is at least 1/d")
    return Rate(count, timedelta(seconds=_SECONDS[found[2]]))


def parse_size(value: object) -> int:
    """`10MB`, `512kB`, as bytes. Raises `ValueError`."""
    text = str(value).strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        raise ValueError(f"{text} of what? write it as 10MB or 512kB")
    found = _SIZE.fullmatch(text)
    size = min(float(found[1]) * _BYTES[found[2].lower()], _LARGEST) if found else 0
    if size < 1:
        raise ValueError(f"'{value}' is not a size; write it as 10MB or 512kB")
    return int(size)


def parse_zone(value: object) -> ZoneInfo:
    """An IANA name, such as Europe/Brussels. Raises `ValueError` with the nearest name."""
    return value if isinstance(value, ZoneInfo) else _zone(str(value))


@cache
def _zone(name: str) -> ZoneInfo:
    """Remembers what it found: every source may name one. All zones are listed, which searches the disk, only
    for who has mistyped one.
    """
    with suppress(OSError, ValueError, ZoneInfoNotFoundError):
        if not name.startswith(_NOT_LISTED):
            return ZoneInfo(name)
    names = available_timezones()
    if name not in names:
        near = did_you_mean(name, sorted(names)) or "write it as Europe/Brussels"
        raise ValueError(f"'{name}' is not a time zone; {near}")
    return ZoneInfo(name)


def parse_language(value: object) -> str:
    """Two letters of ISO 639-1. Raises `ValueError`."""
    text = str(value)
    if not re.fullmatch(r"[a-z]{2}", text):
        raise ValueError(f"'{value}' is not a language; write its two letters, such as en, de or uk")
    return text


def parse_web_address(value: object) -> str:
    """An absolute http or https address. Raises `ValueError`."""
    text = str(value).strip()
    if _PLAIN_ADDRESS.fullmatch(text):
        return text
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", text):
        raise ValueError(f"'{shown_address(text)}' is not a web address; it begins with https:// or http://")
    return text


def without_feed_scheme(text: str) -> str:
    """The address that `feed:https://…` or `feed://HOST/…` stands for: the latter asks by http."""
    return _FEED_SCHEME.sub(lambda found: "http" if found[0].lower() == "feed" else "", text)


def parse_clock(text: str) -> time:
    """`22:00`. Raises `ValueError`."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f"'{text}' is not a time of day; write it as 22:00")
    return time(int(found[1]), int(found[2]))


def parse_networks(value: object) -> bool | tuple[str, ...]:
    """`refuse`, `allow`, or a list of networks as 10.0.0.0/8. Raises `ValueError`."""
    if isinstance(value, bool | tuple):
        return value
    if value in ("refuse", "allow"):
        return value == "allow"
    if not isinstance(value, list):
        raise ValueError(f"'{value}' is neither refuse nor allow nor a list of networks such as [10.0.0.0/8]")
    for network in value:
        try:
            ipaddress.ip_network(str(network))
        except ValueError:
            raise ValueError(f"'{network}' is not a network; write it as 10.0.0.0/8") from None
    return tuple(str(network) for network in value)


def parse_first_poll(value: object) -> timedelta | None:
    """`all` (None), `none` (zero), or an age. Raises `ValueError`."""
    if value == "all":
        return None
    if value == "none":
        return timedelta(0)
    if isinstance(value, str) and not value[:1].isdecimal():
        raise ValueError(f"'{value}' is neither all nor none nor a length of time, such as 3d")
    return parse_duration(value)


def parse_text(value: object) -> str:
    """Text, also where YAML reads a number or a word as something else. Raises `ValueError`."""
    if value is None or isinstance(value, dict | list):
        raise ValueError("must be text")
    return str(value).strip() if isinstance(value, str) else str(value)


def parse_rules(value: object) -> tuple[str, ...]:
    """`all`, or a list of rule ids and `tag:NAME`. Raises `ValueError`."""
    if value in ("all", ["all"], ("all",)):
        return ("all",)
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("must be all, or a list of rule ids and tags, such as [nato-spending, tag:urgent]")
    for wanted in value:
        if not isinstance(wanted, str) or not wanted.removeprefix("tag:").strip() or wanted == "all":
            raise ValueError(f"'{wanted}' is neither a rule id nor tag:NAME")
    return tuple(value)


def parse_storage(value: object) -> str:
    """`sqlite`, or an address of PostgreSQL, which messages never repeat. Raises `ValueError`."""
    text = str(value)
    if text != "sqlite" and not re.match(r"postgresql(\+\w+)?://", text):
        raise ValueError("must be sqlite, or an address such as postgresql://user@host/database")
    return text


def parse_proxy(value: object, directory: Path | None = None) -> Secret:
    """`none`, the address of a proxy, or where that is kept. It is a secret, for it may hold a login.

    Raises `ValueError`.
    """
    if isinstance(value, Secret | dict):
        return parse_secret(value, directory)
    text = str(value).strip()
    if text == NO_PROXY_AT_ALL:
        return Secret("plain", text)
    if "://" not in text:
        raise ValueError(f"must be the address of a proxy ({PROXY_FORMS}), or none")
    return Secret("plain", parse_proxy_url(text))


def parse_certificates(value: object, directory: Path | None = None) -> Path:
    """A file of certificates in PEM form, relative to `directory`. Raises `ValueError`."""
    path = (directory or Path()) / parse_text(value)
    check_certificates(path)
    if path.is_dir():
        raise ValueError(f"{path} is a folder; name a file of certificates")
    return path


def parse_listen(value: object) -> str | None:
    """`HOST:PORT`, or null for none. Raises `ValueError`."""
    if value is None:
        return None
    host, _, port = str(value).rpartition(":")
    if not host or not re.fullmatch(r"\d{1,5}", port) or int(port) > 65_535:
        raise ValueError(f"'{value}' is not an address to listen on; write it as 127.0.0.1:8680, or null")
    return str(value)


def _shown(value: object) -> str:
    """The value as YAML writes it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def duration_text(length: timedelta | None) -> str | None:
    """As files have it, in the largest whole unit."""
    if length is None:
        return None
    seconds = int(length.total_seconds())
    unit = next(name for name in ("d", "h", "m", "s") if seconds % _SECONDS[name] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def size_text(size: int) -> str:
    """As files have it, in the largest whole unit of powers of ten."""
    unit = next(name for name in ("MB", "kB", "B") if size % _BYTES[name.lower()] == 0)
    return f"{size // _BYTES[unit.lower()]}{unit}"


def first_poll_text(age: timedelta | None) -> str | None:
    """As files have it: a duration, or `all`."""
    return "all" if age is None else duration_text(age)


def networks_text(networks: bool | tuple[str, ...]) -> str | list[str]:  # noqa: FBT001 - the setting's form
    """As files have it: `allow`, `refuse` or a list of networks."""
    if isinstance(networks, bool):
        return "allow" if networks else "refuse"
    return list(networks)


def optional(parse: Any) -> Any:
    """The same parser, with null for None."""
    return lambda value: None if value is None else parse(value)
