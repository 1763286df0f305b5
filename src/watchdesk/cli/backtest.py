"""`backtest`: what today's rules would have found in the archive, beside what was found.

`watchdesk.backtest` compares, and renders the HTML page.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from watchdesk.app import Records
from watchdesk.archive.condition import condition_of_rule
from watchdesk.backtest import Backtest, RuleChange, Window, compare, reach, rule_of
from watchdesk.cli.article_view import marked
from watchdesk.cli.draft_backtest import (
    DraftBacktest,
    ask_archive,
    other_rule,
    print_near_misses,
    print_yaml,
)
from watchdesk.cli.drafts import draft_of, draft_options, known_to
from watchdesk.cli.interruption import ended_at_once
from watchdesk.cli.looking_back import looking_back
from watchdesk.cli.pages import write_page
from watchdesk.cli.session import (
    Session,
    json_option,
    pass_session,
    print_json,
    stdout,
    utc_now,
)
from watchdesk.cli.values import DURATION
from watchdesk.config.places import did_you_mean
from watchdesk.documents.backtests import backtest_document, draft_document
from watchdesk.documents.words import counted, local
from watchdesk.errors import UsageError
from watchdesk.model import Article
from watchdesk.model.archive import LookBack
from watchdesk.model.conditions import any_of
from watchdesk.rules import RuleSet

SHOWN = 3
"""New and lost matches of a rule shown on a terminal; the page and the JSON document hold a few more."""


@click.command
@click.argument("rule_ids", nargs=-1, metavar="[RULE]…")
@click.option("--since", type=DURATION, default="30d", show_default=True, metavar="AGE", help="How far back.")
@click.option(
    "--html", "html_file", type=click.Path(path_type=Path, dir_okay=False), help="Write it as a page."
)
@click.option("--open", "opened", is_flag=True, help="Show the page in the browser.")
@draft_options
@click.option("--against", metavar="RULE", help="With --query: compare with this rule, as it is now.")
@click.option("--against-query", metavar="QUERY", help="With --query: compare with another one.")
@click.option("--yaml", "as_yaml", is_flag=True, help="With --query: print it as a rule to take away.")
@click.option("--match", "matching", type=int, multiple=True, metavar="ID", help="With --yaml: an example.")
@click.option(
    "--ignore", "ignored", type=int, multiple=True, metavar="ID", help="With --yaml: one that must not match."
)
@json_option
@pass_session
def backtest(
    session: Session,
    rule_ids: tuple[str, ...],
    since: timedelta,
    html_file: Path | None,
    *,
    opened: bool,
    query: str | None,
    exclude: str | None,
    sources: str | None,
    at_least: float | None,
    against: str | None,
    against_query: str | None,
    as_yaml: bool,
    matching: tuple[int, ...],
    ignored: tuple[int, ...],
    as_json: bool,
) -> None:
    """Compares what the rules as they are now would have matched in the archive with what did match.

    With --query it asks a query that is in no file, and compares it with the rule of --against.
    """
    drafted: DraftBacktest | None = None
    named = bool(rule_ids)
    configuration = session.readable_configuration()
    for rule_id in (*rule_ids, *([against] if against else [])):
        configuration.refuse_unread(rule_id)
    if configuration.lacks_rules and not rule_ids:
        rule_ids = tuple(configuration.rules.labels)  # what is missing has not lost its matches
        if configuration.mistakes and query is None and not rule_ids:
            raise configuration.mistakes
    with ended_at_once(), session.records(configuration, reads=True) as desk:
        draft = draft_of(query, exclude, sources, at_least)
        if draft is None:
            _refuse_without_query(against, against_query, matching or ignored or as_yaml)
            found = _compared(desk, rule_ids, since)
        elif named:
            raise UsageError("a --query is asked alone; compare it with a rule by --against")
        else:
            rule = rule_of(draft, known_to(desk.configuration))
            if as_yaml:
                print_yaml(desk, draft, rule, matching, ignored)
                return
            drafted = ask_archive(desk, rule, other_rule(desk, against, against_query), since)
            found = drafted.found
    if html_file or opened:
        from watchdesk.backtest import page  # noqa: PLC0415 - Jinja2 is heavy

        write_page(html_file or session.state_directory / "backtest.html", page(found), opened=opened)
    if as_json:
        print_json(
            draft_document(found, drafted.against, drafted.near_misses)
            if drafted
            else backtest_document(found)
        )
    elif not html_file:
        _print(found)
        if drafted:
            print_near_misses(drafted)


def _refuse_without_query(against: str | None, against_query: str | None, takes_away: object) -> None:
    if against is not None or against_query is not None or takes_away:
        raise UsageError("--against, --against-query, --yaml, --match and --ignore are for a --query")


def _compared(desk: Records, rule_ids: Collection[str], since: timedelta) -> Backtest:
    store, now = desk.store, utc_now()
    rules = _chosen(desk, rule_ids)
    after, zone = now - since, desk.configuration.settings.timezone
    condition = any_of(condition_of_rule(rule) for rule in rules.rules)
    asked = LookBack(after, reach(rules.rules), condition, frozenset(rule_ids) or None)
    with looking_back(store, asked, zone) as pages:
        window = Window(after, now, zone, store.oldest_article(after))
        archive = (archived for page in pages for archived in page.articles)
        return compare(archive, rules, window, store.article_count(after))


def _chosen(desk: Records, rule_ids: Collection[str]) -> RuleSet:
    """The rules given. Raises `UsageError` for one that is neither in the files nor in the archive."""
    rules = desk.configuration.rules
    unknown = [rule_id for rule_id in rule_ids if rule_id not in rules.labels]
    stored = desk.store.last_matches() if unknown else {}
    for rule_id in unknown:
        if rule_id not in stored:
            known = sorted({*rules.labels, *stored})
            hint = did_you_mean(rule_id, known) or f"there are: {', '.join(known) or 'none'}"
            raise UsageError(f"there is no rule '{rule_id}'; {hint}")
    if not rule_ids:
        return rules
    return replace(rules, rules=tuple(rule for rule in rules.rules if rule.id in rule_ids))


def _print(found: Backtest) -> None:
    console, window = stdout(), found.window
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("rule", overflow="fold")
    for column in ("kept", "new", "lost", "a day then", "a day now"):
        table.add_column(column, justify="right", no_wrap=column in ("kept", "new", "lost"))
    for change in found.rules:
        total = change.total
        counts = [f"{count:,}" for count in (total.kept, total.new, total.lost)]
        rates = [f"{count / window.days:.1f}" for count in (total.then, total.now)]
        table.add_row(_named(change), *counts, *rates)
    console.print(table)
    for change in found.rules:
        if change.changed and change.in_files:
            _print_changes(change, window)
    read = f"{found.read:,} of {counted(found.articles, 'article')} read"
    console.print(f"\n{read}, first seen since {local(window.since, window.zone)}; rules match no other")
    console.print(
        "Articles are compared by the text they have now: one that was corrected since may be new or lost "
        "for that reason alone.",
        style="dim",
    )


def _named(change: RuleChange) -> Text:
    name = Text(change.rule.id)
    return name if change.in_files else name.append(" (no longer in the files)", style="yellow")


def _print_changes(change: RuleChange, window: Window) -> None:
    console = stdout()
    console.print(Text(f"\n{change.rule.title}", style="bold").append(f"  {change.rule.id}", "not bold dim"))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(min_width=len("lost"))
    for new in change.newest_new[:SHOWN]:
        snippet = new.match.snippet
        title = marked(new.article.title, new.match.title_marks)
        _add(grid, Text("new", "green"), title, new.article, window, marked(snippet.text, snippet.marks))
    _add_more(grid, "new", change.total.new)
    for lost in change.newest_lost[:SHOWN]:
        since = " (the article was corrected since it matched)" if lost.corrected else ""
        because = Text(f"because: {lost.because}{since}")
        _add(grid, Text("lost", "red"), Text(lost.article.title), lost.article, window, because)
    _add_more(grid, "lost", change.total.lost)
    console.print(grid)


def _add(grid: Table, kind: Text, title: Text, article: Article, window: Window, why: Text) -> None:
    facts = f"{article.id} · {article.source_id} · {local(article.first_seen, window.zone)}"
    grid.add_row(kind, title)
    grid.add_row("", Text(facts, style="dim"))
    grid.add_row("", why)


def _add_more(grid: Table, kind: str, count: int) -> None:
    if count > SHOWN:
        grid.add_row("", Text(f"… and {count - SHOWN:,} more {kind}", style="dim"))
