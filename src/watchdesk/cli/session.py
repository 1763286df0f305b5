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

from watchdesk.cli.json_output import as_json, json_stream, keep_stdout
from watchdesk.cli.printing import Printer

if TYPE_CHECKING:
    from rich.console import Console

    from watchdesk.app import Configuration, Desk, Records


def utc_now() -> datetime:
    """The current time: the whole program's clock."""
    return datetime.now(UTC)


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

        return refuse_empty(find_directory(self.config, self.environment))

    @property
    def named_state_directory(self) -> Path:
        """As `state_directory`, whether it exists or not. Raises `UsageError` if this user may not look."""
        # systemd gives several directories separated by colons; the first is ours.
        given = self.environment.get("STATE_DIRECTORY", "").split(":")[0]
        directory = self.state or Path(given or "var")
        try:
            os.stat(f"{directory}/.")  # noqa: PTH116 - pathlib drops the point
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            raise click.UsageError(
                f"the state directory {directory} cannot be looked into: {error.strerror}; "
                "run this as the user of the service, or choose another with --state"
            ) from None
        return directory

    @property
    def state_directory(self) -> Path:
        """`--state`, else $STATE_DIRECTORY, else ./var; made if it does not exist."""
        from watchdesk.config.private import make_folder  # noqa: PLC0415 - as below

        directory = self.named_state_directory
        try:
            make_folder(directory)
        except OSError as error:
            raise click.UsageError(
                f"the state directory {directory} cannot be created: {error.strerror}; "
                "choose another with --state"
            ) from None
        return directory

    def configuration(self) -> "Configuration":
        """The files as they are now. Raises `ConfigurationError` with everything that is wrong."""
        from watchdesk.app import read_configuration  # noqa: PLC0415 - help and completions need no files

        return read_configuration(self.directory)

    def proven_configuration(self) -> "Configuration":
        """As `configuration`, and the rules' examples pass: needed before polling and matching."""
        from watchdesk.app import read_proven_configuration  # noqa: PLC0415 - as above

        return read_proven_configuration(self.directory, utc_now())

    @contextmanager
    def records(self, configuration: "Configuration | None" = None) -> "Iterator[Records]":
        """The configuration and the store, to look in: nothing is built that polls or sends.

        Raises `NoDatabase` where there is none: a wrong --state is not to look like a desk without articles.
        """
        from watchdesk.app import open_records  # noqa: PLC0415 - as above

        configuration, directory = configuration or self.configuration(), self.named_state_directory
        with _noted_use(directory), open_records(configuration, directory, may_begin=False) as records:
            yield records

    @contextmanager
    def desk(self, configuration: "Configuration | None" = None) -> "Iterator[Desk]":
        """The plan and the store of this configuration. Raises `NoDatabase` as `records` does."""
        from watchdesk.app import open_desk  # noqa: PLC0415 - as above

        configuration = configuration or self.configuration()
        with open_desk(configuration, self.named_state_directory, may_begin=False) as desk:
            yield desk


@contextmanager
def _noted_use(state_directory: Path) -> Iterator[None]:
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
