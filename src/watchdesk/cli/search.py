"""`search`: a query of the rule language over the archive."""

from datetime import timedelta
from itertools import islice

import click
from rich.text import Text

from watchdesk.cli.article_view import marked
from watchdesk.cli.json_documents import reference_document, span_document
from watchdesk.cli.session import Session, json_option, pass_session, print_json, stdout, utc_now
from watchdesk.cli.values import DURATION
from watchdesk.cli.words import counted, local
from watchdesk.model import Article, Match
from watchdesk.rules import Query


@click.command
@click.argument("query")
@click.option("--since", type=DURATION, metavar="AGE", help="Only articles seen this recently, such as 30d.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Articles shown.")
@json_option
@pass_session
def search(session: Session, query: str, since: timedelta | None, limit: int, *, as_json: bool) -> None:
    """Searches the archive with a rule-language QUERY, newest first."""
    with session.records() as desk:
        asked = Query.parse(query, desk.configuration.rules.lists)
        after = utc_now() - since if since else None
        pairs = ((article, asked.match(article)) for article in desk.store.articles(after))
        found = list(islice(((article, match) for article, match in pairs if match), limit))
        zone = desk.configuration.settings.timezone
    if as_json:
        print_json({"articles": [_document(article, match) for article, match in found]})
        return
    console = stdout()
    for article, match in found:
        console.print(marked(article.title, match.title_marks, "bold"), soft_wrap=True)
        when = local(article.when, zone)
        if article.updated_at:
            when += f", updated {local(article.updated_at, zone)}"
        facts = f"{article.id} · {when} · {article.source_id} · {article.url or ''}"
        console.print(Text(facts, style="dim"), soft_wrap=True)
        console.print(marked(match.snippet.text, match.snippet.marks), "", sep="\n")
    console.print(
        counted(len(found), "article") + ("; there may be more, see --limit" if len(found) == limit else "")
    )


def _document(article: Article, match: Match) -> dict[str, object]:
    spans = [span_document(span) for span in match.spans]
    return {
        **reference_document(article),
        "score": match.score,
        "spans": spans,
        "snippet": match.snippet.text,
    }
