"""The files of the desk as far as they can be used, for whoever has to answer whatever is wrong in them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from watchdesk.app import channels_of
from watchdesk.config import salvage
from watchdesk.configuration import Configuration
from watchdesk.errors import ConfigurationError, UsageError, WatchdeskError
from watchdesk.plan import Configured


@dataclass(frozen=True, slots=True)
class Files:
    """What they say. None: it cannot be told from them."""

    configured: Configured | None
    mistakes: tuple[str, ...]
    zone: ZoneInfo | None
    storage: str | None
    quoted: tuple[str, ...] = ()
    """The mistakes as `check` shows them, with the lines that they are on."""


def files_now(read: Callable[[], Configuration], directory: Path, state_directory: Path) -> Files:
    """The files as `read` finds them. Raises `UsageError` if there is no configuration at all."""
    configuration, quoted = _read(read)
    usable: Configured | None = None
    if configuration:
        try:
            channels_of(configuration, state_directory)  # fails where the service would fail
            usable = configuration
        except ConfigurationError as error:
            quoted = _rendered(error)
    seen = configuration.settings if configuration else salvage(directory)
    mistakes = tuple(mistake.partition("\n")[0] for mistake in quoted)
    return Files(usable, mistakes, seen.timezone, seen.storage, quoted)


def _read(read: Callable[[], Configuration]) -> tuple[Configuration | None, tuple[str, ...]]:
    """The configuration, or what is wrong with the files."""
    try:
        return read(), ()
    except ConfigurationError as error:
        return None, _rendered(error)
    except UsageError:  # there is no configuration at all: the command was called wrongly
        raise
    except WatchdeskError as error:
        return None, (str(error),)


def _rendered(error: ConfigurationError) -> tuple[str, ...]:
    return tuple(problem.render() for problem in error.problems)
