"""Miniflux: OPML (lately with the settings of feeds), or the JSON of its API, `/v1/feeds` and `/v1/me`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from watchdesk.config.names import tag_from
from watchdesk.errors import UnreadableInput
from watchdesk.importing.addresses import web_address
from watchdesk.importing.drafts import draft_of
from watchdesk.importing.found import Found, FoundSource, Given, Left, Login
from watchdesk.importing.keys import Keys
from watchdesk.importing.outlines import OF_OPML, is_opml, is_set, outlines_of
from watchdesk.importing.regexes import any_of, in_data, in_text, is_anchored
from watchdesk.importing.selectors import with_selectors

_NOT_HIDDEN = "no source is hidden; a rule may leave it out (sources: never)"
_KEYS = Keys(
    OF_OPML
    | {"id", "user_id", "feed_url", "site_url", "category", "username", "password", "crawler", "disabled"}
    | {"scraper_rules", "blocklist_rules", "keeplist_rules", "block_filter_entry_rules"}
    | {"keep_filter_entry_rules", "icon", "checked_at", "next_check_at", "etag_header", "entries"}
    | {"last_modified_header", "parsing_error_message", "parsing_error_count", "no_media_player"},
    {"ntfy_priority": (0, 3)},
    {
        "rewrite_rules": "watchdesk takes clutter out by itself; see `watchdesk try URL --steps`",
        "urlrewrite_rules": "watchdesk finds the address of an article by itself (`resolve_links`)",
        "user_agent": "watchdesk names itself to sites: set `contact` in watchdesk.yaml",
        "cookie": "watchdesk sends no cookies",
        "proxy_url": "set `proxy` of the source",
        "fetch_via_proxy": "set `proxy` of the source",
        "allow_self_signed_certificates": "set `polling.ca` to the certificate of that authority",
        "hide_globally": _NOT_HIDDEN,
    },
)
_CATEGORY = Keys(
    {"id", "user_id", "title", "feed_count", "total_unread"},
    reasons={"hide_globally": _NOT_HIDDEN},
)
"""Of the category of a feed."""
_SPELLINGS = {
    "blocklistrules": "blocklist_rules",
    "keeplistrules": "keeplist_rules",
    "blockfilterentryrules": "block_filter_entry_rules",
    "keepfilterentryrules": "keep_filter_entry_rules",
    "scraperrules": "scraper_rules",
    "rewriterules": "rewrite_rules",
    "urlrewriterules": "urlrewrite_rules",
    "useragent": "user_agent",
    "proxyurl": "proxy_url",
    "hideglobally": "hide_globally",
    "nomediaplayer": "no_media_player",
}
"""Attributes of OPML by their names in the API."""
_FLAGS = {
    "crawler": "crawler",
    "disabled": "disabled",
    "fetchviaproxy": "fetch_via_proxy",
    "allowselfsignedcertificates": "allow_self_signed_certificates",
}
_MARKS = (b"miniflux:", b"<title>miniflux", *(f" {name}=".encode() for name in _SPELLINGS if "rules" in name))
"""What its OPML has and that of others has not, in lower case."""
_FIELDS = {"EntryTitle": "title:", "EntryContent": "body:"}
_DATA = {"EntryURL": "url:", "EntryAuthor": "author:", "EntryTag": "category:"}


def recognises(file: Given) -> bool:
    """Whether it is OPML that names Miniflux, or JSON with feeds of its API."""
    if is_opml(file):
        text = file.content.lower()
        return any(mark in text for mark in _MARKS)
    try:
        return bool(_feeds(file) or _me(file))
    except UnreadableInput:
        return False


def read(files: Sequence[Given]) -> Found:
    """The feeds, with their filters as drafts."""
    sources: list[FoundSource] = []
    left: list[Left] = []
    for file in files:
        if is_opml(file):
            for one in outlines_of(file, left):
                said: dict[str, object] = {
                    _SPELLINGS.get(old, old): value for old, value in one.said.items() if old not in _FLAGS
                }
                said |= {new: is_set(one.said, old) for old, new in _FLAGS.items()}
                sources.append(_with_settings(one.source(), said, left))
            continue
        feeds, me = _feeds(file), _me(file)
        if not feeds and not me:
            raise UnreadableInput(f"{file.name} has no feeds of Miniflux in it")
        for number, feed in enumerate(feeds, 1):
            source = _source(feed, f"{file.name} feed {number}", left)
            if source:
                sources.append(_with_settings(source, feed, left))
        left += _own_filters(me, file.name)
    return Found(sources, (), left)


def _document(file: Given) -> object:
    try:
        return json.loads(file.content)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise UnreadableInput(
            f"{file.name}:{line}: this is neither OPML nor JSON, or it is cut off"
        ) from None


def _feeds(file: Given) -> Sequence[Mapping[str, object]]:
    document = _document(file)
    listed = document.get("feeds") if isinstance(document, Mapping) else document
    if not isinstance(listed, list):
        listed = [document]
    return [feed for feed in listed if isinstance(feed, Mapping) and "feed_url" in feed]


def _me(file: Given) -> Mapping[str, object]:
    document = _document(file)
    is_user = isinstance(document, Mapping) and "feed_url" not in document
    names = ("block_filter_entry_rules", "keep_filter_entry_rules")
    return document if is_user and isinstance(document, Mapping) and any(n in document for n in names) else {}


def _source(feed: Mapping[str, object], place: str, left: list[Left]) -> FoundSource | None:
    title, user = _text(feed, "title"), _text(feed, "username")
    place = f"{place} '{title}'" if title else place
    found = web_address(_text(feed, "feed_url"))
    if found is None:
        left.append(Left(place, _text(feed, "feed_url") or "a feed", "its address is not a web address"))
        return None
    url, login = found
    if user:
        login = Login(user, _text(feed, "password"))
    category = feed.get("category")
    tag = ""
    if isinstance(category, Mapping):
        tag = tag_from(_text(category, "title"))
        left += _CATEGORY.left(category, f"{place} category")
    return FoundSource(place, url, title=title or None, tags=(tag,) if tag else (), login=login)


def _with_settings(source: FoundSource, said: Mapping[str, object], left: list[Left]) -> FoundSource:
    left += _KEYS.left(said, source.place)
    keep = _queries(said, "keep", source.place, left)
    block = _queries(said, "block", source.place, left)
    source = replace(
        source,
        is_paused=bool(said.get("disabled")),
        full_text="always" if said.get("crawler") else None,
        draft=draft_of(
            source.title or source.url, "Miniflux", keep, block, _SAID_MORE if keep or block else ()
        ),
    )
    return with_selectors(source, _text(said, "scraper_rules") or None, (), left)


_SAID_MORE = ("case and accents make no difference here; there, only `(?i)` ignores case",)


def _queries(said: Mapping[str, object], which: str, place: str, left: list[Left]) -> list[str]:
    """Queries for the feed's block or keep rules."""
    found: list[str] = []
    if pattern := _text(said, f"{which}list_rules"):
        try:
            found.append(in_text(pattern, "title:"))
            why = "the draft asks the title; Miniflux also asks address, author and tags"
        except UnreadableInput as reason:
            why = str(reason)
        left.append(Left(place, f"{which}list_rules: {pattern}", why))
    for line in _text(said, f"{which}_filter_entry_rules").splitlines():
        if line.strip():
            try:
                found.append(_entry_rule(line.strip()))
            except UnreadableInput as reason:
                left.append(Left(place, f"{which}_filter_entry_rules: {line.strip()}", str(reason)))
                continue
            left += _anchors(line.strip(), found[-1], place)
    return found


