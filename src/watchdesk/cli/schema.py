"""`schema`: JSON Schemas of the configuration files, for editors, and of webhooks' bodies, for receivers."""

from collections.abc import Callable, Mapping

import click

from watchdesk.cli.json_output import keep_stdout
from watchdesk.cli.session import print_json
from watchdesk.config import settings_schema, sources_schema
from watchdesk.delivery.channels import option_models
from watchdesk.digests import notice_schema, webhook_schema
from watchdesk.rules import rules_schema

_SCHEMAS: Mapping[str, Callable[[], object]] = {
    "watchdesk": lambda: settings_schema(option_models()),
    "sources": sources_schema,
    "rules": rules_schema,
    "digest": webhook_schema,
    "notice": notice_schema,
}


@click.command
@click.argument("file", type=click.Choice(list(_SCHEMAS)), default="watchdesk")
@click.pass_context
def schema(context: click.Context, file: str) -> None:
    """Prints the JSON Schema of a configuration file, for editors that complete and check YAML.

    `digest` and `notice` are the documents that webhooks carry.
    """
    keep_stdout(context)
    print_json(_SCHEMAS[file]())
