"""Why a configuration is refused, in the words that the log, the status file and the operators get."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from watchdesk.config.kept_outline import KeptOutline, Outline, UnusableOutline
from watchdesk.config.names import SETTINGS_FILE
from watchdesk.config.places import Place, Problem, Problems
from watchdesk.errors import ConfigurationError, WatchdeskError
from watchdesk.logger import get_logger
from watchdesk.plan import Configured

log = get_logger(__name__)


def reason_of(error: BaseException) -> str:
    """An error's own words; of one that is not ours, what it is as well."""
    if isinstance(error, WatchdeskError):
        return str(error)
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def mistakes_of(error: BaseException) -> tuple[str, ...]:
    """Each mistake in the files with its place; the lines that draw it are for a terminal."""
    problems = error.problems if isinstance(error, ConfigurationError) else ()
    return tuple(problem.render().splitlines()[0] for problem in problems)


def last_in_force(kept: KeptOutline) -> Outline | None:
    """What was in force last, or was accepted since; None where nobody knows."""
    try:
        return kept.read()
    except UnusableOutline as unusable:
        log.warning("what was in force last is not known; no file counts as cut off", why=str(unusable))
        return None


def refuse_what_vanished(found: Configured, before: Outline | None, state_directory: Path) -> None:
    """A file that was cut off, or a folder that is gone while files are copied, must not cost everything.

    Raises `ConfigurationError` with what has `vanished`. `before`: what was in force, if that is known.
    """
    problems = Problems()
    for problem in vanished(found, before, state_directory):
        problems.note(problem)
    problems.files.note(KeptOutline(state_directory).path)  # it changes when a person accepts what is gone
    problems.raise_if_errors()


def vanished(found: Configured, before: Outline | None, state_directory: Path) -> Iterator[Problem]:
    """That every rule, source, channel or digest is gone, or what nobody takes out by the way.

    Such is what was said of the database, of operators, of an outside watcher, of who may see the page. The
    sentence before the first point says what is gone.
    """
    if before is None:
        return
    now, directory = found.outline, found.settings.directory
    named = ["--config", str(directory.absolute()), "--state", str(state_directory.absolute())]
    to_do = f". Put back what is gone; or if that is meant: watchdesk {shlex.join(named)} check --accept"
    if before.rules and not now.rules and not now.lacks_folders:
        yield Problem(Place("rules", 1, 1), f"every rule has gone from rules/*.yaml{to_do}")
    if before.sources and not now.sources:
        yield Problem(Place("sources.yaml", 1, 1), f"every source has gone from the files{to_do}")
    if gone := list(_gone(before, now)):
        listed = ", ".join(gone[:-1]) + " and " + gone[-1] if gone[1:] else gone[0]
        have = "have" if gone[1:] else "has"
        yield Problem(Place(SETTINGS_FILE, 1, 1), f"{listed} {have} gone from the file{to_do}")


def _gone(before: Outline, after: Outline) -> Iterator[str]:
    """What of watchdesk.yaml nobody takes out by the way, and a file that was cut off lacks."""
    if before.present and not after.present:
        yield "everything"
        return
    if before.on_server and "storage" not in after.present:
        yield "'storage'"
    if before.channels and not after.channels:
        yield "every channel"
    if before.digests and not after.digests:
        yield "every digest"
    if before.operators and not after.operators:
        yield "'operators'"
    if before.heartbeat and not after.heartbeat:
        yield "'heartbeat'"
    if "web" in before.present and "web" not in after.present:
        yield "'web'"
    elif before.takes_token and after.is_open:
        yield "the token of 'web'"
