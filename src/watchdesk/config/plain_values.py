"""The values of plain rows, as `shapes` has them, by the same functions; no more than what is ordinary."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from watchdesk.config.core_schema import PlainValue
from watchdesk.config.values import parse_language, parse_period, parse_text, parse_web_address, parse_zone
from watchdesk.model import FullText

Said = str | bool | float | timedelta | FullText | tuple[str, ...]
Parser = Callable[[PlainValue], Said]


def text_of(value: PlainValue) -> str:
    """As `title` and each of `tags` are. Raises `ValueError`."""
    return parse_text(value)


def _address(value: PlainValue) -> str:
    return parse_web_address(value)


def _language(value: PlainValue) -> str:
    return parse_language(value)


def _zone(value: PlainValue) -> str:
    return parse_zone(value).key


def _period(value: PlainValue) -> timedelta:
    return parse_period(value)


def _full_text(value: PlainValue) -> FullText:
    return FullText(str(value))


def _paused(value: PlainValue) -> bool:
    if not isinstance(value, bool):
        raise ValueError("it may still be understood as one")
    return value


def _weight(value: PlainValue) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 100:
        raise ValueError("it may still be understood as a number")
    return float(value)


PARSERS: Mapping[str, Parser] = {
    "feed": _address,
    "sitemap": _address,
    "title": text_of,
    "language": _language,
    "timezone": _zone,
    "every": _period,
    "fastest": _period,
    "slowest": _period,
    "full_text": _full_text,
    "paused": _paused,
    "weight": _weight,
}
"""By key; each raises `ValueError` for what is not ordinary. `tags` are lists of what `title` is."""
REPEATED = frozenset(PARSERS) - {"feed", "sitemap", "title"}
"""Keys that have few values, however many sources there are."""
