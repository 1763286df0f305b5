"""`status`: a one-screen summary, for people and for monitoring. It answers whatever is broken."""

from functools import partial
from typing import TYPE_CHECKING

import click

from watchdesk.cli.healthy import why_unhealthy
from watchdesk.cli.session import Session, fail, json_option, pass_session, print_json, utc_now

if TYPE_CHECKING:
    from watchdesk.documents.summary import Summary


@click.command
@click.option("--healthy", is_flag=True, help="Say only whether it works; exit 1 where a restart may help.")
@json_option
@pass_session
def status(session: Session, *, healthy: bool, as_json: bool) -> None:
    """Prints a one-screen summary; exits 1 when something needs a person."""
    if healthy:
        _tell_health(session, as_json=as_json)
        return
    from watchdesk.cli.status_screen import print_summary  # noqa: PLC0415 - who is asked often loads little
    from watchdesk.documents.status import status_document  # noqa: PLC0415 - as above

    summary = _summarised(session)
    if as_json:
        print_json(status_document(summary))
    else:
        print_summary(summary)
    if summary.needs:
        fail(1)


def _tell_health(session: Session, *, as_json: bool) -> None:
    why = why_unhealthy(session.named_state_directory, utc_now())
    if as_json:
        print_json({"healthy": why is None, "reason": why})
    else:
        click.echo(f"unhealthy: {why}" if why else "healthy")
    if why:
        fail(1)


def _summarised(session: Session) -> "Summary":
    from watchdesk.documents.files import files_now  # noqa: PLC0415 - as above
    from watchdesk.documents.summary import summarised  # noqa: PLC0415 - as above

    files = files_now(
        partial(session.configuration, tells=False), session.directory, session.named_state_directory
    )
    return summarised(files, session.named_state_directory, utc_now())
