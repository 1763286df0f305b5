"""Reads any feed, well-formed or not, with feedparser; its only home.

feedparser's own cleaning, rewriting of addresses and reading of dates are switched off: `articles` does each
once, for new entries only.
"""

import io
import re
from typing import Any

from watchdesk.articles.plain import title_of_markup
from watchdesk.encoding.repair import clean, unescaped_address
from watchdesk.errors import UnreadableInput
from watchdesk.sources.feeds.bounds import without_entries
from watchdesk.sources.feeds.hints import hints_of, skips_in
from watchdesk.sources.feeds.written import WrittenEntry, WrittenFeed, WrittenLink, WrittenTag, text_of

_DECLARATION = b"<?xml version='1.0' encoding='utf-8'?>"
_NAMES = "guid link title title_language summary author published updated language original_url"
_TEXTS = tuple(_NAMES.split())
"""Texts of an entry, whatever type feedparser gives them."""
_LONG_AUTHOR = re.compile(
    rb"(<(?:\w+:)?(?:author|creator|managingEditor|webMaster|publisher|name|email)\b[^<>]{0,200}>"
    rb"(?:\s*<!\[CDATA\[)?[^<>]{500})[^<>]+",
    re.IGNORECASE,
)
"""feedparser looks for an address in these, in time quadratic in their length."""

_PLAIN_TITLE = re.compile(
    rb"<(?:[\w.-]{1,40}:)?title\s[^<>]{0,500}?\btype\s{0,9}=\s{0,9}([\"'])(?:text|plain|text/plain)\1",
    re.IGNORECASE,
)
_PLAIN = "text/x-plain"
"""Marks a title that declares itself plain text: feedparser takes any title without a type for plain."""
_XHTML = "application/xhtml+xml"


def read_leniently(body: bytes, url: str) -> WrittenFeed:
    """What a document in UTF-8 says. Raises `UnreadableInput` if nothing in it can be read as a feed."""
    parsed, lost = _parsed(_PLAIN_TITLE.sub(_marked, _LONG_AUTHOR.sub(rb"\1", body)), url)
    if not parsed.version and not parsed.entries:
        raise UnreadableInput("it is not a feed: neither RSS nor Atom nor RDF can be found in it")
    feed = parsed.feed
    generator = feed.get("generator_detail") or {}
    named = (feed.get("generator"), generator.get("href"))
    return WrittenFeed(
        entries=[_cleaned(_entry(item, loose=bool(parsed.bozo))) for item in parsed.entries],
        title=_clean(feed.get("title")),
        language=_clean(feed.get("language")),
        link=_clean(feed.get("link")),
        links=_links(feed),
        generator=" ".join(dict.fromkeys(name for name in named if isinstance(name, str))),
        hints=hints_of(
            text_of(feed.get("ttl")),
            text_of(feed.get("sy_updateperiod")),
            text_of(feed.get("sy_updatefrequency")),
            *skips_in(body),
        ),
        damage=f"{lost} of its entries cannot be read" if lost else _damage(parsed),
    )


def _parsed(body: bytes, url: str) -> tuple[Any, int]:
    """feedparser's result, and how many entries were left out because feedparser fails at them."""
    try:
        return _run_feedparser(body, url), 0
    except UnreadableInput:
        readable, lost = without_entries(body, lambda part: _is_readable(part, url))
        return _run_feedparser(readable, url), lost


def _is_readable(body: bytes, url: str) -> bool:
    try:
        _run_feedparser(body, url)
    except UnreadableInput:
        return False
    return True


def _run_feedparser(body: bytes, url: str) -> Any:
    import feedparser  # noqa: PLC0415 - heavy, and well-formed feeds do without

    # A stream, never a string: feedparser opens a string that looks like an address or a path.
    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(
            io.BytesIO(_DECLARATION + body),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        raise UnreadableInput(f"no parser can read it ({type(error).__name__}: {error})") from error


def _marked(title: re.Match[bytes]) -> bytes:
    start, quote, _ = title[0].rpartition(title[1])[0].rpartition(title[1])
    return start + quote + _PLAIN.encode() + quote


def _title(item: Any) -> tuple[str | None, bool]:
    """An entry's title, and whether it is plain text; XHTML is converted here (RFC 4287 §3.1.1.3)."""
    title, kind = item.get("title"), (item.get("title_detail") or {}).get("type")
    if title and kind == _XHTML:
        return title_of_markup(title), True
    return title, kind == _PLAIN


def _entry(item: Any, *, loose: bool) -> WrittenEntry:
    """`loose`: the document is not well-formed, so that feedparser leaves references in ids."""
    guid = item.get("id")
    title, title_is_text = _title(item)
    return WrittenEntry(
        guid=unescaped_address(guid) if loose and guid else guid,
        link=item.get("link"),
        links=_links(item),
        title=title,
        title_is_text=title_is_text,
        title_language=(item.get("title_detail") or {}).get("language"),
        summary=item.get("summary"),
        contents=[content.get("value") for content in item.get("content", ()) if content.get("value")],
        authors=[author["name"] for author in item.get("authors", ()) if author.get("name")],
        author=item.get("author"),
        published=item.get("published"),
        updated=dict.get(item, "updated"),  # `item.get` would answer with `published`
        tags=[
            WrittenTag(tag.get("term"), tag.get("scheme"), tag.get("label")) for tag in item.get("tags", ())
        ],
        language=item.get("language"),
        original_url=item.get("feedburner_origlink"),
    )


def _cleaned(entry: WrittenEntry) -> WrittenEntry:
    """The entry as it can be stored: feedparser turns a twice-escaped reference into any character at all."""
    for name in _TEXTS:
        setattr(entry, name, _clean(getattr(entry, name)))
    entry.contents, entry.authors = list(map(clean, entry.contents)), list(map(clean, entry.authors))
    entry.tags = [WrittenTag(_clean(tag.term), _clean(tag.scheme), _clean(tag.label)) for tag in entry.tags]
    return entry


def _clean(text: object) -> str | None:
    return clean(text) if isinstance(text, str) else None


def _links(holder: Any) -> list[WrittenLink]:
    links = holder.get("links", ())
    return [WrittenLink(link.get("rel") or "", _clean(link.get("href"))) for link in links]


def _damage(parsed: Any) -> str | None:
    """What kept the document from being well-formed, and where."""
    import feedparser  # noqa: PLC0415 - as in `_run_feedparser`

    problem = parsed.get("bozo_exception") if parsed.bozo else None
    if problem is None or isinstance(problem, feedparser.NonXMLContentType):
        return None
    line = getattr(problem, "getLineNumber", lambda: None)()
    message = getattr(problem, "getMessage", lambda: str(problem))()
    return f"{message} in line {line}" if line else str(message)
