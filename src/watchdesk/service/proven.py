"""Remembers which rules have passed their examples, so that a start by the same files skips them.

They are half of what a start waits for. `check` and `test` always try them.
"""

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import watchdesk
from watchdesk.config.reader import rule_files
from watchdesk.configuration import Configuration, outside_folders
from watchdesk.logger import get_logger
from watchdesk.service.liveness.state_file import StateFile

log = get_logger(__name__)

FILE = "proven.json"


@dataclass(frozen=True, slots=True)
class Proven:
    """The content of proven.json."""

    digest: str
    """Of the files of rules and of examples, and of the program that tried them."""
    version: Literal[1] = 1


class ProvenRules:
    """The file; what cannot be read or written costs another trial."""

    def __init__(self, state_directory: Path) -> None:
        self._file = StateFile(state_directory / FILE, Proven)

    def has(self, configuration: Configuration) -> bool:
        """Whether every example of these rules has passed, in the files as they were read."""
        try:
            known = self._file.read()
        except OSError:
            return False
        return known is not None and known.digest == _digest(configuration)

    def add(self, configuration: Configuration) -> None:
        """They have passed."""
        try:
            self._file.write(Proven(_digest(configuration)))
        except OSError as error:
            log.debug("which rules have passed cannot be written", file=FILE, why=error.strerror)


def _digest(configuration: Configuration) -> str:
    """No other file counts: among those are secrets, of which nothing is to be kept."""
    rules = outside_folders(configuration).rules.rules
    examples = [one for rule in rules for one in (*rule.matching_examples, *rule.ignored_examples)]
    directory, of_examples = configuration.settings.directory, [one.file for one in examples if one.file]
    counted = {*rule_files(directory), *of_examples}
    program = Path(watchdesk.__file__).stat().st_mtime_ns
    told = [f"{watchdesk.__version__} {program} {sys.version}".encode()]
    told += [str(path).encode() + b"\0" + configuration.files.get(path, b"") for path in sorted(counted)]
    return hashlib.blake2b(b"\n".join(told), digest_size=16).hexdigest()
