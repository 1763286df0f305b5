"""`search`: a query of the rule language over the archive, shown as it is found."""

import shlex
from collections.abc import Iterator, Sequence
from datetime import timedelta, tzinfo
from itertools import islice

import click

from watchdesk.archive.condition import condition_of
from watchdesk.backtest import search as found_in
from watchdesk.cli.interruption import ended_at_once
from watchdesk.cli.json_output import JsonList, json_stream
from watchdesk.cli.looking_back import looking_back
from watchdesk.cli.printing import Printer
from watchdesk.cli.session import Session, json_option, pass_session, utc_now
from watchdesk.cli.values import DURATION
from watchdesk.documents.articles import found_document
from watchdesk.documents.words import counted, local, printable
from watchdesk.model import Article, Match
from watchdesk.model.archive import LookBack
from watchdesk.ports import Archive
from watchdesk.rules import Query

_FEW = 5_000
"""So many articles are read in a second or two, and need no words."""


@click.command
@click.argument("words", metavar="QUERY", nargs=-1, required=True)
@click.option("--since", type=DURATION, metavar="AGE", help="Only articles seen this recently, such as 30d.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Articles shown.")
@json_option
@pass_session
def search(
    session: Session, words: Sequence[str], since: timedelta | None, limit: int, *, as_json: bool
) -> None:
    """Searches the archive with a rule-language QUERY, newest first."""
    query, *others = words
    if others:
        quoted = shlex.quote(" ".join(words))
        raise click.UsageError(
            f"the query is one argument: put it in quotes, as in watchdesk search {quoted}"
        )
    with ended_at_once(), session.records(session.readable_configuration(), reads=True) as desk:
        asked = Query.parse(query, desk.configuration.rules.lists)
        zone, printer = desk.configuration.settings.timezone, Printer()
        looking = LookBack(None if since is None else utc_now() - since, condition=condition_of(asked.node))
        for line in _slow(looking, query, desk.store):
            click.echo(line, err=True)
        to_screen = as_json and json_stream().isatty()
        with looking_back(desk.store, looking, zone, printer, bar=not to_screen) as pages:
            found = islice(found_in(pages, asked), limit)
            if as_json:
                _write(found)
            else:
                _show(found, limit, zone, printer)


def _slow(asked: LookBack, query: str, archive: Archive) -> Iterator[str]:
    """Why it may take long, if it may."""
    if asked.condition is None:
        yield (
            f"'{printable(query)}' has no word that the index can look up; reading articles from the newest "
            "on; Ctrl-C stops"
        )
        return
    coverage = archive.index_coverage()
    missing = coverage.pending + coverage.unindexed
    if missing > _FEW:
        yield f"{counted(missing, 'article is', 'articles are')} not in the index yet and are read one by one"


def _write(found: Iterator[tuple[Article, Match]]) -> None:
    with JsonList("articles") as written:
        for article, match in found:
            written.add(found_document(article, match))


def _show(found: Iterator[tuple[Article, Match]], limit: int, zone: tzinfo, printer: Printer) -> None:
    number = 0
    for number, (article, match) in enumerate(found, 1):  # noqa: B007 - the last one counts them
        when = local(article.when, zone)
        if article.updated_at:
            when += f", updated {local(article.updated_at, zone)}"
        facts = f"{article.id} · {when} · {article.source_id} · {article.url or ''}"
        if printer.is_terminal:
            _show_marked(article, match, facts, printer)
        else:
            lines = (printable(article.title), facts, printable(match.snippet.text), "")
            click.echo("\n".join(lines))
    printer.print(
        counted(number, "article") + ("; there may be more, see --limit" if number == limit else "")
    )


def _show_marked(article: Article, match: Match, facts: str, printer: Printer) -> None:
    """With the words that were found in colour."""
    from rich.text import Text  # noqa: PLC0415 - heavy, and for terminals alone

    from watchdesk.cli.article_view import marked  # noqa: PLC0415 - as above

    printer.rich.print(marked(article.title, match.title_marks, "bold"), soft_wrap=True)
    printer.rich.print(Text(facts, style="dim"), soft_wrap=True)
    printer.rich.print(marked(match.snippet.text, match.snippet.marks), "", sep="\n")
