"""`schema`: the JSON Schema of each file, for editors."""

import click

from watchdesk.cli.session import print_json
from watchdesk.config import settings_schema, sources_schema
from watchdesk.delivery.channels import option_models
from watchdesk.rules import rules_schema


@click.command
@click.argument("file", type=click.Choice(["watchdesk", "sources", "rules"]), default="watchdesk")
def schema(file: str) -> None:
    """JSON Schema of a configuration file, for editors that complete and check YAML."""
    match file:
        case "sources":
            print_json(sources_schema())
        case "rules":
            print_json(rules_schema())
        case _:
            print_json(settings_schema(option_models()))
