"""The options of channels that write into a folder: `files: digests/`, or `files: {path: digests/}`."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from watchdesk.config.private import PRIVATE, kernels_own, may
from watchdesk.model import Account, NotReached, NotTried, Probed, Reached

_ANOTHER = "name another folder"
_MODES = {"600": 0o600, "640": 0o640, "644": 0o644}


def _mode(value: object) -> int:
    """In YAML 1.2, `0640` is the number 640, and `0o640` is octal."""
    if isinstance(value, int) and not isinstance(value, bool) and value in _MODES.values():
        return value
    found = _MODES.get(str(value).removeprefix("0o").lstrip("0"))
    if found is None or isinstance(value, bool):
        raise ValueError(
            "`mode` is 0640 (the group may read, too) or 0644 (everyone may read); "
            "when left out it is 0600, for the owner alone"
        )
    return found


FileMode = Annotated[
    int,
    BeforeValidator(_mode),
    WithJsonSchema({"enum": [640, 644, 600, "0640", "0644", "0600"]}),
]


class FolderOptions(BaseModel):
    """One folder; its name alone is enough."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(description="The folder to write to; a relative path leads from the state directory")

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        if isinstance(value, Mapping | FolderOptions):
            return value
        if isinstance(value, str | Path) and str(value).strip():
            return {"path": value}
        raise ValueError("name the folder to write to, for instance digests/")


class ServedFolderOptions(FolderOptions):
    """A folder that others, such as a web server, may read."""

    mode: FileMode = Field(
        default=PRIVATE,
        description="Who may read the files: 0640 the group, too; 0644 everyone. New folders follow "
        "suit, one that exists keeps its mode. When left out 0600, the owner alone",
        json_schema_extra={"default": "0600"},
    )


def probe_folder(folder: Path, account: Account) -> Probed:
    """Whether the account may write into the folder, or make it where it is missing. Makes nothing."""
    try:
        return _probed(folder, account)
    except OSError as error:
        if account.uid == os.geteuid():
            return NotReached(
                f"{account} may not look into {folder}: {error.strerror}",
                "give them the right to enter its folders (chmod o+x, or setfacl), or name another",
            )
        return NotTried(str(folder), f"we may not look: {error.strerror}; run this as {account}")


def _probed(folder: Path, account: Account) -> Probed:
    if not folder.is_dir():
        return _probed_to_be_made(folder, account)
    if kind := kernels_own(folder):
        return NotReached(f"{folder} is the kernel's ({kind}), and on no disk", _ANOTHER)
    if may(account, folder, os.W_OK | os.X_OK):
        return Reached(f"{folder} may be written")
    return NotReached(f"{folder} may not be written by {account}: change its owner or its mode")


def _probed_to_be_made(folder: Path, account: Account) -> Probed:
    above = next(path for path in folder.absolute().parents if path.exists())
    if os.path.lexists(folder) or not above.is_dir():
        wrong = folder if above.is_dir() else above
        return NotReached(f"{wrong} is no folder: move it aside, or name another")
    if kind := kernels_own(above):
        return NotReached(
            f"{folder} cannot be made: {above} is the kernel's ({kind}), and on no disk", _ANOTHER
        )
    if may(account, above, os.W_OK | os.X_OK):
        return Reached(f"{folder} is made with the first digest")
    return NotReached(
        f"{folder} is missing, and {account} may not make it in {above}: make it, and give it to {account}"
    )
