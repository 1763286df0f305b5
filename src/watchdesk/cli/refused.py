"""How a command that could not do its work says why: in words, and as a line of the log for programs.

`root` says which errors these are, and with which status the process ends.
"""

import logging
import os
import pwd
from pathlib import Path

import click

from watchdesk.cli import logs
from watchdesk.errors import (
    ConfigurationError,
    DamagedStorage,
    FullDisk,
    MovedStorage,
    NoDatabase,
    StorageError,
    WatchdeskError,
)
from watchdesk.logger import get_logger
from watchdesk.model.help_names import HelpName, with_help

log = get_logger(__name__)

_FILES: HelpName = "configuration-refused"
_NAMES: tuple[tuple[type[WatchdeskError], HelpName], ...] = (
    (FullDisk, "disk-full"),
    (DamagedStorage, "database-damaged"),
    (NoDatabase, "no-database"),
    (MovedStorage, "database-moved"),
    (StorageError, "database-unusable"),  # every other
)


def say_mistakes(error: ConfigurationError) -> None:
    """Every mistake with its place, and how many there are."""
    from watchdesk.config.places import ASKED_QUERY, Problem  # noqa: PLC0415 - with its room, heavy

    if all(isinstance(p, Problem) and p.place.file == ASKED_QUERY for p in error.problems):
        _say(str(error), f"{error}\n\n{_mistakes(error)}")
    elif logs.are_for_programs():
        log.error("the configuration cannot be used", problems=str(error), help=_FILES)
    else:
        _in_words(f"{error}\n\n{with_help(f'{_mistakes(error)} in the configuration', _FILES)}")


def _mistakes(error: ConfigurationError) -> str:
    count = len(error.problems)
    return f"{count} {'mistake' if count == 1 else 'mistakes'}"


def say_why(error: WatchdeskError) -> None:
    """An error whose message is written for people. A message of several lines keeps its end."""
    name = next((name for kind, name in _NAMES if isinstance(error, kind)), None)
    said = str(error)
    in_words = said if len(said.splitlines()) > 1 else with_help(said, name)
    _say(said, f"watchdesk: {in_words}", name)


def say_usage(error: click.ClickException) -> None:
    """A command line that cannot be understood. The log need not be set up."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    form = context.find_root().params.get("log_format") if context else None
    if form in (None, "text"):
        error.show()
        return
    logs.configure("error", form)
    _say(error.format_message(), "")


def say_not_permitted(error: PermissionError) -> None:
    """What the system does not let this user do, and whom it would."""
    log.debug("not permitted", exc_info=error)
    said = _not_permitted(error)
    _say(said, f"watchdesk: {said}")


def say_no_room(error: OSError) -> None:
    """Of our output, or of a file that no command answers for by itself."""
    where = f"{error.filename}: " if error.filename else ""
    said = f"{where}there is no room to write: {error.strerror}"
    _say(said, f"watchdesk: {with_help(said, 'disk-full')}", "disk-full")


def say_bug(error: Exception) -> None:
    """A bug of our own, without a traceback."""
    log.debug("a bug in watchdesk", exc_info=error)
    said = f"a bug in watchdesk: {type(error).__name__}: {error}"
    to_do = "Run it again with --log-level debug to see where, and please report it."
    _say(said, f"{said}\n{to_do}")


def _not_permitted(error: PermissionError) -> str:
    """Which path it is, or that the system does not say, and what to do."""
    why = error.strerror or "not permitted"
    paths = [os.fsdecode(one) for one in (error.filename, error.filename2) if isinstance(one, str | bytes)]
    if not paths:
        return f"{why}, and the system does not say where; --log-level debug shows what was being done"
    shown = " and ".join(str(Path(path).absolute()) for path in paths)
    if os.geteuid() == 0:
        return f"{shown}: {why}, even to root; look at the mount (findmnt) and at its attributes (lsattr)"
    return f"{shown}: {why} to the user {_user()}; run this as a user who may, or let that one"


def _user() -> str:
    """Our own name; our number where there is none."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _say(why: str, in_words: str, name: HelpName | None = None) -> None:
    if logs.are_for_programs():
        log.error("the command failed", why=why, help=name)
    else:
        _in_words(in_words)


def _in_words(text: str) -> None:
    click.echo(logs.with_priority(text, logging.ERROR), err=True)
