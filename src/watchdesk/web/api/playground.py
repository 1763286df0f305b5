"""/api/v1/check-query, /try, /backtest: rules that are in no file, tried."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from watchdesk.backtest import Draft, Sources
from watchdesk.backtest.compare import SHOWN
from watchdesk.documents.backtests import BacktestDocument
from watchdesk.documents.checked_queries import CheckDocument, check_document
from watchdesk.documents.tries import TryDocument
from watchdesk.errors import UsageError
from watchdesk.web.asked import Asked, Refusal
from watchdesk.web.playground.messages import (
    Backtest,
    Check,
    Document,
    Refused,
    Request,
    Said,
    Search,
    TryArticle,
)
from watchdesk.web.playground.typed import LONGEST_TEXT
from watchdesk.web.routes import Operation
from watchdesk.web.rules_asked import MEND_FILES

Score = Annotated[float, Field(ge=0, le=1)]


@dataclass
class SourcesBody:
    """Which sources a rule reads: ids and `tag:NAME`."""

    only: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)


@dataclass
class QueryBody:
    """A rule that is in no file."""

    query: str
    exclude: str = ""
    sources: SourcesBody = field(default_factory=SourcesBody)
    at_least: Score = 0.0
    """The least score, 0 to 1."""


@dataclass
class TryBody:
    """An article, by its text or by its address, and what to ask it."""

    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    """A page, a text or a feed. Either this or `address` is needed."""
    address: str = ""
    """Of a page, which is asked for as a poll asks, and never at a private address."""
    source: str | None = None
    """Read it as an article of this source."""
    query: str | None = None
    """Left out: the rules of the desk are asked."""
    exclude: str = ""
    sources: SourcesBody = field(default_factory=SourcesBody)
    at_least: Score = 0.0


@dataclass
class BacktestBody:
    """Rules of the desk, or a query that is in no file, and how far back."""

    rules: Annotated[list[str], Field(max_length=100)] = field(default_factory=list)
    """Ids; none without a query: all rules."""
    days: Annotated[int, Field(ge=1, le=3650)] = 30
    query: str | None = None
    exclude: str = ""
    sources: SourcesBody = field(default_factory=SourcesBody)
    at_least: Score = 0.0
    against: str | None = None
    """With a query: the id of a rule to compare it with."""
    against_query: str | None = None
    """With a query: another query to compare it with."""


def _check(asked: Asked, body: QueryBody) -> CheckDocument:
    said = _answer(asked, Check(_draft(body.query, body)))
    assert isinstance(said, Said)
    return check_document(said.problems, usable=said.usable)


def _try(asked: Asked, body: TryBody) -> Any:
    if bool(body.text.strip()) is bool(body.address.strip()):
        raise Refusal(422, "Give either a text or an address.")
    if body.address and not body.address.startswith(("http://", "https://")):
        raise Refusal(422, "An address begins with https:// or http://.")
    draft = None if body.query is None else _draft(body.query, body)
    return _document(asked, TryArticle(body.text, body.address, body.source, draft))


def _backtest(asked: Asked, body: BacktestBody) -> Any:
    since = timedelta(days=body.days)
    if body.query is None:
        if body.against or body.against_query:
            raise Refusal(422, "`against` is for a `query`.")
        return _document(asked, Backtest(None, tuple(body.rules), since))
    if body.rules:
        raise Refusal(422, "A `query` is asked alone; compare it with a rule by `against`.")
    if body.against and body.against_query:
        raise Refusal(422, "`against` and `against_query`: compare with one of them.")
    search = Search(
        _draft(body.query, body),
        since,
        body.against_query or body.against or "",
        against_is_query=bool(body.against_query),
        shown=SHOWN,
    )
    return _document(asked, Backtest(search))


def _draft(query: str, body: QueryBody | TryBody | BacktestBody) -> Draft:
    try:
        sources = Sources(tuple(body.sources.only), tuple(body.sources.never))
        return Draft(query, body.exclude, sources, body.at_least)
    except UsageError as error:
        raise Refusal(422, str(error)) from None


def _document(asked: Asked, request: Request) -> object:
    reply = _answer(asked, request)
    assert isinstance(reply, Document)
    return reply.document


def _answer(asked: Asked, request: Request) -> object:
    reply = next(iter(asked.desk.playground.replies(request, asked.gone)), None)
    if isinstance(reply, Refused):
        to_do = MEND_FILES if reply.of_files else None
        raise Refusal(503 if reply.is_ours else 422, reply.said, to_do=to_do)
    if reply is None:
        raise Refusal(503, "Nobody waits for the answer any more.")
    return reply


CHECK = Operation(
    "/check-query",
    "Whether a query can be asked, and what is wrong with it",
    _check,
    document=CheckDocument,
    body=QueryBody,
)
TRY = Operation(
    "/try", "What an article becomes, and what matches it", _try, document=TryDocument, body=TryBody
)
BACKTEST = Operation(
    "/backtest",
    "What rules, or a query that is in no file, would have found in the archive",
    _backtest,
    document=BacktestDocument,
    body=BacktestBody,
)
