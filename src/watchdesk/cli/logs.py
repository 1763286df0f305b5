"""Sets up the log: to standard error, as lines for people or as JSON for programs."""

import logging
import sys
from functools import cached_property
from typing import TYPE_CHECKING

from watchdesk import logger

if TYPE_CHECKING:
    import structlog
    from structlog.typing import EventDict, Processor


def configure(level: str, form: str) -> None:
    """Sets up logging for the process. `form` is "text" or "json"; tracebacks only at level debug."""
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


class _Formatter(logging.Formatter):
    """Writes lines of our own and of libraries; made with the first one."""

    def __init__(self, number: int, form: str) -> None:
        super().__init__()
        self._number = number
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        return self._made.format(record)

    @cached_property
    def _made(self) -> "structlog.stdlib.ProcessorFormatter":
        import structlog  # noqa: PLC0415 - as above

        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(self._number),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(self._form),
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


def _rendering(form: str) -> "list[Processor]":
    import structlog  # noqa: PLC0415 - as above

    if form == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]


def _reason_instead_of_trace(_logger: object, _method: str, event: "EventDict") -> "EventDict":
    """Logs an exception as one line; --log-level debug shows its traceback."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["why"] = f"{type(error).__name__}: {error}"
    return event
