"""Secrets that do not print, and where they are kept: systemd credentials, the environment, files, programs.

A value is read each time it is needed and never held in a setting, so that a changed one counts at once.
"""

import codecs
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from watchdesk.config.files_read import FilesRead
from watchdesk.config.ordinary_files import read_file
from watchdesk.config.secret_command import CommandFailed, output_of
from watchdesk.config.secret_names import ADDRESSES, SETTING
from watchdesk.config.shown_address import SECRET_PARAMETER
from watchdesk.errors import WatchdeskError

_PLACES = ("credential", "env", "file", "command")
"""In the order of the hints."""
_FORMS = "{credential: NAME}, {env: NAME}, {file: PATH} or {command: [PROGRAM, ...]}"
_SECRET_KEY = re.compile(rf"""((?:^|[{{,])\s*["']?{SETTING}["']?\s*:\s+)([^\s{{][^,}}]*)""", re.IGNORECASE)
_URL = re.compile(
    r"""((?:^|[{,])\s*["']?url["']?\s*:\s+["']?(?:[a-z]+://[^/\s"'?#]*+/?+)?+)([^\s{][^,}]*)""", re.IGNORECASE
)
"""Of a webhook or an outside watcher: who knows its path may use it."""
_IN_PROXY = re.compile(r"""(\bproxy["']?\s*:\s+["']?(?:[a-z0-9]+://)?)(\S+)(?=@)""", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"""((?:://|\bproxy["']?:\s+["']?)[^/@\s:]*:)([^/@\s]+)(?=@)""")
_ADDRESS = re.compile(rf"""(\b(?:{"|".join(ADDRESSES)})["']?\s*:\s+(?!\{{))(.+)""")
_HEARTBEAT = re.compile(r"""(\bheartbeat["']?\s*:\s*)(\S.*)""")
"""The address of an outside watcher, also where it stands in braces on the same line."""
_LISTED = re.compile(r"""(^\s*-\s+["']?[a-z][a-z0-9+.-]*://)(.+)""", re.IGNORECASE)
"""An address of a chat in a list: all of it is a secret."""
_PATTERNS = (_SECRET_KEY, _IN_PROXY, _IN_ADDRESS, _ADDRESS, _HEARTBEAT, _URL, _LISTED, SECRET_PARAMETER)
_ASSIGNED = re.compile(rf"""\s*(?:export\s+)?["']?{SETTING}["']?\s*=\s*\S""", re.IGNORECASE)
"""As files of other programs have it."""


def seems_secret(line: str) -> bool:
    """Whether a line of whatever file seems to hold a secret."""
    return hide_secrets(line) != line or _ASSIGNED.match(line) is not None


def hide_secrets(line: str) -> str:
    """A file's line as messages may show it: stars for what looks like a secret, and the same length."""
    if ":" not in line:  # each of them has one
        return line
    for pattern in _PATTERNS:
        line = pattern.sub(lambda found: found[1] + "*" * len(found[2]), line)
    return line


class SecretMissing(WatchdeskError):
    """A secret is not where the configuration says it is; the message says where that was."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference to a secret. Its text form never shows the value."""

    kind: str
    """`credential`, `env`, `file`, `command`, or `plain`."""
    where: str = field(repr=False)
    """Credential name, variable name, path, program, or the value itself for `plain`."""
    arguments: tuple[str, ...] = field(default=(), repr=False)
    """Of the program."""

    def __str__(self) -> str:
        return "********"

    def reveal(self, environment: Mapping[str, str] | None = None) -> str:
        """The value, without the line break at a file's end. Raises `SecretMissing`.

        A program is run each time, for what it prints may expire.
        """
        variables = os.environ if environment is None else environment
        if self.kind == "plain":
            return self.where
        if self.kind == "env":
            value = variables.get(self.where)
            if not value:
                raise SecretMissing(f"the environment has no variable {self.where}; set it for the service")
            return value
        if self.kind == "command":
            return self._printed()
        return _read(self._path(variables), self.kind)

    def look(self) -> None:
        """Raises `SecretMissing` when the secret is not there. Runs no program and looks for no credential.

        systemd's credentials exist only in the service.
        """
        if self.kind in ("env", "file"):
            self.reveal()
        elif self.kind == "command" and shutil.which(self.where) is None:
            raise SecretMissing(f"there is no program {self.where} that may be run here")

    def _printed(self) -> str:
        try:
            return output_of((self.where, *self.arguments))
        except CommandFailed as failure:
            raise SecretMissing(f"the command {self.where} for a secret {failure}") from None

    def _path(self, variables: Mapping[str, str]) -> Path:
        if self.kind == "file":
            return Path(self.where)
        directory = variables.get("CREDENTIALS_DIRECTORY")
        if not directory:
            raise SecretMissing(
                f"the credential '{self.where}' comes from systemd, and no credentials were passed: "
                f"add LoadCredential={self.where}:PATH to the unit, or use {{file: PATH}} or {{env: NAME}}"
            )
        return Path(directory) / self.where


