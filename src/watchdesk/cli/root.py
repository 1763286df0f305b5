"""The `watchdesk` command: its global options, its subcommands, and how failures are printed.

To add a command, add it to the list here. This module loads click and nothing heavy: what a command needs is
loaded with that command.
"""

import os
import sys
from pathlib import Path

import click

from watchdesk import __version__
from watchdesk.cli.lazy_command import add_lazily
from watchdesk.cli.screens import speak_any_encoding
from watchdesk.errors import ConfigurationError, WatchdeskError

LEVELS = ["debug", "info", "warning", "error"]
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
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.version_option(__version__, prog_name="watchdesk")
@click.pass_context
def watchdesk(
    context: click.Context, config: Path | None, state: Path | None, log_level: str | None, log_format: str
) -> None:
    """Watches the feeds that a desk follows, and sends digests of what its rules match."""
    from watchdesk.cli.logs import configure  # noqa: PLC0415 - needed once it is known that a command runs
    from watchdesk.cli.session import Session  # noqa: PLC0415

    spoken = "info" if context.invoked_subcommand == "run" else "warning"
    configure(log_level or spoken, log_format)
    context.obj = Session(os.environ, config, state, log_format == "json")


add_lazily(
    watchdesk,
    {
        "run": ("service:run", "Runs the service in the foreground: polls, matches, sends."),
        "once": (
            "service:once",
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
        "doctor": (
            "doctor:doctor",
            "Tries what the configuration needs, without sending: "
            "servers, folders, secrets, database, clock.",
        ),
        "verify": (
            "verify:verify",
            "Reads the whole database and says whether it is whole; exits 1 where something is wrong.",
        ),
        "schema": (
            "schema:schema",
            "Prints the JSON Schema of a configuration file, for editors that complete and check YAML.",
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
    except click.NoSuchOption as error:
        if error.option_name in {option for one in watchdesk.params for option in one.opts}:
            said = f"{error.message} It goes before the command: watchdesk {error.option_name} … COMMAND"
            error = click.NoSuchOption(error.option_name, said, ctx=error.ctx)
        error.show()
        sys.exit(NOT_USABLE)
    except click.ClickException as error:
        error.show()
        sys.exit(NOT_USABLE)
    except ConfigurationError as error:
        _print_mistakes(error)
        sys.exit(NOT_USABLE)
    except WatchdeskError as error:
        click.echo(f"watchdesk: {error}", err=True)
        sys.exit(NOT_USABLE)
    except BrokenPipeError:
        # The reader of our output has closed it (`watchdesk search … | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # a bug of our own, printed without a traceback
        from watchdesk.logger import get_logger  # noqa: PLC0415 - seldom is there a bug

        log = get_logger(__name__)
        log.debug("a bug in watchdesk", exc_info=True)
        click.echo(
            f"a bug in watchdesk: {type(error).__name__}: {error}\n"
            "Run it again with --log-level debug to see where, and please report it.",
            err=True,
        )
        sys.exit(NOT_USABLE)
    sys.exit(status if isinstance(status, int) else 0)


def _print_mistakes(error: ConfigurationError) -> None:
    from watchdesk.config.places import ASKED_QUERY, Problem  # noqa: PLC0415 - with its room, heavy

    click.echo(str(error), err=True)
    count = len(error.problems)
    in_query = all(isinstance(p, Problem) and p.place.file == ASKED_QUERY for p in error.problems)
    where = "" if in_query else " in the configuration"
    click.echo(f"\n{count} {'mistake' if count == 1 else 'mistakes'}{where}", err=True)
