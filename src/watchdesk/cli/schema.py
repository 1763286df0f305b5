"""`schema`: JSON Schemas of the configuration files, for editors, and of webhooks' bodies, for receivers."""

from collections.abc import Callable, Mapping

import click

from watchdesk.cli.json_output import keep_stdout
from watchdesk.cli.session import print_json
from watchdesk.config.places import did_you_mean

# Each loads what it describes, which for channels and digests is much.


def _settings() -> object:
    from watchdesk.config import settings_schema  # noqa: PLC0415
    from watchdesk.delivery.channels import option_models  # noqa: PLC0415

    return settings_schema(option_models())


def _sources() -> object:
    from watchdesk.config import sources_schema  # noqa: PLC0415

    return sources_schema()


def _rules() -> object:
    from watchdesk.rules import rules_schema  # noqa: PLC0415

    return rules_schema()


def _digest() -> object:
    from watchdesk.digests import webhook_schema  # noqa: PLC0415

    return webhook_schema()


def _notice() -> object:
    from watchdesk.digests import notice_schema  # noqa: PLC0415

    return notice_schema()


_SCHEMAS: Mapping[str, Callable[[], object]] = {
    "watchdesk": _settings,
    "sources": _sources,
    "rules": _rules,
    "digest": _digest,
    "notice": _notice,
}


class _Name(click.Choice[str]):
    """One of these, or a question which one was meant."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Raises `BadParameter` for another."""
        if value not in _SCHEMAS and (hint := did_you_mean(value, list(_SCHEMAS))):
            self.fail(f"'{value}' has no schema; {hint}", param, ctx)
        return super().convert(value, param, ctx)


@click.command
@click.argument("file", type=_Name(list(_SCHEMAS)), default="watchdesk")
@click.pass_context
def schema(context: click.Context, file: str) -> None:
    """Prints the JSON Schema of a configuration file, for editors that complete and check YAML.

    `digest` and `notice` are the documents that webhooks carry.
    """
    keep_stdout(context)
    print_json(_SCHEMAS[file]())
