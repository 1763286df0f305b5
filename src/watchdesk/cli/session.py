"""What every command starts with: the global options, the files they lead to, and the output streams.

Files are read when a command needs them; `app` builds the plan.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watchdesk.cli.beside_unit import as_whom, become_owner, state_beside
from watchdesk.cli.json_output import as_json, json_stream, keep_stdout
from watchdesk.cli.printing import Printer
from watchdesk.errors import ConfigurationError, WatchdeskError
from watchdesk.logger import get_logger

if TYPE_CHECKING:
    from rich.console import Console

    from watchdesk.app import Desk, Records
    from watchdesk.config.kept_folders import KeptFolders
    from watchdesk.configuration import Configuration
    from watchdesk.ports import Store
    from watchdesk.ports.hosts import HostStore


log = get_logger(__name__)


def utc_now() -> datetime:
    """The current time: the whole program's clock."""
    return datetime.now(UTC)


def desk_now(store: "HostStore") -> datetime:
    """The current time of the desk: PostgreSQL's where that keeps it, and else this machine's.

    For what is written there, or compared with what is: this machine's clock may be wrong. Raises
    `StorageError`.
    """
    return store.time() or utc_now()


@dataclass(frozen=True)
class Session:
    """The global options, and the environment that they fall back to."""

    environment: Mapping[str, str]
    config: Path | None = None
    state: Path | None = None
    log_is_for_programs: bool = False

    @property
    def directory(self) -> Path:
        """The configuration directory. Raises `UsageError` if there is none, or it is empty."""
        from watchdesk.config.directory import find_directory, refuse_empty  # noqa: PLC0415 - as below

        directory = refuse_empty(find_directory(self.config, self.environment))
        state = state_beside(directory)
        if state and not os.access(directory, os.R_OK | os.X_OK):
            raise click.UsageError(f"the configuration {directory} may not be read; {as_whom(state)}")
        return directory

    @property
    def named_state_directory(self) -> Path:
        """As `state_directory`, whether it exists or not. Raises `UsageError` if this user may not look.

        Root becomes the user whom it belongs to.
        """
        directory = self.seen_state_directory
        become_owner(directory)
        return directory

    @property
    def seen_state_directory(self) -> Path:
        """The same, and root stays root."""
        directory = self._state_directory
        try:
            os.stat(f"{directory}/.")  # noqa: PTH116 - pathlib drops the point
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            raise click.UsageError(
                f"the state directory {directory} cannot be looked into: {error.strerror}; "
                f"choose another with --state, or run this {as_whom(directory)}"
            ) from None
        return directory

    @property
    def _state_directory(self) -> Path:
        # systemd gives several directories separated by colons; the first is ours.
        given = self.environment.get("STATE_DIRECTORY", "").split(":")[0]
        if self.state or given:
            return self.state or Path(given)
        from watchdesk.config.directory import find_directory  # noqa: PLC0415 - as below

        try:
            beside = state_beside(find_directory(self.config, self.environment))
        except WatchdeskError:
            beside = None
        return beside or Path("var")

    @property
    def state_directory(self) -> Path:
        """`--state`, else $STATE_DIRECTORY, else that of the unit of the configuration, else ./var.

        Made if it does not exist.
        """
        return self._made(self.named_state_directory)

    @property
    def state_directory_as_root(self) -> Path:
        """The same, and root stays root."""
        return self._made(self.seen_state_directory)

    @staticmethod
    def _made(directory: Path) -> Path:
        from watchdesk.config.private import make_folder  # noqa: PLC0415 - as below

        try:
            make_folder(directory)
        except OSError as error:
            raise click.UsageError(
                f"the state directory {directory} cannot be created: {error.strerror}; "
                "choose another with --state"
            ) from None
        return directory

    def configuration(self, *, tells: bool = True) -> "Configuration":
        """The files as they are now; of a folder of rules/ with a mistake, what is in force of it.

        `tells`: says so on standard error. Raises `ConfigurationError` with everything else that is wrong.
        """
        from watchdesk.configuration import read_with_folders  # noqa: PLC0415 - help needs no files
        from watchdesk.rules.team_folder import LastGood  # noqa: PLC0415 - as above

        configuration = read_with_folders(self.directory, LastGood(self.kept_folders, utc_now()))
        return self.telling(configuration) if tells else configuration

    def readable_configuration(self) -> "Configuration":
        """As `configuration`, and of files with mistakes what can be read: enough to look into the database.

        Says on standard error that they have some. Raises `ConfigurationError` where too little can be read.
        """
        from watchdesk.configuration import read_leniently  # noqa: PLC0415 - as above
        from watchdesk.rules.team_folder import LastGood  # noqa: PLC0415 - as above

        try:
            return self.configuration()
        except ConfigurationError as error:
            configuration = read_leniently(self.directory, LastGood(self.kept_folders, utc_now()), error)
            if configuration is None:
                raise
            self._tell_mistakes(error)
        return self.telling(configuration)

    def _tell_mistakes(self, error: ConfigurationError) -> None:
        if self.log_is_for_programs:
            log.error("the files have a mistake; what can be read of them is used", problems=str(error))
            return
        mistake = error.problems[0].render().partition("\n")[0]
        click.echo(f"watchdesk: {mistake}; what can be read of the files is used", err=True)

    def _say_moved(self, store: "Store") -> None:
        if store.moved is None:
            return
        if self.log_is_for_programs:
            log.warning("the desk has moved; its old database is read", why=store.moved)
        else:
            click.echo(f"watchdesk: {store.moved}", err=True)

    def telling(self, configuration: "Configuration") -> "Configuration":
        """The same; says which folders of rules/ are not in force as they are."""
        for folder in configuration.refused_folders:
            if self.log_is_for_programs:
                log.error(
                    "a folder of rules cannot be used as it is",
                    folder=folder.shown,
                    in_force=folder.in_force,
                    problems="\n".join(folder.quoted),
                )
            else:
                click.echo(folder.sentence, err=True)
        return configuration

    def proven_configuration(self) -> "Configuration":
        """As `configuration`, and the rules' examples pass: needed before polling and matching."""
        from watchdesk.configuration import read_proven_configuration  # noqa: PLC0415 - as above

        return self.telling(read_proven_configuration(self.directory, utc_now(), self.kept_folders))

    @property
    def kept_folders(self) -> "KeptFolders":
        """What of the folders of rules/ was in force last."""
        from watchdesk.config.kept_folders import KeptFolders  # noqa: PLC0415 - as above

        return KeptFolders(self._state_directory)

    @contextmanager
    def records(
        self, configuration: "Configuration | None" = None, *, reads: bool = False
    ) -> "Iterator[Records]":
        """The configuration and the store: nothing is built that polls or sends.

        `reads`: nothing is to be written. Raises `NoDatabase` where there is none: a wrong --state is not to
        look like a desk without articles; `MovedStorage` where the desk has moved, unless it is only read.
        """
        from watchdesk.app import open_records  # noqa: PLC0415 - as above

        configuration, directory = configuration or self.configuration(), self.named_state_directory
        with (
            noted_use(directory),
            open_records(configuration, directory, may_begin=False, reads=reads) as records,
        ):
            self._say_moved(records.store)
            yield records

    @contextmanager
    def desk(self, configuration: "Configuration | None" = None, *, reads: bool = False) -> "Iterator[Desk]":
        """The plan and the store of this configuration; all as for `records`."""
        from watchdesk.app import open_desk  # noqa: PLC0415 - as above

        configuration = configuration or self.configuration()
        with open_desk(configuration, self.named_state_directory, may_begin=False, reads=reads) as desk:
            self._say_moved(desk.store)
            yield desk