def _anchors(line: str, query: str, place: str) -> Iterable[Left]:
    name, _, pattern = line.partition("=")
    if name in _DATA and is_anchored(pattern):
        yield Left(place, f"^ and $ of {line}", f"{query} also finds these words within longer text")


def _entry_rule(line: str) -> str:
    name, _, pattern = line.partition("=")
    if name in _FIELDS:
        return in_text(pattern, _FIELDS[name])
    if name in _DATA:
        return in_data(pattern, _DATA[name])
    if name == "EntryDate":
        raise UnreadableInput("what is too old is said by `articles.oldest` and `polling.first_poll`")
    raise UnreadableInput("rules have nothing like it")


def _own_filters(me: Mapping[str, object], name: str) -> Iterable[Left]:
    """Filters of the whole account: no rule of ours stands above all others."""
    for which in ("block", "keep"):
        left: list[Left] = []
        queries = _queries(
            {f"{which}_filter_entry_rules": me.get(f"{which}_filter_entry_rules")}, which, name, left
        )
        yield from left
        if queries:
            key = "exclude" if which == "block" else "query"
            yield Left(
                name, f"{which} rules of all feeds", f"write it into your rules as {key}: {any_of(queries)}"
            )


def _text(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    return value.strip() if isinstance(value, str) else ""
