"""The file of a backup: a tar archive (POSIX pax) in one frame of zstd, written and read as a stream.

    watchdesk-backup.json       first: the version of this format, and of the tables
    config/…                    the files of the configuration, without the secrets that stood in them
    state/links.key …           files of the state directory
    tables/NAME/00001.jsonl     rows, as `store.table_rows` writes them
    end.json                    last: the number of rows of each table, their sums, and those of the files

The frame has a checksum of all that is in it, and the sums say that what is in it is what was written: a
file that was cut off or altered is noticed. One that somebody else made is to harm nobody: names are checked,
no member may be large, and nothing is written where the archive says.
"""

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Self

from watchdesk.config import kept_outline
from watchdesk.config.kept_folders import FOLDER
from watchdesk.encoding.zstd import zstd
from watchdesk.errors import UsageError
from watchdesk.store.table_rows import Chunk, Columns, Kind, Sums

FORMAT = 1
_FIRST, _LAST = "watchdesk-backup.json", "end.json"
_LARGEST = 128 * 1024 * 1024
"""Bytes of one member: a row may hold 64 MB."""
_LARGEST_FILES = 64 * 1024 * 1024
"""Bytes of all files of the configuration and the state directory."""
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,60}")
_ROWS = re.compile(r"tables/([a-z][a-z0-9_]{0,60})/\d{5,12}\.jsonl")
STATE_FILES = ("links.key", "told.json", kept_outline.FILE)
"""What of the state directory is kept: the key of links and feeds, what the operators have been told, and
what was in force, so that a desk that is restored from files that were cut off says so."""
_STATE = re.compile(rf"state/(?:{'|'.join(map(re.escape, STATE_FILES))}|{FOLDER}/[a-z0-9-]+\.json)")
"""That, and the rules in force of each folder of rules/."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself first."""

    made_at: str
    program: str
    """The version of the watchdesk that made it."""
    revision: str
    """Of the tables."""
    storage: str
    """`sqlite`, or the address of PostgreSQL without its password."""
    columns: Columns


@dataclass(frozen=True, slots=True)
class Contents:
    """A backup that was read to its end and found whole."""

    manifest: Manifest
    files: Mapping[str, bytes]
    """By name, as `config/watchdesk.yaml`."""
    sums: Mapping[str, Mapping[str, object]]
    """By table: `rows` and `hash`."""
    numbers: Mapping[str, int]
    """By table: the greatest number that was given."""


class BackupWriter:
    """Writes a backup, member by member."""

    def __init__(self, out: BinaryIO, manifest: Manifest) -> None:
        wanted = zstd.CompressionParameter
        options = {int(wanted.compression_level): 3, int(wanted.checksum_flag): 1}
        self._frame = zstd.ZstdFile(out, "wb", options=options)
        self._tar = tarfile.open(fileobj=self._frame, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed by `end`
        self._files: dict[str, str] = {}
        self._parts: dict[str, int] = {}
        self.sums = Sums()
        self._add(_FIRST, _as_json({"format": FORMAT, **asdict(manifest)}))

    def add_file(self, name: str, content: bytes) -> None:
        """A file of the configuration or of the state directory."""
        self._files[name] = hashlib.sha256(content).hexdigest()
        self._add(name, content)

    def add_rows(self, chunk: Chunk) -> None:
        """Some rows of a table."""
        self.sums.add(chunk)
        part = self._parts[chunk.table] = self._parts.get(chunk.table, 0) + 1
        self._add(f"tables/{chunk.table}/{part:05}.jsonl", b"\n".join(chunk.lines))

    def end(self, numbers: Mapping[str, int]) -> None:
        """Writes what the whole is known by, and closes the frame."""
        self._add(
            _LAST, _as_json({"tables": self.sums.document, "files": self._files, "numbers": dict(numbers)})
        )
        self._tar.close()
        self._frame.close()

    def give_up(self) -> None:
        """Closes what cannot be written to its end: neither would be silent when it is thrown away."""
        for one in (self._tar, self._frame):
            with suppress(OSError, ValueError):
                one.close()

    def _add(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))


