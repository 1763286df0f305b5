"""Keeps in outline what a desk has in force in the state directory, also over a restart.

By it a start sees, as a reload does, that a file was cut off. It holds counts and names of keys, and no value
of a setting. `service.refusals` judges what may be missing.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from watchdesk.config.durable import replace_file
from watchdesk.config.private import make_folder
from watchdesk.config.settings import Settings

FILE = "desk-in-force.json"
"""In the state directory."""
_VERSION = 1
_LARGEST = 1 << 20


class UnusableOutline(Exception):
    """The file cannot be read, or not be understood; its words say why."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What of a desk nobody takes out by the way, and a file that was cut off lacks."""

    present: frozenset[str]
    """The keys at the top of watchdesk.yaml."""
    on_server: bool
    """Whether its database is PostgreSQL's."""
    channels: int
    digests: int
    sources: int
    rules: int
    operators: bool
    heartbeat: bool
    takes_token: bool
    """Whether people sign in to the page."""
    is_open: bool
    """Whether there is a page, for which nothing was said of a token."""
    lacks_folders: bool = False
    """Whether a folder of rules/ has a mistake, and nothing of it is in force: its rules are not gone."""

    @classmethod
    def of(cls, settings: Settings, rules: int, *, lacks_folders: bool) -> "Outline":
        """Of a desk with so many rules."""
        web = settings.web
        return cls(
            present=settings.present,
            on_server=settings.storage != "sqlite",
            channels=len(settings.channels),
            digests=len(settings.digests),
            sources=len(settings.sources),
            rules=rules,
            operators=bool(settings.operators),
            heartbeat=settings.heartbeat is not None,
            takes_token=web.takes_token,
            is_open=web.address is not None and web.token is None,
            lacks_folders=lacks_folders,
        )


class KeptOutline:
    """The file; replaced as a whole."""

    def __init__(self, state_directory: Path) -> None:
        self.path = state_directory / FILE

    def read(self) -> Outline | None:
        """What was in force last; None where nothing was kept. Raises `UnusableOutline`."""
        try:
            with self.path.open("rb") as file:
                content = file.read(_LARGEST)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise UnusableOutline(f"{self.path} cannot be read: {error.strerror}") from None
        try:
            return _outline_of(content)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise UnusableOutline(f"{self.path} is damaged, or of another version of watchdesk") from None

    def keep(self, outline: Outline) -> None:
        """This is in force now, or what a person wants. Raises `OSError`; then the file is as it was."""
        try:
            is_kept = self.read() == outline
        except UnusableOutline:
            is_kept = False
        if not is_kept:
            make_folder(self.path.parent)
            replace_file(self.path, _content_of(outline))


def _content_of(outline: Outline) -> bytes:
    said = {"version": _VERSION, "outline": {**asdict(outline), "present": sorted(outline.present)}}
    return json.dumps({**said, "sum": _sum(said)}, indent=1).encode()


def _outline_of(content: bytes) -> Outline:
    """Raises `ValueError`, `KeyError`, `TypeError` or `AttributeError` for damage."""
    said = json.loads(content)
    if said["version"] != _VERSION or said.pop("sum") != _sum(said):
        raise ValueError("another content")
    return Outline(**{**said["outline"], "present": frozenset(said["outline"]["present"])})


def _sum(said: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
