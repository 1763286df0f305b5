"""Small typed files in the state directory that are written often, and also on a full disk."""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

Value = TypeVar("Value")

_BLOCK = 4096
"""Files are filled up to a whole block, so that the next content often fits into the room of the last."""


_ADAPTERS: dict[object, TypeAdapter[Any]] = {}
"""By type. To make one takes longer than to read a file by it, and the page reads several again and again."""


class StateFile(Generic[Value]):
    """One value as JSON, mode 0600; written whole or not at all."""

    def __init__(self, path: Path, kind: type[Value]) -> None:
        self.path = path
        if kind not in _ADAPTERS:
            _ADAPTERS[kind] = TypeAdapter(kind)
        self._adapter: TypeAdapter[Value] = _ADAPTERS[kind]

    def read(self) -> Value | None:
        """The value; None where there is none, or none that this watchdesk understands.

        Raises `OSError` when it may not be read.
        """
        for _ in range(3):
            try:
                return self._adapter.validate_json(self.path.read_bytes())
            except (FileNotFoundError, NotADirectoryError):
                return None
            except ValidationError:  # perhaps while it was written in place
                time.sleep(0.02)
        return None

    def write(self, value: Value) -> None:
        """Replaces the content. Raises `OSError`; with a full disk only when the new content is longer."""
        content = self._adapter.dump_json(value, indent=1) + b"\n"
        content += b" " * (-len(content) % _BLOCK)
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        try:
            self._write(part, content, os.O_CREAT | os.O_TRUNC)
            part.replace(self.path)
        except OSError:
            # What is asked for then is not to hide why it could not be written.
            with suppress(OSError):
                part.unlink()
            if len(content) > self._size():
                raise
            self._write(self.path, content, 0)  # needs no further room

    def _size(self) -> int:
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @staticmethod
    def _write(path: Path, content: bytes, flags: int) -> None:
        descriptor = os.open(path, os.O_WRONLY | flags, 0o600)
        try:
            written = 0
            while written < len(content):  # on a full disk, the second turn raises why
                written += os.write(descriptor, content[written:])
            os.ftruncate(descriptor, len(content))
        finally:
            os.close(descriptor)