class Backup:
    """The file of a backup, open to read: it is opened once, by whoever may, and read as often as needed."""

    def __init__(self, path: Path) -> None:
        """Raises `UsageError` where it cannot be opened."""
        self.path = path
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror or error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read_whole(self) -> Contents:
        """Reads it from beginning to end. Raises `UsageError` for one that is not whole, or not ours."""
        try:
            return self._read_whole()
        except (ValueError, KeyError, TypeError, AttributeError) as error:  # well formed, not as we write it
            raise _not_whole(self.path, str(error) or type(error).__name__) from None

    def rows(self) -> Iterator[Chunk]:
        """The rows of one that was read whole before. Raises `UsageError` where it no longer is."""
        for name, content in self.members():
            if chunk := _chunk(name, content):
                yield chunk

    def _read_whole(self) -> Contents:
        sums, files, manifest, last, path = Sums(), {}, None, None, self.path
        for name, content in self.members():
            if last is not None:
                raise _not_whole(path, "something follows its end")
            if manifest is None:
                manifest = _manifest(path, name, content)
            elif name == _LAST:
                last = json.loads(content)
            elif chunk := _chunk(name, content):
                if chunk.table not in manifest.columns:
                    raise _not_whole(path, f"it has rows of {chunk.table}, which it does not name")
                sums.add(chunk)
            else:
                files[_checked(path, name)] = content
                if sum(map(len, files.values())) > _LARGEST_FILES:
                    raise _not_whole(path, "its files are larger than any configuration")
        if manifest is None or not isinstance(last, dict):
            raise _not_whole(path, "it ends early")
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        if sums.document != last.get("tables") or hashes != last.get("files"):
            raise _not_whole(path, "what it holds is not what was written")
        return Contents(manifest, files, sums.document, {k: int(v) for k, v in last["numbers"].items()})

    def members(self) -> Iterator[tuple[str, bytes]]:
        """Names and contents, in order."""
        path, file = self.path, self._file
        try:
            file.seek(0)
            with zstd.ZstdFile(file, "rb") as frame:
                with closing(tarfile.open(fileobj=frame, mode="r|")) as tar:
                    for member in tar:
                        if not member.isreg() or member.size > _LARGEST:
                            raise _not_whole(path, f"{member.name!r} is no file of a backup")
                        content = tar.extractfile(member)
                        yield member.name, content.read() if content else b""
                while rest := frame.read(1 << 20):  # to the end, where the checksum is
                    if rest.strip(b"\0"):  # zeros fill the archive's last block
                        raise _not_whole(path, "something follows its end")
        except (zstd.ZstdError, tarfile.TarError, EOFError, ValueError) as error:
            raise _not_whole(path, str(error) or type(error).__name__) from None
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror or error}") from None


def is_backup(path: Path) -> bool:
    """Whether it begins like one."""
    try:
        with Backup(path) as backup:
            return next(backup.members())[0] == _FIRST
    except (UsageError, StopIteration):
        return False


def _manifest(path: Path, name: str, content: bytes) -> Manifest:
    if name != _FIRST:
        raise UsageError(f"{path} is no backup of watchdesk")
    said: dict[str, Any] = json.loads(content)
    if said.pop("format", None) != FORMAT:
        raise UsageError(f"{path} was made by a newer watchdesk, in a form that this one does not know")
    columns = {
        str(table): [(str(column), Kind(kind)) for column, kind in named]
        for table, named in said.pop("columns").items()
    }
    named = [*columns, *(column for one in columns.values() for column, _ in one)]
    if not all(_IDENTIFIER.fullmatch(one) for one in named):
        raise _not_whole(path, "it names no tables of ours")
    texts = {key: str(said[key]) for key in ("made_at", "program", "revision", "storage")}
    return Manifest(columns=columns, **texts)


def _chunk(name: str, content: bytes) -> Chunk | None:
    found = _ROWS.fullmatch(name)
    return Chunk(found[1], content.split(b"\n")) if found else None


def _checked(path: Path, name: str) -> str:
    """A name that leads nowhere but into the folders of its kind."""
    parts = PurePosixPath(name).parts
    is_plain = name == "/".join(parts) and not any(
        part in ("..", ".", "/") or "\\" in part or "\0" in part for part in parts
    )
    is_ours = (parts[:1] == ("config",) and len(parts) > 1) or _STATE.fullmatch(name) is not None
    if not is_plain or not is_ours:
        raise _not_whole(path, f"{name!r} is no file of a backup")
    return name


def _as_json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _not_whole(path: Path, why: str) -> UsageError:
    return UsageError(f"{path} is no whole backup ({why}); nothing was changed")
