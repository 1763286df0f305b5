"""`report-failure`: what `watchdesk-failure@.service` runs. `service.unit_failure` tells."""

import click

from watchdesk.cli.session import Session, fail, pass_session, utc_now


@click.command("report-failure")
@click.argument("unit", envvar="MONITOR_UNIT", default="watchdesk.service")
@pass_session
def report_failure(session: Session, unit: str) -> None:
    """Tells the operators that the service's unit has failed, or root where they cannot be told.

    systemd runs it by watchdesk-failure@.service, and names the unit in $MONITOR_UNIT. It needs no database.
    """
    from watchdesk.service.unit_failure import tell_unit_failed  # noqa: PLC0415 - help needs no channels

    told = tell_unit_failed(session.directory, session.named_state_directory, unit, utc_now())
    for one in told:
        click.echo(f"{one.whom}: {one.why_not or 'told'}", err=one.why_not is not None)
    if all(one.why_not for one in told):
        fail(1)
