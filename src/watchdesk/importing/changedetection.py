"""changedetection.io: its backup (a ZIP), url-watches.json, a watch.json, or its list of addresses."""

import io
import json
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from watchdesk.config.names import tag_from
from watchdesk.errors import UnreadableInput
from watchdesk.importing.addresses import headers_of, web_address
from watchdesk.importing.found import Found, FoundSource, Given, Left
from watchdesk.importing.keys import Keys
from watchdesk.importing.watched_pages import watched

_ZIP = b"PK\x03\x04"
_LARGEST_PART = 64 << 20
"""Bytes of all files that are read out of a backup."""
_OWN = frozenset(
    (
        "url",
        "uuid",
        "title",
        "paused",
        "headers",
        "tag",
        "tags",
        "include_filters",
        "css_filter",
        "time_between_check",
        "time_between_check_use_default",
        "page_title",
        "use_page_title_in_list",
        "date_created",
        "last_checked",
        "last_changed",
        "last_viewed",
        "last_error",
        "viewed",
        "fetch_time",
        "check_count",
        "consecutive_filter_failures",
        "content-type",
        "has_ldjson_price_data",
        "history",
        "history_n",
        "newest_history_key",
        "last_notification_error",
        "notification_alert_count",
        "etag",
        "previous_md5",
        "previous_md5_before_filters",
        "remote_server_reply",
        "overrides_watch",
        "browser_steps_last_error_step",
        "filter_failure_notification_send",
        "time_schedule_limit",  # told below, where it is enabled
    )
)
"""Keys of a watch that are carried, see to themselves, or note what was."""
_USUAL: Mapping[str, Collection[object]] = {
    "method": ("GET", "get", ""),
    "fetch_backend": ("system", "html_requests", ""),
    "processor": ("text_json_diff", ""),
    "notification_format": ("System default", "system_default", ""),
    "conditions_match_logic": ("ALL",),
    "filter_text_added": (True,),
    "filter_text_removed": (True,),
    "filter_text_replaced": (True,),
    "follow_price_changes": (True,),
    "in_stock_only": (True,),
}
_REASONS = {
    "trigger_text": "write the words that you wait for as a rule",
    "text_should_not_be_present": "write it as `exclude` of a rule",
    "ignore_text": "watchdesk takes clutter out by itself",
    "extract_text": "watchdesk takes clutter out by itself",
    "browser_steps": "it needs a browser, which watchdesk does not run",
    "notification_urls": "where digests go is said by channels (`chat:` takes the same addresses)",
    "body": "watchdesk asks by GET",
    "method": "watchdesk asks by GET: the source is paused",
    "fetch_backend": "the page needs JavaScript, or a browser, which watchdesk does not run",
    "processor": "watchdesk reads articles, and watches neither prices nor stock",
    "subtractive_selectors": "write it under `article` of the source, as `remove`",
    "proxy": "set `proxy` of the source",
    "conditions": "write it as a rule",
    "time_between_check": "set `polling.every` in watchdesk.yaml",
    "default_ua": "watchdesk names itself to sites: set `contact` in watchdesk.yaml",
    "headers": "write them under `headers` of each source",
}
_WATCH = Keys(_OWN, _USUAL, _REASONS)
_TAG = Keys(
    _OWN - {"headers", "include_filters", "css_filter", "time_between_check"} | {"api_access_token"},
    _USUAL,
    {**_REASONS, "include_filters": "a tag has no filters: write them as `select` of its sources"},
)
_SETTINGS = Keys(
    (
        "tags",
        "schema_version",
        "ui",
        "pager_size",
        "base_url",
        "password",
        "api_access_token",
        "api_access_token_enabled",
        "rss_access_token",
        "rss_content_format",
        "rss_template_type",
        "rss_diff_length",
        "rss_hide_muted_watches",
        "workers",
        "jitter_seconds",
        "ignore_whitespace",
        "notification_body",
        "notification_title",
        "notification_format",
        "ssim_threshold",
        "timeout",
        "filter_failure_notification_threshold_attempts",
        "application",
        "requests",
    ),
    _USUAL,
    _REASONS,
)


def recognises(file: Given) -> bool:
    """Whether it is a backup, or JSON with watches."""
    if file.content.startswith(_ZIP):
        return True
    return file.content.lstrip()[:1] == b"{" and _is_ours(_document(file.content, file.name))


def read(files: Sequence[Given]) -> Found:
    """The watches that ask a feed, or a part of a page."""
    sources: list[FoundSource] = []
    left: list[Left] = []
    for file in files:
        for place, watch, names in _watches(file, left):
            source = _source(watch, names, place, left)
            if source:
                sources.append(source)
    return Found(sources, (), left)


def _watches(file: Given, left: list[Left]) -> Iterator[tuple[str, Mapping[str, object], Mapping[str, str]]]:
    """Each watch with its place, and the names of tags by their ids."""
    if file.content.startswith(_ZIP):
        documents = [_document(content, f"{file.name} {name}") for name, content in _unpacked(file)]
    elif file.content.lstrip()[:1] == b"{":
        documents = [_document(file.content, file.name)]
    else:
        yield from _lines(file)
        return
    names: dict[str, str] = {}
    watches: list[Mapping[str, object]] = []
    for document in documents:
        names |= _tags(document, file.name, left)
        left += _settings(document, file.name)
        watching = document.get("watching")
        if isinstance(watching, Mapping):
            watches += [one for one in watching.values() if isinstance(one, Mapping)]
        elif isinstance(document.get("url"), str):
            watches.append(document)
    if not any(map(_is_ours, documents)):
        raise UnreadableInput(f"{file.name} has no watches of changedetection.io")
    for number, watch in enumerate(watches, 1):
        yield f"{file.name} watch {number}", watch, names


