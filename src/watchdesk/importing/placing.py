"""Puts an import into a configuration: all of it or nothing, and never over a file.

The folder imported/NAME has drafts, secrets and the report. It comes into place as a whole, and no service
reads it. Then sources/NAME.yaml appears, whole as well. Whatever ends the program in between leaves the desk
as it was.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from watchdesk.config.durable import new_file, sync
from watchdesk.config.places import Problems
from watchdesk.config.private import give_away
from watchdesk.config.settings import Settings
from watchdesk.config.sources_file import OPML_FILE, read_sources, source_files
from watchdesk.errors import ConfigurationError, UsageError
from watchdesk.importing.carrying import Carried
from watchdesk.importing.texts import drafts_text, report_lines, sources_text
from watchdesk.rules import RuleSet

FOLDER = "imported"


@dataclass(frozen=True, slots=True)
class Target:
    """Where an import goes."""

    directory: Path
    """Of the configuration."""
    name: str
    """Of its files."""

    @property
    def folder(self) -> str:
        """What only people read, from the configuration directory."""
        return f"{FOLDER}/{self.name}"

    @property
    def sources(self) -> str:
        """The file of sources, from there."""
        return f"sources/{self.name}.yaml"

    def files(self, carried: Carried) -> list[str]:
        """Every file that is written for it, from there."""
        found = [self.sources] if carried.added else []
        found += [f"{self.folder}/rules.yaml"] if carried.drafts else []
        found += [f"{self.folder}/secrets/{name}" for name in carried.logins]
        return [*found, f"{self.folder}/report.txt"]


def target_in(directory: Path, program: str) -> Target:
    """Names for the files of an import that no file has."""
    number = 1
    while True:
        target = Target(directory, program if number == 1 else f"{program}-{number}")
        if not any(os.path.lexists(directory / name) for name in (target.folder, target.sources)):
            return target
        number += 1


def write(target: Target, carried: Carried, settings: Settings) -> None:
    """Writes everything. Raises `UsageError` where that is not possible; then nothing was written."""
    try:
        with _made(target, carried, settings, target.directory) as beside:
            _put_in_place(beside, target, has_sources=bool(carried.added))
    except OSError as error:
        raise UsageError(
            f"{target.directory} cannot be written: {error.strerror or error}; nothing was written"
        ) from None


def prove(target: Target, carried: Carried, settings: Settings) -> None:
    """Makes everything elsewhere, reads it as a service would, and drops it. Raises as `write` does."""
    with _made(target, carried, settings, None):
        pass


@contextmanager
def _made(target: Target, carried: Carried, settings: Settings, within: Path | None) -> Iterator[Path]:
    """A folder with the files, which have been read as a service reads them."""
    beside = Path(tempfile.mkdtemp(prefix=".importing.", dir=within))
    try:
        listed = source_files(target.directory) == [target.directory / OPML_FILE]
        if listed:
            shutil.copyfile(target.directory / OPML_FILE, beside / OPML_FILE)
        (beside / target.folder / "secrets").mkdir(parents=True, mode=0o700)
        (beside / "sources").mkdir()
        if carried.added:
            text = sources_text(carried, target.folder, OPML_FILE if listed else None)
            _write(beside / target.sources, text, 0o666)
        if carried.drafts:
            _write(beside / target.folder / "rules.yaml", drafts_text(carried), 0o666)
        for name, login in carried.logins.items():
            _write(beside / target.folder / "secrets" / name, f"{login.password}\n", 0o600)
        if not carried.logins:
            (beside / target.folder / "secrets").rmdir()
        report = "".join(f"{line}\n" for line in report_lines(carried, target.folder))
        _write(beside / target.folder / "report.txt", report, 0o666)
        _read_back(beside, carried, settings)
        if within:
            _give_away(beside, within)
        yield beside
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write(path: Path, text: str, mode: int) -> None:
    with new_file(path, mode) as to:
        to.write(text.encode())


def _read_back(beside: Path, carried: Carried, settings: Settings) -> None:
    """Raises `UsageError` where the files do not say what they should: that would be a bug of ours."""
    problems = Problems()
    if carried.added:
        found = read_sources(beside, settings.polling, settings.articles, problems)
        missing = [name for name in carried.added if name not in found]
        if problems.errors or missing:
            what = "\n".join(problem.render() for problem in problems.errors) or f"lost: {missing}"
            raise UsageError(f"what was made of the files cannot be used:\n{what}\nnothing was written")
    for path in beside.glob(f"{FOLDER}/*/rules.yaml"):
        try:
            RuleSet.load(path)
        except ConfigurationError as error:
            raise UsageError(f"the drafts cannot be read:\n{error}\nnothing was written") from None


def _give_away(beside: Path, directory: Path) -> None:
    """What root writes belongs to whom the directory belongs, so that the service may read it."""
    if os.geteuid() != 0:
        return
    owner = directory.stat()
    for path in beside.rglob("*"):
        give_away(path, owner)
        if "secrets" in path.relative_to(beside).parts and owner.st_uid == 0 and owner.st_gid != 0:
            path.chmod(0o750 if path.is_dir() else 0o640)  # the service reads it by its group


def _put_in_place(beside: Path, target: Target, *, has_sources: bool) -> None:
    made = [_folder(target.directory / name) for name in (FOLDER, "sources")]
    folder = target.directory / target.folder
    try:
        (beside / target.folder).rename(folder)
        try:
            if has_sources:
                os.link(beside / target.sources, target.directory / target.sources)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        for name in (FOLDER, "sources", "."):
            sync(target.directory / name)
    except BaseException:
        for path in filter(None, made):
            with suppress(OSError):
                path.rmdir()
        raise
    if not has_sources and made[1]:
        made[1].rmdir()


def _folder(path: Path) -> Path | None:
    """Makes the folder; None where it is there."""
    if path.is_dir():
        return None
    path.mkdir(mode=0o755)
    return path
