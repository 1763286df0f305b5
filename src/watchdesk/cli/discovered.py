"""Shows the feeds that `sources add` found, to a person and to a program.

`sources.discover` finds them; `sources_add` chooses one and writes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.markup import escape

from watchdesk.articles.dates import first_date
from watchdesk.cli.feed_lookup import clean_title
from watchdesk.cli.session import stderr, stdout
from watchdesk.documents.words import ago, counted, printable, utc_text
from watchdesk.sources import Discovered

SAMPLE = 3
"""Titles shown of each feed."""
_UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shown:
    """A feed that was found, with what helps to choose one."""

    number: int
    """From 1."""
    found: Discovered
    title: str | None
    newest: datetime | None
    samples: tuple[str, ...]
    """Titles of the newest entries, newest first; addresses if there are no titles."""
    followed_by: str | None
    """Id of the source that follows it already."""


def shown(number: int, found: Discovered, followed_by: str | None, now: datetime) -> Shown:
    """The feed with its newest entries; dates that name no zone count as UTC."""
    dated = [
        (first_date((entry.published, entry.updated), UTC, now).at or _UNDATED, entry)
        for entry in found.feed.entries
    ]
    newest_first = [entry for _, entry in sorted(dated, key=lambda pair: pair[0], reverse=True)]
    titles = (clean_title(entry.title) or clean_title(entry.url) for entry in newest_first[:SAMPLE])
    newest = max((moment for moment, _ in dated), default=_UNDATED)
    return Shown(
        number,
        found,
        clean_title(found.title),
        newest if newest > _UNDATED else None,
        tuple(title for title in titles if title),
        followed_by,
    )


def print_shown(feeds: Sequence[Shown], now: datetime, *, to_stderr: bool) -> None:
    """Prints each with its number; to standard error if standard output takes the JSON document."""
    console = stderr() if to_stderr else stdout()
    for one in feeds:
        entries = counted(len(one.found.feed.entries), "entry", "entries")
        newest = f", newest {ago(one.newest, now)}" if one.newest else ""
        comments = ", of comments" if one.found.of_comments else ""
        known = f"; already followed by '{one.followed_by}'" if one.followed_by else ""
        head = f"{one.number}  [bold]{escape(one.title or 'without a title')}[/]"
        console.print(f"{head}: {one.found.kind}{comments}, {entries}{newest}{known}", soft_wrap=True)
        console.print(f"   {escape(printable(one.found.url))} ({one.found.found})", soft_wrap=True)
        for title in one.samples:
            console.print(f"     - {escape(title)}", soft_wrap=True)


def shown_document(one: Shown) -> dict[str, object]:
    """Its part of `sources add --json`."""
    return {
        "number": one.number,
        "url": one.found.url,
        "kind": one.found.kind,
        "found": str(one.found.found),
        "title": one.title,
        "comments": one.found.of_comments,
        "entries": len(one.found.feed.entries),
        "newest": utc_text(one.newest),
        "titles": list(one.samples),
        "followed_by": one.followed_by,
    }
