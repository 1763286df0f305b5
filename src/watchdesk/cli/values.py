"""Types of options, read in the same way as in the configuration files."""

from datetime import timedelta

import click

from watchdesk.config import parse_duration


class DurationType(click.ParamType[timedelta]):
    """`90s`, `15m`, `2h`, `30d`, `1w`."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Raises click's own error, which names the option."""
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


DURATION = DurationType()
