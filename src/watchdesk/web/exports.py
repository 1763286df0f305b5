"""What a search finds as CSV (RFC 4180), as JSON Lines and as an Atom feed, for spreadsheets and programs."""

import csv
import hashlib
import html
import io
import json
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from watchdesk.delivery.atom_feed import Entry, Feed, identity, with_entries
from watchdesk.digests.rendering.sanitising import safe_link
from watchdesk.documents.articles import found_document
from watchdesk.documents.searches import Searched
from watchdesk.documents.words import printable, utc_text
from watchdesk.model import Article, Match
from watchdesk.web.answers import admit
from watchdesk.web.asked import Asked, Refusal
from watchdesk.web.searching import SEARCHING, NotUnderstood, cursor_of, typed_in

MOST = 1000
"""Articles of a file."""
COLUMNS = ("id", "first_seen", "published_at", "source", "title", "url", "score", "snippet")
_FORMULA = re.compile(r"[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""How a cell begins that a spreadsheet takes for a formula."""


def csv_file(asked: Asked, _headers: Mapping[str, str]) -> Response:
    """A row an article; no cell is a formula."""
    found = _found(asked)
    written = io.StringIO()
    # With the mark by which Excel knows UTF-8.
    written.write("\ufeff")
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for article, match in found.found:
        texts = (article.source_id, article.title, article.url or "")
        rows.writerow(
            [
                article.id,
                utc_text(article.first_seen),
                utc_text(article.published_at) or "",
                *map(cell, texts),
                match.score,
                cell(match.snippet.text),
            ]
        )
    return _file(written.getvalue(), "text/csv; charset=utf-8; header=present", "articles.csv", asked, found)


def cell(text: str) -> str:
    """A text on one line that a spreadsheet shows as it is: what it would calculate has `'` before it."""
    shown = printable(text)
    return f"'{shown}" if _FORMULA.match(text) or _FORMULA.match(shown) else shown


def json_lines(asked: Asked, _headers: Mapping[str, str]) -> Response:
    """An article a line, as `watchdesk search --json` has it."""
    found = _found(asked)
    lines = [json.dumps(found_document(article, match), ensure_ascii=False) for article, match in found.found]
    return _file("".join(f"{line}\n" for line in lines), "application/jsonl", "articles.jsonl", asked, found)


def atom(asked: Asked, _headers: Mapping[str, str]) -> Response:
    """A feed with an entry an article."""
    found = _found(asked)
    query = asked.query.get("query", "")
    digest = hashlib.sha256(f"{asked.query.get('since', '')}\0{query}".encode()).hexdigest()[:32]
    feed = Feed(identity("search", asked.desk.mark, digest), f"watchdesk: {printable(query) or 'articles'}")
    entries = [_entry(asked, article, match) for article, match in found.found]
    content = with_entries(feed, None, entries, MOST, asked.now).decode()
    return _file(content, "application/atom+xml; charset=utf-8", "articles.atom", asked, found)


def _entry(asked: Asked, article: Article, match: Match) -> Entry:
    return Entry(
        id=identity("article", asked.desk.mark, str(article.id)),
        title=printable(article.title) or "(without a title)",
        updated=article.first_seen,
        published=article.published_at,
        author=printable(article.source_id),
        link=safe_link(article.url),
        summary_html=html.escape(match.snippet.text),
    )


def _found(asked: Asked) -> Searched:
    admit(asked)
    try:
        return SEARCHING.search(asked, typed_in(asked.query), MOST)
    except NotUnderstood as error:
        raise Refusal(400, str(error)) from None


def _file(content: str, media_type: str, name: str, asked: Asked, found: Searched) -> Response:
    """`Link` names what follows, where there is more (RFC 8288)."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    cursor = cursor_of(found.next)
    if cursor:
        query = urlencode({**asked.query, "cursor": cursor})
        headers["link"] = f'<{name}?{query}>; rel="next"'
    return Response(content.encode("utf-8", "replace"), media_type=media_type, headers=headers)


FILES = {"/articles.csv": csv_file, "/articles.jsonl": json_lines, "/articles.atom": atom}
"""By path."""
