"""Writes new sources into sources.yaml: all of them or none, and never a file that cannot be read.

`insertion` decides where in the text they go.
"""

import os
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from watchdesk.config.checking import plain
from watchdesk.config.durable import new_file
from watchdesk.config.insertion import Settings, as_text, with_sources
from watchdesk.config.parsing import parse_document, read_document
from watchdesk.config.places import Problems
from watchdesk.config.sources_file import OPML_FILE, SOURCES_FILE, read_declared, source_files
from watchdesk.errors import UsageError

_WITH_OPML = f"sources:\n  subscriptions:\n    opml: {OPML_FILE}\n"


def add_sources(directory: Path, added: Mapping[str, Settings]) -> Path:
    """Writes sources, by name, into the directory's sources.yaml; its path.

    Where there is no such file, one is made that also names the sources.opml that was read instead. The file
    keeps its mode and every byte that was in it. Raises `UsageError` when it cannot be written or would
    not say what it should; then nothing has changed.
    """
    path = directory / SOURCES_FILE
    try:
        before = path.read_bytes().decode("utf-8") if path.exists() else _beginning(directory)
        _replace(path.resolve(), before, added, directory)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be written: {reason}") from None
    return path


def _beginning(directory: Path) -> str:
    return _WITH_OPML if source_files(directory) == [directory / OPML_FILE] else ""


def _replace(path: Path, before: str, added: Mapping[str, Settings], directory: Path) -> None:
    """Writes a file beside it, reads that back, and renames it into place (rename(2) is atomic)."""
    try:
        text = with_sources(before, added)
    except ValueError:
        raise _refused(path, added) from None
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        # It may hold passwords: nobody else may read it before it has the old file's mode.
        mode = 0o600 if path.exists() else 0o666
        with new_file(beside, mode) as file:
            file.write(text.encode())
        if path.exists():
            _keep_mode(path, beside)
        if not _says(beside, before, added, directory):
            raise _refused(path, added)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _keep_mode(path: Path, beside: Path) -> None:
    kept = path.stat()
    with suppress(PermissionError):  # another user's file in a directory of ours becomes ours
        os.chown(beside, kept.st_uid, kept.st_gid)
    beside.chmod(stat.S_IMODE(kept.st_mode))


def _says(beside: Path, before: str, added: Mapping[str, Settings], directory: Path) -> bool:
    """Whether the new file reads as the old one followed by the new sources, without mistakes."""
    problems = Problems()
    top = read_document(beside, problems, SOURCES_FILE)
    read_declared(top, SOURCES_FILE, directory, problems)
    old = plain(parse_document(before.removeprefix("\ufeff"), SOURCES_FILE, Problems())) or {}
    listed = (old.get("sources") or {}) if isinstance(old, dict) else {}
    new = {
        name: {key: value if isinstance(value, str) else list(value) for key, value in settings.items()}
        for name, settings in added.items()
    }
    wanted = {**old, "sources": {**listed, **new}}
    found = plain(top)
    return not problems.errors and found == wanted and list(found["sources"]) == list(wanted["sources"])


def _refused(path: Path, added: Mapping[str, Settings]) -> UsageError:
    return UsageError(
        f"{path} is written in a way that nothing can safely be added to, and was left as it is; "
        f"add this to its sources yourself:\n\n{as_text(added)}"
    )
