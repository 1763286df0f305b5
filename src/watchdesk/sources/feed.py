"""RSS, Atom, RDF and JSON Feed bytes → entries as published. feedparser's only home.

feedparser's own cleaning, its rewriting of addresses and its reading of dates are left aside:
`articles` does each once, for entries that are new.
"""

import io
import re
from collections.abc import Mapping
from typing import Any

import feedparser

from watchdesk.errors import UnreadableInput
from watchdesk.model import Entry, Fetched, ParsedFeed, Source
from watchdesk.sources.json_feed import looks_like_json, parse_json_feed
from watchdesk.sources.markup import clean_xml, feed_link_of, is_web_page, refuse_entity_bombs


def read_feed(answer: Fetched, source: Source) -> ParsedFeed:  # noqa: ARG001 - a kind's form
    """As `parse`, for what a server sent."""
    return parse(answer.body, answer.headers, answer.url)


def parse(body: bytes, headers: Mapping[str, str], url: str) -> ParsedFeed:
    """What the document says. Raises `UnreadableInput` when nothing in it can be read as a feed.

    `headers` are the response's, names in lower case; `url` is where the document came from.
    """
    body = body.lstrip()  # blank lines before the XML declaration are common, and break parsers
    if not body:
        raise UnreadableInput("the server sent an empty document")
    if looks_like_json(body):
        return parse_json_feed(body, url)
    if is_web_page(body):
        found = feed_link_of(body, url)
        advice = f"; it names a feed at {found}" if found else "; give the address of its feed"
        raise UnreadableInput(f"it is a web page, not a feed{advice}")
    refuse_entity_bombs(body)
    parsed = _parsed(body, headers, url)
    if not parsed.version and not parsed.entries:
        raise UnreadableInput("it is not a feed: neither RSS nor Atom nor RDF can be found in it")
    entries = tuple(_entry(item) for item in parsed.entries)
    return ParsedFeed(
        entries=entries,
        title=_text(parsed.feed.get("title")),
        language=_text(parsed.feed.get("language")),
        base_url=_text(parsed.feed.get("link")) or url,
        trouble=_trouble(parsed, entries),
    )


def _parsed(body: bytes, headers: Mapping[str, str], url: str) -> Any:
    """feedparser's reading; tried again on cleaned bytes where control characters broke it."""
    response_headers = {"content-location": url, **_content_type(headers)}
    parsed = _run_feedparser(body, response_headers)
    if parsed.bozo and (cleaned := clean_xml(body)) != body:
        again = _run_feedparser(cleaned, response_headers)
        if len(again.entries) > len(parsed.entries):
            return again
    return parsed


def _run_feedparser(body: bytes, response_headers: Mapping[str, str]) -> Any:
    # A stream, never a string: feedparser would open a string that looks like an address or a path.
    return feedparser.parse(
        io.BytesIO(body),
        response_headers=dict(response_headers),
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _content_type(headers: Mapping[str, str]) -> dict[str, str]:
    """The declared type, where it says an encoding; else left out, so that the document's own counts."""
    declared = headers.get("content-type", "")
    return {"content-type": declared} if "charset" in declared.lower() else {}


def _entry(item: Any) -> Entry:
    link = _link(item)
    body = _body(item)
    summary = _text(item.get("summary"))
    return Entry(
        guid=_text(item.get("id")),
        url=link,
        title=_text(item.get("title")),
        summary=summary,
        content=body,
        author=_author(item),
        published=_text(item.get("published")),
        updated=_text(dict.get(item, "updated")),  # `item.get` would answer with `published`
        categories=tuple(dict.fromkeys(_categories(item))),
        language=_text(item.get("language")) or _detail_language(item),
        original_url=_text(item.get("feedburner_origlink")),
    )


def _link(item: Any) -> str | None:
    """The alternate link, else a guid that is an address (RSS 2.0: isPermaLink), else an enclosure."""
    if link := _text(item.get("link")):
        return link
    for candidate in item.get("links", ()):
        if candidate.get("rel") in (None, "alternate") and candidate.get("href"):
            return _text(candidate["href"])
    guid = _text(item.get("id")) or ""
    if re.match(r"https?://", guid):
        return guid
    return next((_text(e.get("href")) for e in item.get("enclosures", ()) if e.get("href")), None)


def _body(item: Any) -> str | None:
    """The fullest of what the entry carries."""
    values = [content.get("value") for content in item.get("content", ())]
    values += [item.get("summary"), item.get("media_description")]
    texts = [text for value in values if (text := _text(value))]
    return max(texts, key=len, default=None)


def _author(item: Any) -> str | None:
    names = [_text(author.get("name")) for author in item.get("authors", ())]
    joined = ", ".join(dict.fromkeys(name for name in names if name))
    return joined or _text(item.get("author"))


def _categories(item: Any) -> list[str]:
    terms = (_text(tag.get("label")) or _text(tag.get("term")) for tag in item.get("tags", ()))
    return [term for term in terms if term]


def _detail_language(item: Any) -> str | None:
    return _text((item.get("title_detail") or {}).get("language"))


def _text(value: object) -> str | None:
    """A string with something in it."""
    if not isinstance(value, str):
        return None
    return value.strip() or None


def _trouble(parsed: Any, entries: tuple[Entry, ...]) -> tuple[str, ...]:
    """What was wrong with a document that could be read all the same."""
    told = []
    problem = parsed.get("bozo_exception") if parsed.bozo else None
    if isinstance(problem, feedparser.CharacterEncodingOverride):
        told.append(f"its encoding is not the one it declares; it was read as {parsed.encoding}")
    elif problem is not None and not isinstance(problem, feedparser.NonXMLContentType):
        # A wrong content type is told of half of the web's feeds, and costs nobody anything.
        told.append(f"it is not well-formed XML, so entries may be missing: {_xml_words(problem)}")
    missing = sum(not (entry.guid or entry.url) for entry in entries)
    if missing:
        told.append(f"{missing} of {len(entries)} entries have neither a guid nor a link")
    if not entries:
        told.append("it has no entries")
    return tuple(told)


def _xml_words(problem: Exception) -> str:
    line = getattr(problem, "getLineNumber", lambda: None)()
    message = getattr(problem, "getMessage", lambda: str(problem))()
    return f"{message} in line {line}" if line else str(message)
