"""The files of a configuration as a backup has them: without secrets, and what was left out is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from watchdesk.config.looking import is_file
from watchdesk.config.parsing import read_document
from watchdesk.config.places import Problems
from watchdesk.config.rule_folders import files_in_folders
from watchdesk.config.secret_names import names_secret_file
from watchdesk.config.secrets import seems_secret
from watchdesk.config.without_secrets import (
    Removed,
    Unreadable,
    scalars,
    without_secret_addresses,
    without_secrets,
)

_LARGEST = 16 * 1024 * 1024
"""Bytes of a file of the configuration."""
_SECRETS = "secrets"
"""A folder in which `init` and `import` keep them."""


class _LeftOut(Exception):
    """A file that is not taken, with the reason."""


@dataclass
class FilesToKeep:
    """Reads the files, and notes what is not taken."""

    removed: list[Removed] = field(default_factory=list)
    """Secrets that stood in the files."""
    left_out: list[str] = field(default_factory=list)
    """Files that hold a secret, or cannot be read."""

    def of(self, directory: Path) -> Iterator[tuple[str, bytes]]:
        """Names and contents of what is taken."""
        named = _files_of_secrets(directory)
        # Which enters no folder by a link, as a folder of rules/ may be one.
        for path in sorted({*directory.rglob("*"), *files_in_folders(directory)}):
            name = path.relative_to(directory).as_posix()
            if any(part.startswith((".", "#", "~")) or part.endswith("~") for part in Path(name).parts):
                continue
            try:
                if not path.is_file():
                    continue
                yield f"config/{name}", self._taken(path, name, is_named=path.resolve() in named)
            except _LeftOut as why:
                self.left_out.append(f"{name}: {why}")
            except Unreadable:
                self.left_out.append(f"{name}: it is no YAML, and what in it is secret cannot be told")
            except OSError as error:
                self.left_out.append(f"{name}: it cannot be read: {error.strerror}")

    def _taken(self, path: Path, name: str, *, is_named: bool) -> bytes:
        parts = PurePosixPath(name).parts
        if is_named or _SECRETS in parts[:-1]:
            raise _LeftOut("it is a secret")
        if path.stat().st_size > _LARGEST:
            raise _LeftOut("it is larger than any configuration")
        content = path.read_bytes()
        if b"PRIVATE KEY-----" in content:
            raise _LeftOut("it holds a private key")
        is_yaml = name.endswith((".yaml", ".yml"))
        if name in ("watchdesk.yaml", "sources.yaml") or (parts[0] == "sources" and is_yaml):
            return self._settings(name, content)
        if name.endswith((".opml", ".xml")):
            text, times = without_secret_addresses(content.decode("utf-8", "surrogateescape"))
            self.removed += [Removed(name, "an address", None)] * times
            return text.encode("utf-8", "surrogateescape")
        if not (is_yaml and (parts[0] == "rules" or parts[-1] == "rules.yaml")):
            _look_for_secrets(name, content)
        return content

    def _settings(self, name: str, content: bytes) -> bytes:
        try:
            text, taken = without_secrets(content.decode(), name)
        except UnicodeDecodeError:
            raise Unreadable(name) from None
        self.removed += taken
        return text.encode()


def _look_for_secrets(name: str, content: bytes) -> None:
    """Of a file that watchdesk knows nothing about."""
    if names_secret_file(PurePosixPath(name).name):
        raise _LeftOut("by its name it is a secret")
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if seems_secret(line):
            raise _LeftOut(f"line {number} seems to hold a secret")


def _files_of_secrets(directory: Path) -> set[Path]:
    """The files that the configuration names by `{file: PATH}`."""
    files = [
        directory / "watchdesk.yaml",
        directory / "sources.yaml",
        *sorted((directory / "sources").glob("*.y*ml")),
    ]
    return {
        (directory / scalar.text).resolve()
        for file in files
        if is_file(file)
        for path, scalar in scalars(read_document(file, Problems()))
        if path[-1:] == ("file",)
    }