@contextmanager
def noted_use(state_directory: Path) -> Iterator[None]:
    """Notes a change of the database, so that the service does not take it for somebody else's."""
    from watchdesk.store.open_file import FILE, stamp_of  # noqa: PLC0415 - help and completions need no files

    path = state_directory / FILE
    before = stamp_of(path)
    try:
        yield
    finally:
        after = stamp_of(path)
        if after != before:
            from watchdesk.service.liveness.damage import CheckFile, used  # noqa: PLC0415 - few commands write

            CheckFile(state_directory).change(lambda state: used(state, before, after))


pass_session = click.make_pass_decorator(Session)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--json`: one JSON document on standard output."""

    def chosen(context: click.Context, _option: click.Parameter, asked: bool) -> bool:  # noqa: FBT001 - click's
        if asked:
            keep_stdout(context)
        return asked

    option = click.option(
        "--json", "as_json", is_flag=True, callback=chosen, help="One JSON document on standard output."
    )
    return option(command)


def print_json(document: object) -> None:
    """Prints one indented JSON document in UTF-8; with escapes if standard output has another encoding."""
    click.echo(as_json(document), file=json_stream())


def stdout() -> "Console":
    """The console for results. Colour only on a terminal; rich obeys NO_COLOR."""
    return Printer().rich


Line = tuple[str, str | None]
"""A text and its style, as rich names it."""


def print_lines(lines: Iterable[Line]) -> None:
    """Prints lines as they are, without wrapping; styled on a terminal.

    Elsewhere they are written in one go: laying out thousands of lines takes longer than most commands.
    """
    printer = Printer()
    if printer.is_terminal:
        for text, style in lines:
            printer.rich.out(text, style=style)
    else:
        click.echo("\n".join(text for text, _ in lines))


def stderr() -> "Console":
    """The console for everything that is not a result."""
    return Printer(stderr=True).rich


def fail(status: int) -> None:
    """Ends the command with an exit status; its message is printed already."""
    raise click.exceptions.Exit(status)
