"""A newsroom of four small publishers: its feeds and pages, before and after an update.

The texts are package data, written for the demo; times in them count back from now. `servers` serves them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.resources import files

SOURCES = {
    "harbour-courier": "/harbour/feed.xml",
    "alliance-desk": "/alliance/feed.atom",
    "minerals-wire": "/minerals/feed.json",
    "capital-ledger": "/ledger/feed.rdf",
}
"""Source id → path of its feed on the newsroom's server."""

WITH_PAGES = "harbour-courier"
"""The one source that has pages of its own; the feeds of the others have all that they say."""
_PAGES = {
    "/harbour/vandermeer-first-meeting": "harbour-page.html",
    "/harbour/electric-ferries": "harbour-ferries.html",
}

_TYPES = {
    ".xml": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".json": "application/feed+json",
    ".rdf": "application/rdf+xml",
}

_BEFORE = {"ledger-title": "Budget vote on Thursday", "ledger-update": ""}
_AFTER = {
    "ledger-title": "Budget vote on Thursday, with aid for Ukraine added",
    "ledger-update": "&lt;p&gt;Update: the committee has added a package of military aid for Ukraine, worth "
    "two billion euros, to be paid out before the winter.&lt;/p&gt;",
}

_FORMATS: Mapping[str, Callable[[datetime], str]] = {
    "rfc822": format_datetime,
    "iso": lambda moment: moment.isoformat(timespec="seconds"),
    "header": lambda moment: (
        moment.strftime("%-I:%M %p - %B %-d, %Y").replace("AM", "am").replace("PM", "pm")
    ),
}


@dataclass(frozen=True, slots=True)
class Document:
    """What the server sends for a path."""

    content_type: str
    body: bytes


def newsroom(base: str, opened: datetime, *, updated: bool) -> Mapping[str, Document]:
    """Path → document, for a server at `base`; `updated`: after the Ledger has rewritten its story."""
    words = {"base": base, "year": str(opened.year), **(_AFTER if updated else _BEFORE)}
    documents = {
        path: Document(_TYPES[path[path.rindex(".") :]], _filled(_file_of(source), words, opened))
        for source, path in SOURCES.items()
    }
    pages = {
        path: Document("text/html; charset=utf-8", _filled(name, words, opened))
        for path, name in _PAGES.items()
    }
    return {**documents, **pages}


def security_rules() -> str:
    """The three rules of the sample desk."""
    return (files(__package__) / "newsroom" / "security.yaml").read_text(encoding="utf-8")


def _file_of(source: str) -> str:
    extension = {"minerals-wire": "json", "capital-ledger": "rdf"}.get(source, "xml")
    return f"{source}.{extension}"


def _filled(name: str, words: Mapping[str, str], opened: datetime) -> bytes:
    """The file with `@{word}` and `@{format minutes-ago}` filled in."""
    template = (files(__package__) / "newsroom" / name).read_text(encoding="utf-8")

    def fill(found: re.Match[str]) -> str:
        name, _, minutes = found[1].partition(" ")
        if not minutes:
            return words[name]
        return _FORMATS[name]((opened - timedelta(minutes=int(minutes))).astimezone(UTC))

    return re.sub(r"@\{([^}]+)\}", fill, template).encode()
