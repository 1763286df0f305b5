"""FreshRSS: OPML with attributes of its own, `frss:…`, for scraping, intervals and filters."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from watchdesk.errors import UnreadableInput
from watchdesk.importing.drafts import draft_of
from watchdesk.importing.found import Found, FoundSource, Given, Left
from watchdesk.importing.keys import Keys
from watchdesk.importing.outlines import OF_OPML, Outline, is_opml, outlines_of
from watchdesk.importing.searches import FRESHRSS, query_of
from watchdesk.importing.selectors import with_selectors

_FEEDS = ("", "rss", "atom", "jsonfeed")
_SHORTEST = 60
_KEYS = Keys(
    OF_OPML | {"ttl", "cssfullcontent", "csscontentfilter", "cssfullcontentfilter", "filtersactionread"},
    {"unicitycriteria": ("id", ""), "priority": ("main", "")},
    {
        "curlopt_proxy": "set `proxy` of the source",
        "curlopt_useragent": "watchdesk names itself to sites: set `contact` in watchdesk.yaml",
        "curlopt_cookie": "watchdesk sends no cookies",
        "curlopt_cookiefile": "watchdesk sends no cookies",
        "curlopt_httpheader": "it may hold a secret: write it under `headers` or `auth` of the source",
        "curlopt_post": "watchdesk asks by GET",
        "curlopt_postfields": "watchdesk asks by GET",
        "cssfullcontentconditions": "the page is read for every article: `full_text` knows no conditions",
        "unicitycriteria": "watchdesk recognises articles by itself; see the documentation of polling",
        "priority": "what is seen is said by rules",
    },
)


def recognises(file: Given) -> bool:
    """Whether it is OPML with attributes of FreshRSS."""
    return is_opml(file) and (b"frss:" in file.content or b"<title>FreshRSS" in file.content)


def read(files: Sequence[Given]) -> Found:
    """The feeds, with their filters as drafts."""
    sources: list[FoundSource] = []
    left: list[Left] = []
    for file in files:
        for one in outlines_of(file, left):
            kind = one.said.get("type", "").strip().lower()
            if kind in _FEEDS:
                sources.append(_source(one, left))
            else:
                why = f"{one.said['type']}: write it as page: with select:, by CSS; or find its feed"
                left.append(Left(one.place, one.url, why))
    return Found(sources, (), left)


def _source(one: Outline, left: list[Left]) -> FoundSource:
    said = one.said
    left += _KEYS.left(said, one.place)
    if said.get("ttl", "").strip().lstrip("-") not in ("", "0", "1") and _every(said) is None:
        left.append(Left(one.place, f"ttl {said['ttl']}", "`every` is between a minute and 30 days"))
    block: list[str] = []
    for search in said.get("filtersactionread", "").splitlines():
        if search.strip():
            try:
                block.append(query_of(search, FRESHRSS))
            except UnreadableInput as reason:
                left.append(Left(one.place, f"filter: {search.strip()}", str(reason)))
    content = said.get("cssfullcontent", "").strip() or None
    remove = said.get("csscontentfilter", "") or said.get("cssfullcontentfilter", "")
    source = replace(
        one.source(),
        every=_every(said),
        is_paused=said.get("ttl", "").strip().startswith("-"),
        full_text="always" if content else None,
        draft=draft_of(one.feed.title or one.url, "FreshRSS", (), block),
    )
    return with_selectors(source, content, [remove.strip()] if remove.strip() else (), left)


def _every(said: Mapping[str, str]) -> timedelta | None:
    """The interval; a negative one is of a feed that is not refreshed."""
    with suppress(ValueError):
        seconds = abs(int(said.get("ttl", "")))
        if _SHORTEST <= seconds <= timedelta(days=30).total_seconds():
            return timedelta(seconds=seconds)
    return None
