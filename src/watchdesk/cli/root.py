"""The `watchdesk` command: its global options, its subcommands, and how failures are printed.

To add a command, add it to the list here.
"""

import os
import sys
from pathlib import Path

import click
import structlog

from watchdesk import __version__
from watchdesk.cli import (
    backtest,
    checks,
    deliveries,
    demo,
    digest,
    explain,
    logs,
    rules,
    schema,
    search,
    service,
    silence,
    sources,
    status,
)
from watchdesk.cli.screens import speak_any_encoding
from watchdesk.cli.session import Session
from watchdesk.config.places import ASKED_QUERY, Problem
from watchdesk.errors import ConfigurationError, WatchdeskError

log = structlog.get_logger(__name__)

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
    spoken = "info" if context.invoked_subcommand == "run" else "warning"
    logs.configure(log_level or spoken, log_format)
    context.obj = Session(os.environ, config, state, log_format == "json")


for command in (
    service.run,
    service.once,
    checks.check,
    checks.test,
    checks.try_article,
    explain.explain,
    rules.rules,
    backtest.backtest,
    sources.sources,
    digest.digest,
    deliveries.deliveries,
    silence.silence,
    search.search,
    status.status,
    schema.schema,
    demo.demo,
):
    watchdesk.add_command(command)


def main() -> None:
    """Runs the command and ends the process with its exit status; no traceback reaches a user."""
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
        click.echo(str(error), err=True)
        count = len(error.problems)
        in_query = all(isinstance(p, Problem) and p.place.file == ASKED_QUERY for p in error.problems)
        where = "" if in_query else " in the configuration"
        click.echo(f"\n{count} {'mistake' if count == 1 else 'mistakes'}{where}", err=True)
        sys.exit(NOT_USABLE)
    except WatchdeskError as error:
        click.echo(f"watchdesk: {error}", err=True)
        sys.exit(NOT_USABLE)
    except BrokenPipeError:
        # The reader of our output has closed it (`watchdesk search … | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # a bug of our own, printed without a traceback
        log.debug("a bug in watchdesk", exc_info=True)
        click.echo(
            f"a bug in watchdesk: {type(error).__name__}: {error}\n"
            "Run it again with --log-level debug to see where, and please report it.",
            err=True,
        )
        sys.exit(NOT_USABLE)
    sys.exit(status if isinstance(status, int) else 0)
