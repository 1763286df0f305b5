"""`rules`: how each rule behaves, and which need attention.

The figures come from `watchdesk.backtest`; here they become a table.
"""

from dataclasses import replace
from datetime import timedelta

import click
from rich.table import Table
from rich.text import Text

from watchdesk.backtest import Part, Window, habits
from watchdesk.cli.interruption import ended_at_once
from watchdesk.cli.looking_back import pages_of
from watchdesk.cli.session import Session, json_option, pass_session, print_json, stdout, utc_now
from watchdesk.cli.values import DURATION
from watchdesk.documents.rule_list import RuleHabits, read_habits
from watchdesk.documents.rules import advice, length_of, percent, too_wide_advice
from watchdesk.documents.words import ago, counted
from watchdesk.errors import NoDatabase


@click.command
@click.option("--since", type=DURATION, default="30d", show_default=True, metavar="AGE", help="How far back.")
@json_option
@pass_session
def rules(session: Session, *, since: timedelta, as_json: bool) -> None:
    """Lists every rule: matches a day, noisiest source, the word that brings most, and what to look at."""
    now = utc_now()
    configuration = session.readable_configuration()
    zone = configuration.settings.timezone
    try:
        with ended_at_once(), session.records(configuration, reads=True) as desk:
            found = read_habits(configuration, desk.store, now, since, pages_of(desk.store, zone))
    except NoDatabase as none:  # which rules there are stands in the files
        click.echo(f"watchdesk: {none}", err=True)
        window = Window(now - since, now, zone, None)
        found = RuleHabits(habits((), configuration.rules, window, 0, {}), window, 0, {})
    if configuration.lacks_rules:  # what is missing is not gone
        found = replace(found, habits=[habit for habit in found.habits if habit.in_files])
    if as_json:
        print_json(found.document)
    else:
        _print(found)


def _print(found: RuleHabits) -> None:
    console, window, now = stdout(), found.window, utc_now()
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("rule", overflow="fold")
    table.add_column("a day", justify="right", no_wrap=True)
    table.add_column("of all", justify="right", no_wrap=True)
    table.add_column("noisiest source", overflow="fold")
    table.add_column("one word alone", overflow="fold")
    table.add_column("last", no_wrap=True)
    for habit in found.habits:
        name = Text(habit.rule.id, style="bold yellow" if habit.oddity else "")
        table.add_row(
            name if habit.in_files else name.append(" (no longer in the files)", style="dim"),
            f"{habit.a_day:.1f}",
            percent(habit.share),
            _part(habit.noisiest),
            _part(habit.alone),
            ago(habit.last_matched, now).removesuffix(" ago"),
        )
    console.print(table)
    for habit in found.habits:
        hint = advice(habit, window)
        if hint:
            console.print(Text("\n! ", style="bold yellow").append(hint, style="default not bold"))
    for rule_id, count in found.too_wide.items():
        hint = too_wide_advice(rule_id, count)
        console.print(Text("\n! ", style="bold yellow").append(hint, style="default not bold"))
    odd = sum(habit.oddity is not None for habit in found.habits)
    console.print(
        f"\n{counted(len(found.habits), 'rule')}, {odd or 'none'} to look at; "
        f"{counted(found.articles, 'article')} in {length_of(window)}"
    )


def _part(part: Part | None) -> str:
    return f"{part.name} {percent(part.share)}" if part else "-"
