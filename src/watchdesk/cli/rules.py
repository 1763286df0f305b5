"""`rules`: how each rule behaves, and which need attention.

The figures come from `watchdesk.backtest`; here they become a table.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import click
from rich.table import Table
from rich.text import Text

from watchdesk.backtest import Habit, Part, Window, habits
from watchdesk.cli.interruption import ended_at_once
from watchdesk.cli.looking_back import looking_back
from watchdesk.cli.session import Session, json_option, pass_session, print_json, stdout, utc_now
from watchdesk.cli.values import DURATION
from watchdesk.digesting.languages import unread_rules
from watchdesk.digests import widest
from watchdesk.documents.rules import advice, length_of, percent, rules_document, too_wide_advice
from watchdesk.documents.words import ago, counted
from watchdesk.errors import NoDatabase
from watchdesk.model.archive import NOTHING, LookBack

_DAY = timedelta(days=1)


@click.command
@click.option("--since", type=DURATION, default="30d", show_default=True, metavar="AGE", help="How far back.")
@json_option
@pass_session
def rules(session: Session, *, since: timedelta, as_json: bool) -> None:
    """Lists every rule: matches a day, noisiest source, the word that brings most, and what to look at."""
    now = utc_now()
    after = now - since
    configuration = session.configuration()
    zone = configuration.settings.timezone
    wide: Mapping[str, int] = {}
    try:
        with ended_at_once(), session.records(configuration) as desk:
            store = desk.store
            window = Window(after, now, zone, store.oldest_article(after))
            articles = store.article_count(after)
            last = store.last_matches()
            unread = unread_rules(configuration.rules, store, now)
            asked = LookBack(after, NOTHING, matched_by=None)
            with looking_back(store, asked, zone) as pages:
                matched = (archived for page in pages for archived in page.articles)
                found = habits(matched, configuration.rules, window, articles, last, unread)
            wide = widest(store.match_counts(list(configuration.rules.labels), [(now - _DAY, now)]))
    except NoDatabase as none:  # which rules there are stands in the files
        click.echo(f"watchdesk: {none}", err=True)
        window, articles = Window(after, now, zone, None), 0
        found = habits((), configuration.rules, window, articles, {})
    if as_json:
        print_json(rules_document(found, window, articles, wide))
    else:
        _print(found, window, articles, wide)


def _print(found: Sequence[Habit], window: Window, articles: int, wide: Mapping[str, int]) -> None:
    console = stdout()
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("rule", overflow="fold")
    table.add_column("a day", justify="right", no_wrap=True)
    table.add_column("of all", justify="right", no_wrap=True)
    table.add_column("noisiest source", overflow="fold")
    table.add_column("one word alone", overflow="fold")
    table.add_column("last", no_wrap=True)
    for habit in found:
        name = Text(habit.rule.id, style="bold yellow" if habit.oddity else "")
        table.add_row(
            name if habit.in_files else name.append(" (no longer in the files)", style="dim"),
            f"{habit.a_day:.1f}",
            percent(habit.share),
            _part(habit.noisiest),
            _part(habit.alone),
            ago(habit.last_matched, window.until).removesuffix(" ago"),
        )
    console.print(table)
    for habit in found:
        hint = advice(habit, window)
        if hint:
            console.print(Text("\n! ", style="bold yellow").append(hint, style="default not bold"))
    for rule_id, count in wide.items():
        hint = too_wide_advice(rule_id, count)
        console.print(Text("\n! ", style="bold yellow").append(hint, style="default not bold"))
    odd = sum(habit.oddity is not None for habit in found)
    console.print(
        f"\n{counted(len(found), 'rule')}, {odd or 'none'} to look at; "
        f"{counted(articles, 'article')} in {length_of(window)}"
    )


def _part(part: Part | None) -> str:
    return f"{part.name} {percent(part.share)}" if part else "-"
