"""Values made up for annotations: what a field may hold follows from its type alone.

So a field that is new to a noun is tried without a line here.
"""

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOMENTS = st.timedeltas(timedelta(0), LAST - FIRST).map(lambda span: FIRST + span)
ODD = (
    *("", " ", "%_", "'; DROP TABLE articles; --", '{"a": [null]}', "\\u0000", "\ufeff", "a\r\n\tb", "None"),
    *("\ufffe", "\uffff", "e\u0301\u200d\u202e", "\U0001f469\u200d\U0001f467", "\x01\x1b[31m\x7f", "ﷺ" * 50),
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
TEXTS |= st.sampled_from(ODD)
"""All that both databases can hold."""
BAD = ("\0", "a\0b", "\ud800", "\udc00 news", "\ud83d\ude00", "\udfff\0")
"""What they cannot: NUL, and halves of surrogate pairs."""

_PLAIN: Mapping[Any, SearchStrategy[Any]] = {
    str: TEXTS,
    bytes: st.binary(max_size=12),
    bool: st.booleans(),
    int: st.integers(0, 2**31 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    datetime: MOMENTS,
    timedelta: st.timedeltas(MICROSECOND, timedelta(days=9999)),
}
_SOME = 3
"""Elements of a collection at most."""


def of(hint: Any, **given: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Values of an annotation; of a dataclass, with these strategies for the fields that they name."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if is_dataclass(hint) and isinstance(hint, type):
        hints = typing.get_type_hints(hint)
        made = {f.name: given[f.name] if f.name in given else of(hints[f.name]) for f in fields(hint)}
        return st.builds(hint, **made)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    return _of_many(typing.get_origin(hint), typing.get_args(hint))


def _of_many(origin: Any, inner: tuple[Any, ...]) -> SearchStrategy[Any]:
    made: SearchStrategy[Any]
    if origin in (UnionType, typing.Union):
        made = st.one_of(*(st.none() if part is NoneType else of(part) for part in inner))
    elif origin is tuple and inner[-1] is ...:
        made = st.lists(of(inner[0]), max_size=_SOME).map(tuple)
    elif origin is tuple:
        made = st.tuples(*map(of, inner))
    elif origin is frozenset:
        made = st.frozensets(of(inner[0]), max_size=_SOME)
    elif origin is Mapping:
        made = st.dictionaries(of(inner[0]), of(inner[1]), max_size=_SOME)
    else:
        raise NotImplementedError(f"nobody has said what a {origin} of {inner} may be")
    return made


def unique(values: SearchStrategy[Any], key: Callable[[Any], object], least: int = 0) -> SearchStrategy[Any]:
    """Tuples of values of which no two have the same key."""
    return st.lists(values, min_size=least, max_size=_SOME, unique_by=key).map(tuple)


def spoken(hint: Any, within: tuple[type, ...] = ()) -> Iterator[type]:
    """The dataclasses within an annotation, and within their fields; `within`: those around it."""
    inner = typing.get_args(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        if hint in within:  # a tree
            return
        yield hint
        inner, within = tuple(typing.get_type_hints(hint).values()), (*within, hint)
    for part in inner:
        yield from spoken(part, within)


def in_signatures(protocol: type) -> set[type]:
    """The dataclasses that the methods of a protocol take and give."""
    methods = [method for _, method in inspect.getmembers(protocol, inspect.isfunction)]
    return {found for m in methods for hint in typing.get_type_hints(m).values() for found in spoken(hint)}


def soiled(value: object, bad: str, place: str = "") -> Iterator[tuple[str, Any]]:
    """The value with one of its texts replaced by `bad`, for each of them, and where that is."""
    if isinstance(value, str) and not isinstance(value, Enum):
        yield place, bad
    elif isinstance(value, tuple | frozenset):
        parts = list(value)
        for n, part in enumerate(parts):
            for where, other in soiled(part, bad, place):
                yield where, type(value)([*parts[:n], other, *parts[n + 1 :]])
    elif isinstance(value, Mapping):
        for key, part in value.items():
            for where, other in soiled(part, bad, place):
                yield where, {**value, key: other}
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            inner = f"{type(value).__name__}.{field.name}"
            for where, other in soiled(getattr(value, field.name), bad, inner):
                yield where, replace(value, **{field.name: other})