def _lines(file: Given) -> Iterator[tuple[str, Mapping[str, object], Mapping[str, str]]]:
    """url-list.txt: an address a line, tags behind it."""
    lines = [line for line in file.text.splitlines() if line.strip()]
    if not any(web_address(line.split()[0]) for line in lines):
        raise UnreadableInput(f"{file.name} is neither a backup nor a list of addresses")
    for number, line in enumerate(lines, 1):
        address, _, tags = line.strip().partition(" ")
        yield f"{file.name}:{number}", {"url": address, "tag": tags}, {}


def _unpacked(file: Given) -> Iterator[tuple[str, bytes]]:
    """The files of a backup that say what is watched. Nothing is written, and sizes are held."""
    room = _LARGEST_PART
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            for member in archive.infolist():
                if member.filename.rpartition("/")[2] not in _PARTS:
                    continue
                with archive.open(member) as part:
                    content = part.read(room + 1)
                room -= len(content)
                if room < 0:
                    raise UnreadableInput(f"{file.name} holds more than {_LARGEST_PART >> 20} MB of watches")
                yield member.filename, content
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise UnreadableInput(f"{file.name} is a damaged ZIP, or cut off: make the backup again") from None


_PARTS = frozenset(("url-watches.json", "changedetection.json", "watch.json", "tag.json"))


def _document(content: bytes, name: str) -> Mapping[str, object]:
    try:
        document = json.loads(content)
    except ValueError as error:
        raise UnreadableInput(
            f"{name}:{getattr(error, 'lineno', 1)}: this is not JSON, or it is cut off"
        ) from None
    return document if isinstance(document, Mapping) else {}


def _is_ours(document: Mapping[str, object]) -> bool:
    return isinstance(document.get("watching"), Mapping) or {"url", "uuid", "time_between_check"} <= set(
        document
    )


def _settings(document: Mapping[str, object], name: str) -> Iterator[Left]:
    """What is set for all watches, and lost."""
    settings = document.get("settings")
    if isinstance(settings, Mapping):
        for part in (settings, settings.get("application"), settings.get("requests")):
            if isinstance(part, Mapping):
                yield from _SETTINGS.left(part, f"{name} settings")


def _tags(document: Mapping[str, object], name: str, left: list[Left]) -> Mapping[str, str]:
    """Names of tags by id: of the settings, or of a tag.json. What else a tag says is left."""
    found: object = document
    for key in ("settings", "application", "tags"):
        found = found.get(key) if isinstance(found, Mapping) else None
    listed = dict(found) if isinstance(found, Mapping) else {}
    if "url" not in document and isinstance(document.get("uuid"), str):
        listed[str(document["uuid"])] = document
    for tag in listed.values():
        if isinstance(tag, Mapping):
            left += _TAG.left(tag, f"{name} tag '{tag.get('title', '')}'")
    return {
        str(key): tag["title"]
        for key, tag in listed.items()
        if isinstance(tag, Mapping) and isinstance(tag.get("title"), str)
    }


def _source(
    watch: Mapping[str, object], names: Mapping[str, str], place: str, left: list[Left]
) -> FoundSource | None:
    title = watch.get("title")
    title = title if isinstance(title, str) and title.strip() else None
    place = f"{place} '{title}'" if title else place
    left += _WATCH.left(watch, place)
    hours = watch.get("time_schedule_limit")
    if isinstance(hours, Mapping) and hours.get("enabled"):
        left.append(Left(place, "time_schedule_limit", "watchdesk asks at any hour of the week"))
    tags = watch.get("tags")
    named = [names.get(str(one), "") for one in tags] if isinstance(tags, list) else []
    named += str(watch.get("tag") or "").split(",")
    filters = watch.get("include_filters")
    selectors = [str(one) for one in filters] if isinstance(filters, list) else []
    selectors += [str(watch["css_filter"])] if watch.get("css_filter") else []
    return watched(
        place,
        str(watch.get("url") or ""),
        title,
        [one.removeprefix("css:") for one in selectors if one.strip()],
        left,
        tags=tuple(tag for name in named if (tag := tag_from(name))),
        headers=headers_of(watch.get("headers"), place, left),
        every=_every(watch, place, left),
        is_paused=bool(watch.get("paused")) or str(watch.get("method") or "GET").upper() != "GET",
    )


def _every(watch: Mapping[str, object], place: str, left: list[Left]) -> timedelta | None:
    """How often the watch is checked, where it has an interval of its own."""
    given = watch.get("time_between_check")
    if not isinstance(given, Mapping) or watch.get("time_between_check_use_default"):
        return None
    try:
        units = ("weeks", "days", "hours", "minutes", "seconds")
        every = timedelta(**{unit: int(given.get(unit) or 0) for unit in units})
    except (ValueError, TypeError, OverflowError):
        every = timedelta(0)
    if timedelta(minutes=1) <= every <= timedelta(days=30):
        return every
    if any(given.values()):
        left.append(Left(place, "time_between_check", "`every` is between a minute and 30 days"))
    return None
