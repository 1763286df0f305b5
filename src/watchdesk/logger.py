"""The logger of a module. structlog is loaded with the first line that is logged.

It brings rich and asyncio, which would be a tenth of what a short command takes. `cli.logs` sets the log up.
"""

import logging
import sys
from collections.abc import Callable
from typing import Any

_LEVELS = {**logging.getLevelNamesMapping(), "EXCEPTION": logging.ERROR}


class _Setting:
    """How the log is to be set up, until it is."""

    def __init__(self) -> None:
        self.pending: Callable[[], None] | None = None
        self.level = logging.NOTSET

    def leaves_out(self, method: str) -> bool:
        """Whether calls of the method are below the level; known before structlog is loaded."""
        return self.pending is not None and _LEVELS.get(method.upper(), self.level) < self.level

    def apply(self) -> None:
        pending = self.pending
        if pending:
            pending()  # twice, if two threads log their first line at once: it does no harm
            self.pending = None


_setting = _Setting()


def set_up(level: int, configure: Callable[[], None]) -> None:
    """Has structlog configured, at the latest before the first line of at least this level."""
    _setting.pending, _setting.level = configure, level
    if "structlog" in sys.modules:
        _setting.apply()


def load() -> None:
    """Loads structlog now, as for processes that are forked and will log."""
    import structlog  # noqa: F401, PLC0415 - see above

    _setting.apply()


class _Logger:
    """Has the methods of a structlog logger."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, method: str) -> Any:
        if _setting.leaves_out(method):
            return _nothing
        import structlog  # noqa: PLC0415 - see above

        _setting.apply()
        return getattr(structlog.get_logger(self._name), method)


def _nothing(*_arguments: object, **_values: object) -> None:
    """Takes a line that is not logged."""


def get_logger(name: str) -> Any:
    """The logger of the module of this name."""
    return _Logger(name)
