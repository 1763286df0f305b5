"""Sets up the log: to standard error, as lines for people, or as JSON or logfmt for programs.

Where standard error is the journal of systemd, each line begins with its priority (sd-daemon(3)), and lines
for people leave out what the journal knows by itself.
"""

import logging
import os
import sys
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from watchdesk import logger

if TYPE_CHECKING:
    import structlog
    from structlog.typing import EventDict, Processor


_CONTROL = dict.fromkeys((*range(10), *range(11, 32), 127), " ")
"""Of strangers' texts: what is neither seen nor the end of a line."""
_PRIORITIES = ((logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))


def configure(level: str, form: str) -> None:
    """Sets up logging for the process. `form` is text, json or logfmt; tracebacks only at level debug."""
    number = logging.getLevelNamesMapping()[level.upper()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(number, form))
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
    logging.getLogger("watchdesk").setLevel(number)
    logger.set_up(number, lambda: _configure_structlog(number))


def _configure_structlog(number: int) -> None:
    import structlog  # noqa: PLC0415 - heavy, and most commands log nothing

    structlog.configure(
        processors=[*_shared(number), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def is_journal(variables: Mapping[str, str], descriptor: int) -> bool:
    """Whether what is written there goes to the journal by itself (systemd.exec(5), JOURNAL_STREAM)."""
    named = variables.get("JOURNAL_STREAM")
    if not named:
        return False
    try:
        there = os.fstat(descriptor)
    except OSError:
        return False
    return named == f"{there.st_dev}:{there.st_ino}"


def are_for_programs() -> bool:
    """Whether standard error has lines for programs alone; not before `configure`."""
    made = (handler.formatter for handler in logging.getLogger().handlers)
    return any(isinstance(one, _Formatter) and one.form != "text" for one in made)


def with_priority(text: str, level: int) -> str:
    """Words for people that are no line of the log, as they go to standard error."""
    if not is_journal(os.environ, 2):
        return text
    priority = _priority(level)
    return "\n".join(f"<{priority}>{line}" for line in text.splitlines())


def _priority(level: int) -> int:
    return next((one for least, one in _PRIORITIES if level >= least), 7)


class _Formatter(logging.Formatter):
    """Writes lines of our own and of libraries; made with the first one."""

    def __init__(self, number: int, form: str) -> None:
        super().__init__()
        self._number = number
        self.form = form

    def format(self, record: logging.LogRecord) -> str:
        text = self._made.format(record)
        if not self._in_journal:
            return text
        priority = _priority(record.levelno)
        return "\n".join(f"<{priority}>{line}" for line in text.splitlines())

    @cached_property
    def _in_journal(self) -> bool:
        return is_journal(os.environ, 2)

    @cached_property
    def _made(self) -> "structlog.stdlib.ProcessorFormatter":
        import structlog  # noqa: PLC0415 - as above

        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(self._number),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(self.form, in_journal=self._in_journal),
            ],
        )


def _shared(number: int) -> "list[Processor]":
    import structlog  # noqa: PLC0415 - as above

    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if number > logging.DEBUG:
        shared.append(_reason_instead_of_trace)
    return shared


def _rendering(form: str, *, in_journal: bool) -> "list[Processor]":
    import structlog  # noqa: PLC0415 - as above

    errors = structlog.processors.format_exc_info
    if form == "json":
        return [errors, structlog.processors.JSONRenderer(ensure_ascii=False)]
    pairs = structlog.processors.LogfmtRenderer(
        key_order=["timestamp", "level", "event"], drop_missing=True, bool_as_flag=False
    )
    if form == "logfmt":
        return [errors, _seen, pairs]
    if in_journal:
        return [errors, _seen, _for_journal]
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]


def _seen(_logger: object, _method: str, event: "EventDict") -> "EventDict":
    """Texts without control characters."""
    return {
        key: value.translate(_CONTROL) if isinstance(value, str) else value for key, value in event.items()
    }


def _for_journal(logger: object, method: str, event: "EventDict") -> str:
    """The event and its values; time and level are the journal's own."""
    import structlog  # noqa: PLC0415 - as above

    said = str(event.pop("event", "")).replace("\n", " ")
    more = {key: value for key, value in event.items() if key not in ("timestamp", "level")}
    render = structlog.processors.LogfmtRenderer(bool_as_flag=False)
    return f"{said}: {render(logger, method, more)}" if more else said


def _reason_instead_of_trace(_logger: object, _method: str, event: "EventDict") -> "EventDict":
    """Logs an exception as one line; --log-level debug shows its traceback."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["why"] = f"{type(error).__name__}: {error}"
    return event
