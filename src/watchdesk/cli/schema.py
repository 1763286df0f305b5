"""`schema`: the JSON Schema of each file, for editors, and of what webhooks carry, for receivers."""

import click

from watchdesk.cli.document_stream import keep_stdout
from watchdesk.cli.session import print_json
from watchdesk.config import settings_schema, sources_schema
from watchdesk.delivery.channels import option_models
from watchdesk.digests import notice_schema, webhook_schema
from watchdesk.rules import rules_schema


@click.command
@click.argument(
    "file", type=click.Choice(["watchdesk", "sources", "rules", "digest", "notice"]), default="watchdesk"
)
@click.pass_context
def schema(context: click.Context, file: str) -> None:
    """JSON Schema of a configuration file, for editors that complete and check YAML.

    `digest` and `notice`: of the documents that webhooks carry.
    """
    keep_stdout(context)
    match file:
        case "sources":
            print_json(sources_schema())
        case "rules":
            print_json(rules_schema())
        case "digest":
            print_json(webhook_schema())
        case "notice":
            print_json(notice_schema())
        case _:
            print_json(settings_schema(option_models()))
