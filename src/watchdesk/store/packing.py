"""How SQLite keeps long texts: compressed where that saves something. PostgreSQL does it by itself (TOAST).

A stored value that is text is plain. One of bytes is a form, in its first byte, and a zstd frame: form 1
without a dictionary, from 2 on with the dictionary of that number. A frame has its length and a checksum.
"""

import json
from collections.abc import Callable
from threading import local
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import JSON, Dialect, Text
from sqlalchemy.types import TypeEngine, UserDefinedType

from watchdesk.store.dictionaries import Dictionaries, Kind

if TYPE_CHECKING:
    from watchdesk.encoding.zstd import zstd

PLAIN = 1
"""The form of a frame that needs no dictionary."""
SHORT = 200
"""Bytes below which a text stays plain: compressing it saves next to nothing."""
LARGEST = 64 * 1024 * 1024
"""Bytes of a text beyond which it stays plain, and which no frame may claim to hold."""
LEVEL = 3
"""Beyond it, a level saves a twentieth for three times the work."""


class Packer:
    """Packs and unpacks the texts of one database. Safe to use from many threads."""

    def __init__(self, dictionaries: Dictionaries) -> None:
        self._dictionaries = dictionaries
        self._own = _Compressors()

    def packed(self, kind: Kind, text: str) -> str | bytes:
        """As it is to be stored."""
        raw = text.encode()
        if not SHORT <= len(raw) <= LARGEST:
            return text
        number = self._dictionaries.newest(kind) or PLAIN
        compressor = self._compressor(number)
        frame = compressor.compress(raw, compressor.FLUSH_FRAME)
        return bytes((number,)) + frame if len(frame) < len(raw) else text

    def unpacked(self, stored: str | bytes) -> str:
        """As it was given. Raises `DamagedStorage`."""
        if isinstance(stored, str):
            return stored
        from watchdesk.encoding.zstd import content_of, zstd  # noqa: PLC0415 - for commands that read no text

        number, frame = stored[0] if stored else 0, stored[1:]
        dictionary = self._dictionaries.of(number) if number > PLAIN else None
        try:
            return content_of(frame, LARGEST if number else -1, dictionary).decode()
        except (zstd.ZstdError, UnicodeDecodeError) as error:
            said = f"a compressed text in it cannot be read: {error}"
            raise self._dictionaries.damaged(said, None) from error

    def _compressor(self, number: int) -> "zstd.ZstdCompressor":
        if found := self._own.by_number.get(number):
            return found
        from watchdesk.encoding.zstd import compressor  # noqa: PLC0415 - as above

        made = compressor(LEVEL, self._dictionaries.of(number) if number > PLAIN else None)
        self._own.by_number[number] = made
        return made


class _Compressors(local):
    """A thread's own: one holds a state of its own while it works."""

    def __init__(self) -> None:
        self.by_number: dict[int, zstd.ZstdCompressor] = {}


_PACKERS: WeakKeyDictionary[Dialect, Packer] = WeakKeyDictionary()
"""By dialect, for SQLAlchemy tells a type nothing else of the database; each engine has one of its own."""


def pack_for(dialect: Dialect, dictionaries: Dictionaries) -> None:
    """From now on columns of this engine are packed."""
    _PACKERS[dialect] = Packer(dictionaries)


class AsStored(UserDefinedType[str | bytes]):
    """A packed column's values as SQLite has them."""

    cache_ok = True


_Value: TypeAlias = Any
"""What SQLAlchemy gives to a type and takes from it; it says no more of that."""


class _PackedText(UserDefinedType[str]):
    cache_ok = True

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def get_col_spec(self, **_: object) -> str:
        """As the column was declared before its texts were packed; SQLite takes bytes in any."""
        return "TEXT"

    def bind_processor(self, dialect: Dialect) -> Callable[[_Value], _Value]:
        """To what is stored."""
        packed, kind = _PACKERS[dialect].packed, self.kind
        return lambda text: packed(kind, text)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[_Value], _Value]:  # noqa: ARG002 - SQLAlchemy's hook
        """From what is stored."""
        return _PACKERS[dialect].unpacked


class _PackedJson(_PackedText):
    def get_col_spec(self, **_: object) -> str:
        """As of `_PackedText`."""
        return "JSON"

    def bind_processor(self, dialect: Dialect) -> Callable[[_Value], _Value]:
        """To what is stored."""
        packed, kind = _PACKERS[dialect].packed, self.kind
        return lambda value: packed(kind, json.dumps(value, ensure_ascii=False))

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[_Value], _Value]:  # noqa: ARG002 - SQLAlchemy's hook
        """From what is stored."""
        unpacked = _PACKERS[dialect].unpacked
        return lambda stored: json.loads(unpacked(stored))


def packed_text(kind: Kind) -> Text:
    """The type of a column of long texts, never NULL."""
    return Text().with_variant(_PackedText(kind), "sqlite")


def packed_json(kind: Kind) -> JSON:
    """The type of a column of lists that hold long texts, never NULL."""
    return JSON().with_variant(_PackedJson(kind), "sqlite")


def unpacker(dialect: Dialect) -> Callable[[str | bytes], str]:
    """What unpacks the texts of this engine; raises `DamagedStorage`."""
    return _PACKERS[dialect].unpacked


def is_packed(column: TypeEngine[Any], dialect: Dialect) -> bool:
    """Whether the texts of a column of this type are packed in that database."""
    return isinstance(column.dialect_impl(dialect), _PackedText)
