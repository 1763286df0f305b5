"""The `watchdesk` command: its global options, its subcommands, and how failures are printed.

To add a command, add it to the list here. This module loads click and nothing heavy: what a command needs is
loaded with that command.
"""

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

import click

from watchdesk import __version__
from watchdesk.cli.lazy_command import add_lazily
from watchdesk.cli.screens import speak_any_encoding
from watchdesk.errors import ConfigurationError, WatchdeskError

LEVELS = ["debug", "info", "warning", "error"]
FORMATS = ["text", "json", "logfmt"]
INTERRUPTED = 130
NOT_USABLE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", type=click.Path(path_type=Path), metavar="DIR", help="The configuration directory.")
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The state directory: what must survive a restart.",
)
@click.option(
    "--log-level", type=click.Choice(LEVELS), help="Default: info for run, warning for other commands."
)
@click.option("--log-format", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "--service",
    is_flag=True,
    help="The directories of this machine's service: /etc/watchdesk, /var/lib/watchdesk.",
)
@click.version_option(__version__, prog_name="watchdesk")
@click.pass_context
def watchdesk(
    context: click.Context,
    config: Path | None,
    state: Path | None,
    log_level: str | None,
    log_format: str,
    *,
    service: bool,
) -> None:
    """Watches the feeds that a desk follows, and sends digests of what its rules match."""
    if service:
        config, state = config or Path("/etc/watchdesk"), state or Path("/var/lib/watchdesk")
    from watchdesk.cli.logs import configure  # noqa: PLC0415 - needed once it is known that a command runs
    from watchdesk.cli.session import Session  # noqa: PLC0415

    spoken = "info" if context.invoked_subcommand == "run" else "warning"
    configure(log_level or spoken, log_format)
    context.obj = Session(os.environ, config, state, log_format != "text")


add_lazily(
    watchdesk,
    {
        "run": ("run:run", "Runs the service in the foreground: polls, matches, sends."),
        "once": (
            "once:once",
            "Makes one pass: polls what is due, matches, and with --send, sends what is due.",
        ),
        "check": (
            "checks:check",
            "Reads the configuration, reports everything that is wrong with it, "
            "and runs the rules' examples.",
        ),
        "test": ("checks:test", "Runs the rules' examples and reports which failed, and why."),
        "try": (
            "try_article:try_article",
            "Normalises one article (HTML, text or a feed) and shows which rules match it, and why.",
        ),
        "explain": (
            "explain:explain",
            "Why a rule found an article (its id or URL) or did not, and what became of it.",
        ),
        "rules": (
            "rules:rules",
            "Lists every rule: matches a day, noisiest source, the word that brings most, "
            "and what to look at.",
        ),
        "backtest": (
            "backtest:backtest",
            "Compares what the rules as they are now would have matched in the archive with what did match.",
        ),
        "sources": (
            "sources:sources",
            "Lists every source with its health: last success, next poll, interval, articles a day, errors.",
        ),
        "digest": ("digest:digest", "Shows what the next digest NAME would hold, without sending it."),
        "deliveries": (
            "deliveries:deliveries",
            "The outbox, newest first; with `retry` and `drop` for what did not go out.",
        ),
        "silence": (
            "silence:silence",
            "Mutes RULE for a while: until then, no digest includes what it finds.",
        ),
        "search": ("search:search", "Searches the archive with a rule-language QUERY, newest first."),
        "status": ("status:status", "Prints a one-screen summary; exits 1 when something needs a person."),
        "fleet": (
            "fleet:fleet",
            "Lists the machines that share the work: last heartbeat, shards held, polls a second, lateness.",
        ),
        "doctor": (
            "doctor:doctor",
            "Tries what the configuration needs, without sending: "
            "servers, folders, secrets, database, clock.",
        ),
        "init": (
            "init:init",
            "Writes a first configuration, and on a terminal asks for what it needs; never over a file.",
        ),
        "verify": (
            "verify:verify",
            "Reads the whole database and says whether it is whole; exits 1 where something is wrong.",
        ),
        "import": (
            "import_from:import_from",
            "Sources and draft rules from the files of another program; what cannot be carried is listed.",
        ),
        "backup": (
            "backup:backup",
            "Writes the database, what belongs to it and the configuration into FILE (-: standard output).",
        ),
        "restore": (
            "restore:restore",
            "Restores a desk from FILE, which `backup` wrote, into a state directory that is empty.",
        ),
        "move": (
            "move:move",
            "Moves a desk's database from one place to another: sqlite[:PATH] to postgresql://…, or back.",
        ),
        "help": (
            "help:explain_message",
            "Explains a message that ends in (help: NAME): what is lost meanwhile, and what to do.",
        ),
        "schema": (
            "schema:schema",
            "Prints the JSON Schema of a configuration file, for editors that complete and check YAML.",
        ),
        "mcp": (
            "assistants:mcp",
            "Lets an assistant read the archive, by the Model Context Protocol on standard input and output.",
        ),
        "report-failure": (
            "unit_failure:report_failure",
            "Tells the operators that the service's unit has failed, or root where they cannot be told.",
        ),
        "demo": ("demo:demo", "Runs a sample newsroom on loopback: real polling, matching and sending."),
    },
)


def main() -> None:
    """Runs the command and ends the process with its exit status; no traceback reaches a user."""
    # Looking for plugins among all installed packages takes time at each start, and none is wanted.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    speak_any_encoding()
    try:
        status = watchdesk.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has closed it (`watchdesk search … | head`).
        _drop_output()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - whatever it is, no traceback reaches a user
        _say(error)
        sys.exit(NOT_USABLE)
    sys.exit(status if isinstance(status, int) else 0)


def _say(error: Exception) -> None:
    """Why the command could not do its work."""
    from watchdesk.cli import refused  # noqa: PLC0415 - most commands end well

    match error:
        case click.ClickException():
            refused.say_usage(_with_guess(error))
        case ConfigurationError():
            refused.say_mistakes(error)
        case WatchdeskError():
            refused.say_why(error)
        case PermissionError():
            refused.say_not_permitted(error)
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            _drop_output()
            refused.say_no_room(error)
        case _:  # rest: whatever a library or a mistake of ours raises
            refused.say_bug(error)


def _with_guess(error: click.ClickException) -> click.ClickException:
    """With the best guess alone, and where an option of `watchdesk` itself goes."""
    if isinstance(error, click.NoSuchOption):
        if error.option_name in {option for one in watchdesk.params for option in one.opts}:
            said = f"{error.message} It goes before the command: watchdesk {error.option_name} … COMMAND"
            error = click.NoSuchOption(error.option_name, said, ctx=error.ctx)
        _keep_nearest(error.option_name, error.possibilities)
    elif isinstance(error, click.exceptions.NoSuchCommand):
        _keep_nearest(error.command_name, error.possibilities)
    return error


def _drop_output() -> None:
    """What waits to be written has nowhere to go, and Python would try it once more at its end."""
    with suppress(OSError):  # of a test's, which has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _keep_nearest(typed: str, guesses: list[str] | None) -> None:
    """Leaves the best guess alone: click offers up to three, of which the others are far."""
    from watchdesk.config.places import nearest  # noqa: PLC0415 - with its room, heavy

    if guesses:
        near = nearest(typed, guesses)
        guesses[:] = [near] if near else []
