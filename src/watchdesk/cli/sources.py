"""`sources`: every source with its health; with `add`, `import` and `export` for what is followed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import click

from watchdesk.cli.json_output import JsonList
from watchdesk.cli.lazy_command import add_lazily
from watchdesk.cli.printing import Printer
from watchdesk.cli.session import Session, json_option, utc_now
from watchdesk.cli.tables import print_table
from watchdesk.documents.sources import (
    Condition,
    SourceReport,
    interval_of,
    source_document,
    source_report,
    source_reports,
)
from watchdesk.documents.words import ago, counted, span, until
from watchdesk.errors import NoDatabase
from watchdesk.model.sources import ADDRESS_ADVICE

MOST_SHOWN = 200
"""Sources that a terminal lists, whatever their state."""
_COLUMNS = ("source", "health", "last success", "next poll", "interval", "a day", "gaps")
_STYLES = {
    Condition.GONE: "red",
    Condition.FAILING: "red",
    Condition.LAST_POLL_FAILED: "yellow",
    Condition.WITH_TROUBLE: "yellow",
    Condition.WELL: "green",
}


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
    configuration = session.readable_configuration()
    followed = configuration.settings.sources.values()
    try:
        with session.records(configuration, reads=True) as desk:
            reports = source_reports(followed, desk.store, now)
    except NoDatabase as none:  # what is followed stands in the files
        click.echo(f"watchdesk: {none}", err=True)
        reports = [source_report(source, None, (), 0, now) for source in followed]
    if as_json:
        with JsonList("sources") as listed:
            for report in reports:
                listed.add(source_document(report))
        return
    console, now = Printer(), utc_now()  # the service polls while its rows are read
    shown = list(reports)
    if console.is_terminal and len(reports) > MOST_SHOWN and not show_all:
        shown = [report for report in reports if report.needs_a_look(now)]
    _print(console, shown, now)
    if len(shown) < len(reports):
        names = {report.source.id for report in shown}
        left = [report for report in reports if report.source.id not in names]
        console.print(f"\n{_left_out(left, shown=bool(shown))}; --all lists them", soft_wrap=True)
    unwell = sum(not report.healthy for report in reports)
    console.print(f"\n{counted(len(reports), 'source')}, {unwell or 'none'} unhealthy")


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


def _left_out(left: Sequence[SourceReport], *, shown: bool) -> str:
    """What is to be said of sources that need no look. `shown`: whether others do."""
    paused = sum(report.source.paused for report in left)
    unpolled = sum(report.condition is Condition.NOT_POLLED_YET for report in left)
    fine = len(left) - paused - unpolled
    if fine == len(left):
        return f"… and {fine:,} more are fine" if shown else f"all {fine:,} sources are fine"
    counts = {"fine": fine, "not polled yet": unpolled, "paused": paused}
    parts = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
    return f"… and {len(left):,} more: {parts}" if shown else f"{len(left):,} sources: {parts}"


def _print(console: Printer, reports: Sequence[SourceReport], now: datetime) -> None:
    cells: list[Sequence[str]] = []
    for report in reports:
        interval = interval_of(report.state)
        cells.append(
            (
                report.source.id,
                _health_word(report),
                ago(report.state.last_success, now),
                _next_poll(report, now),
                span(interval) if interval else "-",
                f"{report.articles_a_day:.1f}",
                str(report.state.gaps or "-"),
            )
        )
    if cells:
        print_table(console, _COLUMNS, cells, wrapped=_COLUMNS.index("health"))
    for text, names in _by_trouble(reports).items():
        _print_trouble(console, ", ".join(names), text)


def _by_trouble(reports: Sequence[SourceReport]) -> Mapping[str, Sequence[str]]:
    """What is to be said of sources, and of which: where the network is down, it is the same of all."""
    from watchdesk.notices.sources import are_most  # noqa: PLC0415 - loads the shapes of the configuration

    found: dict[str, list[str]] = {}
    for report in reports:
        for text in report.troubles():
            found.setdefault(text, []).append(report.source.id)
    return {
        _of_this_machine(text) if are_most(len(names), len(reports)) else text: names
        for text, names in found.items()
    }


def _of_this_machine(text: str) -> str:
    """Where most sources fail as if their names were not known, the addresses are hardly wrong."""
    said = text.removesuffix(ADDRESS_ADVICE)
    return text if said == text else f"{said}; look at this machine's network, name resolution and proxy"


def _print_trouble(console: Printer, source_id: str, text: str) -> None:
    if console.is_terminal:
        from rich.markup import escape  # noqa: PLC0415 - heavy

        console.print(f"\n[bold]{source_id}[/]: {escape(text)}", soft_wrap=True)
    else:
        console.print(f"\n{source_id}: {text}", markup=False, soft_wrap=True)


def _next_poll(report: SourceReport, now: datetime) -> str:
    state = report.state
    if report.source.paused or state.gone:
        return "-"
    return until(state.next_poll, now) if state.next_poll else "now"


def _health_word(report: SourceReport) -> str:
    condition = report.condition
    style, polls = _STYLES.get(condition), ""
    if condition is Condition.FAILING:
        polls = f" ({counted(report.state.failures, 'poll')})"
    return f"[{style}]{condition.words}[/]{polls}" if style else condition.words
