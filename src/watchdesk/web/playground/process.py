"""A process of the playground: it answers one request after another, and leaves the processor to the service.

It ends when its connection does, be it by the service's death, and may be killed at any time: it writes
nothing. It is forked with the rules in force (`forked`), or run as
`python -m watchdesk.web.playground.process DESCRIPTOR`, and reads the files then.
"""

import gc
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import assert_never

from watchdesk.configuration import Configuration
from watchdesk.errors import StorageError, WatchdeskError
from watchdesk.service.poll_workers.reading import limit_memory
from watchdesk.web.playground.files import Files, FilesUnusable
from watchdesk.web.playground.messages import (
    AskRule,
    AskRules,
    Backtest,
    Begin,
    Check,
    CountHabits,
    Done,
    Explain,
    LookNear,
    Parse,
    Reading,
    Refused,
    Reply,
    Request,
    Search,
    Stop,
    TakeAway,
    TryArticle,
    ViewRule,
)
from watchdesk.web.playground.of_files import (
    habits_counted,
    looked_near,
    parsed,
    rule_says,
    rules_say,
    viewed,
)
from watchdesk.web.playground.searching import backtested, searched
from watchdesk.web.playground.single import checked, explained, taken_away, tried

LARGEST = 512 << 20
"""Bytes of memory that it may take beyond what it began with."""
_NICE = 10


class Stopped(Exception):
    """Nobody waits for the answer any more."""


class Asker:
    """Who asked. A long answer looks in from time to time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def look(self) -> None:
        """Raises `Stopped`, or `EOFError` where the service has ended."""
        if self._connection.poll(0):
            self._connection.recv()
            raise Stopped


def answer_all(connection: Connection, known: Configuration | None = None) -> None:
    """Until the other end is closed. `known`: by what it answers; else it reads the files."""
    files: Files | None = None
    asker = Asker(connection)
    while True:
        message: Begin | Stop | Request = connection.recv()
        match message:
            case Begin():
                if files:
                    files.close()
                files = Files(message, known, reads=lambda: connection.send(Reading()))
            case Stop():
                pass  # it came after the last reply
            case _:  # rest: what is asked
                assert files
                _answer(files, message, asker, connection)
                connection.send(Done())
                gc.collect()


def _answer(files: Files, asked: Request, asker: Asker, connection: Connection) -> None:
    try:
        for reply in _replies(files, asked, asker):
            connection.send(reply)
    except Stopped:
        pass
    except StorageError as error:
        connection.send(Refused(f"The database cannot be used now: {error}", is_ours=True))
    except FilesUnusable as error:
        connection.send(Refused(str(error), is_ours=True, of_files=True))
    except WatchdeskError as error:
        connection.send(Refused(str(error)))
    except MemoryError:
        connection.send(Refused("This takes more memory than a search here may have."))
    except (EOFError, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it goes to the log of the service
        said = "This went wrong here; the log of the service says how."
        where = traceback.extract_tb(error.__traceback__)[-1]
        trouble = f"{type(error).__name__}: {error} ({where.name}, line {where.lineno})"
        connection.send(Refused(said, is_ours=True, trouble=trouble))


def _replies(  # noqa: PLR0911, PLR0912 - one a kind
    files: Files, asked: Request, asker: Asker
) -> Iterator[Reply]:
    match asked:
        case Check():
            return checked(files, asked)
        case Search():
            return searched(files, asked, asker.look)
        case Backtest():
            return backtested(files, asked, asker.look)
        case Explain():
            return explained(files, asked)
        case TakeAway():
            return taken_away(files, asked)
        case TryArticle():
            return tried(files, asked)
        case AskRules():
            return rules_say(files, asked)
        case AskRule():
            return rule_says(files, asked)
        case ViewRule():
            return viewed(files, asked)
        case LookNear():
            return looked_near(files, asked)
        case CountHabits():
            return habits_counted(files, asked)
        case Parse():
            return parsed(files, asked)
        case _:
            assert_never(asked)


def forked(configuration: Configuration, connection: Connection) -> None:
    """Answers by this configuration, in a process that was forked with it."""
    _settle()
    with suppress(EOFError, OSError):
        answer_all(connection, configuration)


def main() -> None:
    """Never returns: what is open is left to the system."""
    _settle()
    with suppress(EOFError, OSError):
        answer_all(Connection(int(sys.argv[1])))
    os._exit(0)


def _settle() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # they are for the service
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError):  # where it may not be set, all are equal
        os.nice(_NICE)
    limit_memory(LARGEST)
    gc.freeze()


if __name__ == "__main__":
    main()
