"""What abbreviations of time zones mean, as hours from UTC.

RFC 5322 §4.3 defines the American ones; the rest are as used in print. An abbreviation that several zones
share (IST, CST, BST) means the source's own zone if that one uses it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_HOURS: dict[str, float] = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "mez": 1, "met": 1,
    "cest": 2, "mesz": 2, "mest": 2, "eet": 2, "eest": 3, "sast": 2, "cat": 2, "wat": 1, "eat": 3,
    "msk": 3, "trt": 3, "gst": 4, "pkt": 5, "ist": 5.5, "npt": 5.75, "ict": 7, "wib": 7, "hkt": 8,
    "sgt": 8, "myt": 8, "pht": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5, "acdt": 10.5, "aest": 10,
    "aedt": 11, "nzst": 12, "nzdt": 13, "nst": -3.5, "ndt": -2.5, "ast": -4, "adt": -3, "brt": -3,
    "art": -3, "clt": -4, "est": -5, "edt": -4, "et": -5, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
    "tmg": 0, "tsi": 3,
}  # fmt: skip
_GENERAL = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}
"""Names that are valid in winter and summer alike."""


@cache
def _iana_names() -> Mapping[str, str]:
    return {name.lower(): name for name in available_timezones() if "/" in name}


def iana_name(written: str) -> str | None:
    """The IANA name of a zone, such as Europe/Brussels, written in any case; None if there is none."""
    return _iana_names().get(written.lower())


def zone_named(name: str, local: datetime, own: tzinfo) -> tzinfo | None:
    """The zone that `name` means at that local time; None if the name is unknown."""
    if "/" in name:
        known = iana_name(name)
        return ZoneInfo(known) if known else None
    if own.tzname(local.replace(tzinfo=own)) == name.upper():
        return own
    key = name.lower().rstrip(".")
    if key in _GENERAL:
        return ZoneInfo(_GENERAL[key])
    hours = _HOURS.get(key)
    return None if hours is None else timezone(timedelta(hours=hours))


def is_zone(name: str) -> bool:
    """Whether an abbreviation names a zone."""
    return name.lower() in _HOURS or name.lower() in _GENERAL
