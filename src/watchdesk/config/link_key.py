"""The key that signs links in digests and addresses of feeds: a file in the state directory.

It is for its owner alone, and never logged. It is read each time it is needed, so that a new one counts at
once; whoever needs one first makes it.
"""

import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from watchdesk.config.durable import new_file
from watchdesk.config.private import PRIVATE
from watchdesk.errors import WatchdeskError
from watchdesk.logger import get_logger

log = get_logger(__name__)

FILE = "links.key"
_BYTES = 32
_LARGEST = 1000


class LinkKeyUnusable(WatchdeskError):
    """The file is there and holds no key that can be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class LinkKey:
    """The key of one desk. Safe for many threads and processes."""

    state_directory: Path

    @property
    def path(self) -> Path:
        """The file."""
        return self.state_directory / FILE

    def known(self) -> bytes | None:
        """The key; None where none was made yet. Raises `LinkKeyUnusable`."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(f"cannot be read: {error.strerror}", "give it back to its owner") from None
        with os.fdopen(descriptor, "rb") as file:
            self._keep_private(file.fileno())
            return self._key(file.read(_LARGEST))

    def look(self) -> None:
        """Changes nothing, not even who may read it. Raises `LinkKeyUnusable` for a damaged one."""
        try:
            written = self.path.read_bytes() if self.path.is_file() else None
        except OSError:  # that the service may read it is for others to say
            return
        if written is not None:
            self._key(written)

    def _key(self, written: bytes) -> bytes:
        try:
            key = bytes.fromhex(written.decode("ascii").strip())
        except ValueError:
            key = b""
        if len(key) < _BYTES:
            raise self._unusable("is damaged", "delete it, and a new one is made")
        return key

    def made(self) -> bytes:
        """The key, made now if there is none. Raises `LinkKeyUnusable`."""
        known = self.known()
        if known is not None:
            return known
        try:
            self._make()
        except OSError as error:
            raise self._unusable(f"cannot be made: {error.strerror}", "see `watchdesk doctor`") from None
        made = self.known()  # of two that made one at once, both take the first
        if made is None:
            raise self._unusable("was deleted as soon as it was made", "leave it there")
        return made

    def _make(self) -> None:
        """Makes the file, in full or not at all. One that is there already stays."""
        part = self.path.with_name(f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}.part")
        try:
            with new_file(part) as file:
                os.fchmod(file.fileno(), PRIVATE)  # whatever the umask
                file.write(f"{secrets.token_hex(_BYTES)}\n".encode("ascii"))
            with suppress(FileExistsError):
                os.link(part, self.path)
        finally:
            part.unlink(missing_ok=True)

    def _keep_private(self, descriptor: int) -> None:
        """Takes it from whoever else may read it."""
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise self._unusable("is no file", "move it away, and a new one is made")
        mode = stat.S_IMODE(found.st_mode)
        if not mode & 0o077:
            return
        try:
            os.fchmod(descriptor, PRIVATE)
        except OSError:
            raise self._unusable(f"can be read by others (mode {mode:04o})", "chmod 600 it") from None
        log.warning(
            "others could read the key of links; its mode is 0600 now. Delete it if somebody may have",
            file=str(self.path),
            mode=f"{mode:04o}",
        )

    def _unusable(self, what: str, to_do: str) -> LinkKeyUnusable:
        return LinkKeyUnusable(
            f"the key of links, {self.path}, {what}: {to_do}. What another key signed opens nothing any more"
        )
