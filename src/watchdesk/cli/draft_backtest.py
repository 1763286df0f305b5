"""`backtest --query`: what a query that is in no file finds, beside a rule or another query."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import click
from rich.table import Table
from rich.text import Text

from watchdesk.app import Records
from watchdesk.backtest import (
    Backtest,
    Draft,
    DraftSearch,
    NearMiss,
    NearMisses,
    Window,
    rule_of,
)
from watchdesk.backtest.compare import SHOWN
from watchdesk.backtest.taking_away import Marked, take_away
from watchdesk.cli.drafts import known_to
from watchdesk.cli.looking_back import looking_back, pages_of
from watchdesk.cli.session import stdout, utc_now
from watchdesk.config.places import did_you_mean
from watchdesk.documents.words import local
from watchdesk.errors import UsageError
from watchdesk.rules import Rule


@dataclass(frozen=True, slots=True)
class DraftBacktest:
    """What was found."""

    found: Backtest
    against: str | None
    near_misses: Sequence[NearMiss]


def other_rule(desk: Records, against: str | None, against_query: str | None) -> Rule | None:
    """What the query is compared with. Raises `UsageError` for a rule that there is not."""
    if against_query is not None:
        if against is not None:
            raise UsageError("--against and --against-query: compare with one of them")
        return rule_of(Draft(against_query), known_to(desk.configuration))
    if against is None:
        return None
    rules = desk.configuration.rules
    if against not in rules.labels:
        hint = did_you_mean(against, list(rules.labels)) or f"there are: {', '.join(rules.labels) or 'none'}"
        raise UsageError(f"there is no rule '{against}'; {hint}")
    return next(rule for rule in rules.rules if rule.id == against)


def ask_archive(desk: Records, rule: Rule, other: Rule | None, since: timedelta) -> DraftBacktest:
    """Asks the archive, and then for near misses."""
    store, now, zone = desk.store, utc_now(), desk.configuration.settings.timezone
    after = now - since
    window = Window(after, now, zone, store.oldest_article(after))
    search = DraftSearch(rule, other, window, SHOWN)
    with looking_back(store, search.asked(after), zone) as pages:
        for page in pages:
            deque(search.taking(page), 0)
    near = NearMisses(rule)
    deque(near.looking(pages_of(store, zone), after), 0)
    found = search.result(store.article_count(after))
    return DraftBacktest(found, other.id if other else None, near.found)


def print_near_misses(asked: DraftBacktest) -> None:
    """Prints them, each with the part that it misses by."""
    if not asked.near_misses:
        return
    console, zone = stdout(), asked.found.window.zone
    console.print(Text("\nnear misses, which fail by one part", style="bold"))
    grid = Table.grid(padding=(0, 2, 0, 0))
    for near in asked.near_misses:
        article = near.article
        grid.add_row(Text("miss", "yellow"), Text(article.title))
        facts = f"{article.id} · {article.source_id} · {local(article.first_seen, zone)}"
        grid.add_row("", Text(facts, style="dim"))
        grid.add_row("", Text(f"by {near.part}: {near.because}"))
    console.print(grid)


def print_yaml(
    desk: Records, draft: Draft, rule: Rule, matching: Sequence[int], ignored: Sequence[int]
) -> None:
    """Prints the query as a rules file, with these articles as its examples."""
    marked = []
    for should_match, numbers in ((True, matching), (False, ignored)):
        for number in numbers:
            article = desk.store.article(number)
            if article is None:
                raise UsageError(f"there is no article {number} in the archive")
            marked.append(Marked(article, should_match))
    taken = take_away(draft, rule, "", desk.configuration.rules.labels.keys(), marked)
    for contrary in taken.contrary:
        should = "match" if contrary.should_match else "be ignored"
        click.echo(
            f"article {contrary.article.id} is left out: it should {should}, but {contrary.because}", err=True
        )
    click.echo(taken.yaml, nl=False)
