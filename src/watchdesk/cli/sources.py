"""`sources`: every source with its health; with `add`, `import` and `export` for what is followed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import click

from watchdesk import sources as source_room
from watchdesk.cli.json_output import JsonList
from watchdesk.cli.lazy_command import add_lazily
from watchdesk.cli.printing import Printer
from watchdesk.cli.session import Session, json_option, utc_now
from watchdesk.cli.tables import print_table
from watchdesk.documents.sources import interval_of, source_document
from watchdesk.documents.words import ago, counted, span
from watchdesk.model import NEVER_POLLED, PageToFetch, Source, SourceHealth, SourceSummary
from watchdesk.polling.missing_pages import pages_by_source, still_missing

AVERAGED = timedelta(days=7)
MOST_SHOWN = 200
"""Sources that a terminal lists, whatever their state."""
_COLUMNS = ("source", "health", "last success", "next poll", "interval", "a day", "gaps")


@click.group(invoke_without_command=True)
@json_option
@click.option(
    "--all",
    "show_all",
    is_flag=True,
    help=f"On a terminal, list every source, also where there are more than {MOST_SHOWN}.",
)
@click.pass_context
def sources(context: click.Context, *, as_json: bool, show_all: bool) -> None:
    """Lists every source with its health: last success, next poll, interval, articles a day, errors."""
    if context.invoked_subcommand:
        return
    session = context.ensure_object(Session)
    now = utc_now()
    with session.records() as desk:
        configured = list(desk.configuration.settings.sources.values())
        summaries = desk.store.summaries()
        counts = desk.store.article_counts(now - AVERAGED)
        missing = pages_by_source(desk.store.pages_to_fetch())
    healths = {health.source_id: health for health in source_room.health(configured, summaries, now)}
    rows = (
        (
            source,
            _with_pages(summaries.get(source.id, NEVER_POLLED), missing.get(source.id)),
            counts.get(source.id, 0) / AVERAGED.days,
        )
        for source in configured
    )
    if as_json:
        with JsonList("sources") as listed:
            for source, state, rate in rows:
                listed.add(source_document(source, state, rate, healthy=_healthy(healths, source)))
        return
    console = Printer()
    shown = list(rows)
    if console.is_terminal and len(configured) > MOST_SHOWN and not show_all:
        shown = [row for row in shown if _needs_a_look(*row[:2], now, healthy=_healthy(healths, row[0]))]
    _print(console, shown, healths, now)
    if len(shown) < len(configured):
        names = {row[0].id for row in shown}
        left = [source for source in configured if source.id not in names]
        console.print(f"\n{_left_out(left, summaries, shown=bool(shown))}; --all lists them", soft_wrap=True)
    unwell = sum(not health.healthy for health in healths.values())
    console.print(f"\n{counted(len(configured), 'source')}, {unwell or 'none'} unhealthy")


add_lazily(
    sources,
    {
        "add": (
            "sources_add:add",
            "Finds the feeds and news sitemaps of the site at URL, and writes one into sources.yaml.",
        ),
        "import": (
            "sources_opml:import_opml",
            "Adds the feeds of FILE that are not followed yet to sources.yaml, its folders as tags.",
        ),
        "export": (
            "sources_opml:export_opml",
            "Writes the feeds that are followed to FILE as OPML 2.0, their tags as categories; "
            "- is standard output.",
        ),
    },
)


def _healthy(healths: dict[str, SourceHealth], source: Source) -> bool:
    return source.id not in healths or healths[source.id].healthy


def _needs_a_look(source: Source, state: SourceSummary, now: datetime, *, healthy: bool) -> bool:
    """Whether a person should see it: it fails, is gone or has moved, or a poll lately missed something."""
    if source.paused:
        return False
    lately = state.last_gap is not None and now - state.last_gap < AVERAGED
    odd = state.gone or state.error or state.trouble or source_room.has_moved(state)
    return bool(odd or lately or not healthy)


def _left_out(left: Sequence[Source], summaries: Mapping[str, SourceSummary], *, shown: bool) -> str:
    """What is to be said of sources that need no look. `shown`: whether others do."""
    paused = sum(source.paused for source in left)
    unpolled = sum(
        not source.paused and summaries.get(source.id, NEVER_POLLED).last_attempt is None for source in left
    )
    fine = len(left) - paused - unpolled
    if fine == len(left):
        return f"… and {fine:,} more are fine" if shown else f"all {fine:,} sources are fine"
    counts = {"fine": fine, "not polled yet": unpolled, "paused": paused}
    parts = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
    return f"… and {len(left):,} more: {parts}" if shown else f"{len(left):,} sources: {parts}"


def _with_pages(state: SourceSummary, pages: Sequence[PageToFetch] | None) -> SourceSummary:
    """The state, with the pages still to be fetched among its troubles."""
    return replace(state, trouble=(*state.trouble, still_missing(pages))) if pages else state


def _print(
    console: Printer,
    rows: list[tuple[Source, SourceSummary, float]],
    healths: dict[str, SourceHealth],
    now: datetime,
) -> None:
    cells: list[Sequence[str]] = []
    troubles = []
    for source, state, rate in rows:
        health = _health_word(source, state, healthy=_healthy(healths, source))
        interval = interval_of(state)
        cells.append(
            (
                source.id,
                health,
                ago(state.last_success, now),
                _next_poll(source, state, now),
                span(interval) if interval else "-",
                f"{rate:.1f}",
                str(state.gaps or "-"),
            )
        )
        troubles += [(source.id, text) for text in ((state.error,) if state.error else state.trouble)]
        if source_room.has_moved(state):
            moved = f"it has moved permanently to {state.moved_to}; put that address into sources.yaml"
            troubles.append((source.id, moved))
    if cells:
        print_table(console, _COLUMNS, cells, wrapped=_COLUMNS.index("health"))
    for source_id, text in troubles:
        _print_trouble(console, source_id, text)


def _print_trouble(console: Printer, source_id: str, text: str) -> None:
    if console.is_terminal:
        from rich.markup import escape  # noqa: PLC0415 - heavy

        console.print(f"\n[bold]{source_id}[/]: {escape(text)}", soft_wrap=True)
    else:
        console.print(f"\n{source_id}: {text}", markup=False, soft_wrap=True)


def _next_poll(source: Source, state: SourceSummary, now: datetime) -> str:
    if source.paused or state.gone:
        return "-"
    return ago(state.next_poll, now) if state.next_poll and state.next_poll > now else "now"


def _health_word(source: Source, state: SourceSummary, *, healthy: bool) -> str:
    if source.paused:
        return "paused"
    if state.last_attempt is None:
        return "not polled yet"
    if state.gone:
        return "[red]gone[/]"
    if not healthy:
        return f"[red]failing[/] ({counted(state.failures, 'poll')})"
    if state.error:
        return "[yellow]last poll failed[/]"
    return "[yellow]with trouble[/]" if state.trouble else "[green]well[/]"
