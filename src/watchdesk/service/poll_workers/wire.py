"""How messages pass between the service and a poll worker: pickled, a dataclass as the values of its fields.

Dataclasses with slots pickle themselves by name, in Python, field by field. A state of a source has thirty
fields, and passes twice for every poll.
"""

import io
import pickle
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from multiprocessing.connection import Connection
from operator import attrgetter, methodcaller
from types import MappingProxyType
from typing import Any

Reduced = str | tuple[Any, ...]
_BY_ITSELF: Callable[[Any], Reduced] = methodcaller("__reduce_ex__", pickle.HIGHEST_PROTOCOL)


def send(connection: Connection, message: object) -> None:
    """Raises `OSError` when the other end is closed, and what pickle raises for what cannot be sent."""
    connection.send_bytes(dumped(message))


def receive(connection: Connection) -> Any:
    """The next message. Raises `EOFError` or `OSError` when there is none any more."""
    return pickle.loads(connection.recv_bytes())  # noqa: S301 - from a process of our own


def dumped(message: object) -> bytes:
    """The message in bytes, for `pickle.loads`."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _TABLE
    pickler.dump(message)
    return buffer.getvalue()


class _Reductions(dict[type, Callable[[Any], Reduced]]):
    """How to reduce the objects of each class, found out when the first of them is sent."""

    def __missing__(self, kind: type) -> Callable[[Any], Reduced]:
        if issubclass(kind, type):
            raise KeyError(kind)  # a class itself is pickled by its name
        found = self[kind] = _by_values(kind) or _BY_ITSELF
        return found


_TABLE = _Reductions({MappingProxyType: lambda view: (dict, (dict(view),))})
"""A mapping that must not be changed, such as that of no states, is a copy of its own at the other end."""


def _by_values(kind: type) -> Callable[[Any], Reduced] | None:
    """For a dataclass that can be made again of the values of its fields; else None."""
    if not is_dataclass(kind) or hasattr(kind, "__post_init__") or not _is_made_of(kind):
        return None
    names = [each.name for each in fields(kind)]
    if len(names) < 2:  # of one name, attrgetter makes no tuple
        return lambda one: (kind, tuple(getattr(one, name) for name in names))
    values: Callable[[Any], Sequence[Any]] = attrgetter(*names)
    return lambda one: (kind, values(one))


def _is_made_of(kind: type) -> bool:
    """Whether all its state is in fields that it takes in their order, and it has no other way of its own."""
    takes_all = all(each.init and not each.kw_only for each in fields(kind))
    has_a_way = any({"__reduce__", "__reduce_ex__"} & vars(base).keys() for base in kind.__mro__[:-1])
    return takes_all and not has_a_way and not kind.__dictoffset__