def parse_secret(value: object, directory: Path | None = None) -> Secret:
    """`{credential: NAME}`, `{env: NAME}`, `{file: PATH}`, `{command: […]}` or plain text.

    A relative path of a file, or of a program with a slash, is relative to `directory`. Raises `ValueError`.
    """
    if isinstance(value, Secret):
        return value
    if isinstance(value, str | int):
        if not str(value).strip():
            raise ValueError("an empty secret keeps nothing secret; leave it out, or name a place")
        return Secret("plain", str(value))
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError(f"a secret is one of {_FORMS}")
    kind, where = next(iter(value.items()))
    if kind == "command":
        return _command(where, directory)
    if kind not in _PLACES or not isinstance(where, str) or not where:
        raise ValueError(f"'{kind}' is not where a secret is kept; write {_FORMS}")
    if kind == "file" and directory is not None:
        where = str(directory / where)
    return Secret(kind, where)


def _command(parts: object, directory: Path | None) -> Secret:
    if not isinstance(parts, list | tuple) or not parts or not all(isinstance(p, str | int) for p in parts):
        raise ValueError(
            "a command is a list of a program and its arguments, such as {command: [get-token, --for, mail]}"
        )
    program, *arguments = (str(part) for part in parts)
    if not program.strip():
        raise ValueError("a command begins with the name of a program")
    if "/" in program and directory is not None:
        program = str(directory / program)
    return Secret("command", program, tuple(arguments))


def is_reference(value: object) -> bool:
    """Whether it says where a secret is kept."""
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _PLACES


def read_secret(value: object, validation: ValidationInfo) -> Secret:
    """`parse_secret` in a model; the reader's context names the directory of the configuration."""
    return noted(parse_secret(value, (validation.context or {}).get("directory")), validation)


def noted(secret: Secret, validation: ValidationInfo) -> Secret:
    """The secret; the reader's context hears of the file that keeps it."""
    files: FilesRead | None = (validation.context or {}).get("files")
    if files and secret.kind == "file":
        files.note(Path(secret.where))
    return secret


SECRET_PLACES = [
    *(
        {
            "type": "object",
            "properties": {kind: {"type": "string"}},
            "required": [kind],
            "additionalProperties": False,
        }
        for kind in ("credential", "env", "file")
    ),
    {
        "type": "object",
        "properties": {
            "command": {
                "type": "array",
                "items": {"type": ["string", "integer"]},
                "minItems": 1,
                "description": "A program and its arguments; it prints the secret",
            }
        },
        "required": ["command"],
        "additionalProperties": False,
    },
]
"""The JSON Schema of each way to say where a secret is kept."""

SecretRef = Annotated[
    Secret,
    PlainValidator(read_secret),
    WithJsonSchema({"anyOf": [{"type": "string"}, *SECRET_PLACES]}),
]
"""A secret in an options model."""


def _read(path: Path, kind: str) -> str:
    try:
        content = read_file(path)
        value = content.decode("utf-8-sig").rstrip("\r\n")
    except OSError as error:
        raise SecretMissing(f"the {kind} secret at {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        reason = "is not UTF-8 text"
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            reason = "is UTF-16 text; save it with the encoding UTF-8"
        raise SecretMissing(f"the {kind} secret at {path} cannot be read: {reason}") from None
    if not value:
        raise SecretMissing(f"the {kind} secret at {path} is empty")
    return value
