"""The options by which commands are given a rule that is in no file: `--query` and the keys beside it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from watchdesk.errors import UsageError

if TYPE_CHECKING:
    from watchdesk.backtest import Draft, Known
    from watchdesk.configuration import Configuration


def draft_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--query` with `--exclude`, `--sources` and `--at-least`, which mean what they mean in a rules file."""
    for option in (
        click.option(
            "--at-least", type=float, metavar="SCORE", help="With --query: the least score, 0 to 1."
        ),
        click.option(
            "--sources", metavar="NAMES", help="With --query: only these, as in 'tag:wire never:tag:sport'."
        ),
        click.option("--exclude", metavar="QUERY", help="With --query: what must not match."),
        click.option("--query", metavar="QUERY", help="Ask this query, which is in no file."),
    ):
        command = option(command)
    return command


def draft_of(
    query: str | None, exclude: str | None, sources: str | None, at_least: float | None
) -> "Draft | None":
    """What is asked for; None without `--query`. Raises `UsageError` for keys without a query."""
    if query is None:
        if exclude is not None or sources is not None or at_least is not None:
            raise UsageError("--exclude, --sources and --at-least are for a --query")
        return None
    from watchdesk.backtest import Draft, Sources  # noqa: PLC0415 - most commands ask no query

    return Draft(query, exclude or "", Sources.read(sources or ""), at_least or 0.0)


def known_to(configuration: "Configuration") -> "Known":
    """What a draft may name."""
    from watchdesk.backtest import Known  # noqa: PLC0415 - as above

    settings = configuration.settings
    tags = frozenset(tag for source in settings.sources.values() for tag in source.tags)
    return Known(configuration.rules.lists, frozenset(settings.sources), tags)
