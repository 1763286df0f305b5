"""Any feed at all, well-formed or not, as feedparser reads it. feedparser's only home.

Its own cleaning, its rewriting of addresses and its reading of dates are left aside: `articles` does each
once, for entries that are new.
"""

import io
import re
from typing import Any

import feedparser

from watchdesk.errors import UnreadableInput
from watchdesk.sources.feeds.hints import hints_of, skips_in
from watchdesk.sources.feeds.written import WrittenEntry, WrittenFeed, WrittenLink, WrittenTag, text_of

_DECLARATION = b"<?xml version='1.0' encoding='utf-8'?>"
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONG_AUTHOR = re.compile(
    rb"(<(?:\w+:)?(?:author|creator|managingEditor|webMaster|publisher|name|email)\b[^<>]{0,200}>"
    rb"(?:\s*<!\[CDATA\[)?[^<>]{500})[^<>]+",
    re.IGNORECASE,
)
"""feedparser looks for an address in these, in a time that grows with the square of their length."""


def read_leniently(body: bytes, url: str) -> WrittenFeed:
    """What a document in UTF-8 says. Raises `UnreadableInput` when nothing in it can be read as a feed."""
    parsed = _parsed(_LONG_AUTHOR.sub(rb"\1", body), url)
    if not parsed.version and not parsed.entries:
        raise UnreadableInput("it is not a feed: neither RSS nor Atom nor RDF can be found in it")
    feed = parsed.feed
    generator = feed.get("generator_detail") or {}
    named = (feed.get("generator"), generator.get("href"))
    return WrittenFeed(
        entries=[_entry(item) for item in parsed.entries],
        title=feed.get("title"),
        language=feed.get("language"),
        link=feed.get("link"),
        links=_links(feed),
        generator=" ".join(dict.fromkeys(name for name in named if isinstance(name, str))),
        hints=hints_of(
            text_of(feed.get("ttl")),
            text_of(feed.get("sy_updateperiod")),
            text_of(feed.get("sy_updatefrequency")),
            *skips_in(body),
        ),
        damage=_damage(parsed),
    )


def _parsed(body: bytes, url: str) -> Any:
    """feedparser's reading; tried again on cleaned bytes where control characters broke it."""
    parsed = _run_feedparser(body, url)
    if parsed.bozo and (cleaned := _CONTROL.sub(b"", body)) != body:
        again = _run_feedparser(cleaned, url)
        if len(again.entries) > len(parsed.entries):
            return again
    return parsed


def _run_feedparser(body: bytes, url: str) -> Any:
    # A stream, never a string: feedparser would open a string that looks like an address or a path.
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


def _entry(item: Any) -> WrittenEntry:
    return WrittenEntry(
        guid=item.get("id"),
        link=item.get("link"),
        links=_links(item),
        title=item.get("title"),
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


def _links(holder: Any) -> list[WrittenLink]:
    links = holder.get("links", ())
    return [WrittenLink(link.get("rel") or "", link.get("href")) for link in links]


def _damage(parsed: Any) -> str | None:
    """What kept the document from being well-formed, and where."""
    problem = parsed.get("bozo_exception") if parsed.bozo else None
    if problem is None or isinstance(problem, feedparser.NonXMLContentType):
        return None
    line = getattr(problem, "getLineNumber", lambda: None)()
    message = getattr(problem, "getMessage", lambda: str(problem))()
    return f"{message} in line {line}" if line else str(message)
