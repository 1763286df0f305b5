"""`mcp`: the archive for assistants, over standard input and output."""

from contextlib import closing
from functools import partial

import click

from watchdesk.cli.session import Session, fail, pass_session, utc_now
from watchdesk.web.assistants.installed import MISSING, is_installed


@click.command
@pass_session
def mcp(session: Session) -> None:
    """Lets an assistant read the archive, by the Model Context Protocol on standard input and output.

    Assistants start it, and it ends when they do. It only reads; the service may run beside it.
    """
    if not is_installed():
        click.echo(f"watchdesk: {MISSING}", err=True)
        fail(2)
    from watchdesk.web.assistants.beside import Beside  # noqa: PLC0415 - not before it is known that it is of use

    configuration = session.configuration()
    with session.records(configuration, reads=True):
        pass  # it is there, and as this version has it
    with closing(
        Beside(
            configuration, partial(session.configuration, tells=False), session.named_state_directory, utc_now
        )
    ) as beside:
        from watchdesk.web.assistants.over_stdio import serve  # noqa: PLC0415 - the SDK is heavy

        serve(beside.desk)
