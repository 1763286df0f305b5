"""`rules`: how each rule behaves, and which need attention.

The figures come from `watchdesk.backtest`; here they become a table and advice.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import assert_never

import click
from rich.table import Table
from rich.text import Text

from watchdesk.backtest import Habit, Narrowing, Oddity, Part, Window, habits
from watchdesk.cli.interruption import ended_at_once
from watchdesk.cli.looking_back import looking_back
from watchdesk.cli.session import Session, json_option, pass_session, print_json, stdout, utc_now
from watchdesk.cli.values import DURATION
from watchdesk.digesting.languages import unread_rules
from watchdesk.digests import widest
from watchdesk.documents.words import ago, counted, span, utc_text
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
    with ended_at_once(), session.records() as desk:
        store, zone = desk.store, desk.configuration.settings.timezone
        window = Window(after, now, zone, store.oldest_article(after))
        articles = store.article_count(after)
        last = store.last_matches()
        unread = unread_rules(desk.configuration.rules, store, now)
        asked = LookBack(after, NOTHING, matched_by=None)
        with looking_back(store, asked, zone) as pages:
            matched = (archived for page in pages for archived in page.articles)
            found = habits(matched, desk.configuration.rules, window, articles, last, unread)
        wide = widest(store.match_counts(list(desk.configuration.rules.labels), [(now - _DAY, now)]))
    if as_json:
        print_json({**_document(found, window, articles), "too_wide": dict(wide)})
    else:
        _print(found, window, articles, wide)


def advice(habit: Habit, window: Window) -> str | None:
    """What is odd about a rule and what to do about it; None if nothing is."""
    name = habit.rule.id
    match habit.oddity:
        case Oddity.SILENT:
            return (
                f"{name} never matched in {_length(window)}. `watchdesk try URL`, on an "
                "article that it should find, says why it does not; widen the rule, or remove it."
            )
        case Oddity.BROAD:
            word = ""
            if habit.alone:
                share = _percent(habit.alone.share)
                word = f" ({_quoted(habit.alone.name)} alone brings {share} of its matches)"
            return (
                f"{name} matches {_percent(habit.share)} of all articles{word}. {_cure(habit)}; "
                f"`watchdesk backtest {name}` then shows what would be lost."
            )
        case None:
            return None
        case _:
            assert_never(habit.oddity)


def _cure(habit: Habit) -> str:
    """How to narrow the rule as it is written."""
    if Narrowing.DISTANT in habit.asks:
        return "Require a smaller distance, or one more word with AND"
    first = "Require one more word with AND"
    if Narrowing.NEAR not in habit.asks:
        first = "Require a second word near the first (NEAR/10)"
    return first if Narrowing.TITLE in habit.asks else f"{first}, or look in the title only"


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
            _percent(habit.share),
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
        hint = (
            f"{rule_id} found {counted(count, 'article')} in the last 24 hours, more than anyone reads: "
            "narrow it, or give it a digest of its own."
        )
        console.print(Text("\n! ", style="bold yellow").append(hint, style="default not bold"))
    odd = sum(habit.oddity is not None for habit in found)
    console.print(
        f"\n{counted(len(found), 'rule')}, {odd or 'none'} to look at; "
        f"{counted(articles, 'article')} in {_length(window)}"
    )


def _quoted(term: str) -> str:
    return term if term.startswith(('"', "=", "/")) else f"'{term}'"


def _length(window: Window) -> str:
    length = window.until - window.since
    return counted(length.days, "day") if length.days else span(length)


def _part(part: Part | None) -> str:
    return f"{part.name} {_percent(part.share)}" if part else "-"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 or not share else "<1%"


def _document(found: Sequence[Habit], window: Window, articles: int) -> dict[str, object]:
    return {
        "since": utc_text(window.since),
        "until": utc_text(window.until),
        "days": round(window.days, 2),
        "articles": articles,
        "rules": [_habit_document(habit, window) for habit in found],
    }


def _habit_document(habit: Habit, window: Window) -> dict[str, object]:
    return {
        "rule": habit.rule.id,
        "title": habit.rule.title,
        "in_files": habit.in_files,
        "matches": habit.matches,
        "matches_a_day": round(habit.a_day, 2),
        "share_of_articles": round(habit.share, 4),
        "noisiest_source": _part_document(habit.noisiest, "source"),
        "alone": _part_document(habit.alone, "term"),
        "last_matched": utc_text(habit.last_matched),
        "look_at": str(habit.oddity) if habit.oddity else None,
        "advice": advice(habit, window),
    }


def _part_document(part: Part | None, name: str) -> dict[str, object] | None:
    return {name: part.name, "matches": part.matches, "share": round(part.share, 4)} if part else None
