"""Why a configuration is refused, in the words that the log, the status file and the operators get."""

from collections.abc import Iterator

from watchdesk.config.names import SETTINGS_FILE
from watchdesk.config.places import Place, Problems
from watchdesk.config.settings import Settings
from watchdesk.errors import ConfigurationError, WatchdeskError
from watchdesk.plan import Configured

_IF_MEANT = "if that is meant: stop the service, and start it again"


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


def refuse_what_vanished(found: Configured, before: Configured) -> None:
    """A file that was cut off, or a folder that is gone while files are copied, must not cost everything.

    Raises `ConfigurationError` if every rule, source, channel or digest is gone, or what was said of the
    database, of operators, of an outside watcher, or of who may see the page.
    """
    problems = Problems()
    if before.rules.rules and not found.rules.rules:
        what = "every rule has gone from rules/*.yaml; the rules before stay in force"
        problems.error(Place("rules", 1, 1), what, _IF_MEANT)
    if before.settings.sources and not found.settings.sources:
        what = "every source has gone from the files; the sources before stay in force"
        problems.error(Place("sources.yaml", 1, 1), what, _IF_MEANT)
    if gone := list(_gone(before.settings, found.settings)):
        listed = ", ".join(gone[:-1]) + " and " + gone[-1] if gone[1:] else gone[0]
        have = "have" if gone[1:] else "has"
        what = f"{listed} {have} gone from the file; all that it said before stays in force"
        problems.error(Place(SETTINGS_FILE, 1, 1), what, _IF_MEANT)
    problems.raise_if_errors()


def _gone(before: Settings, after: Settings) -> Iterator[str]:
    """What of watchdesk.yaml nobody takes out by the way, and a file that was cut off lacks."""
    if before.present and not after.present:
        yield "everything"
        return
    if before.storage != after.storage and "storage" not in after.present:
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
    elif before.web.takes_token and after.web.address and after.web.token is None:
        yield "the token of 'web'"
