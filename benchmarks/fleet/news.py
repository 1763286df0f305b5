"""Polls that bring news, as the store takes them: articles of about 593 words that nobody has seen."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from archive.words import Writer

from fleet import desk
from watchdesk import stories
from watchdesk.articles.line_counts import line_hashes
from watchdesk.model import Ingested, PollPart

SHOWN, NEW = 20, 2
"""Entries that a feed lists, and those of them that are new in a poll that brings news."""


class Newsroom:
    """Makes the polls of sources that have published something. Not for several threads."""

    def __init__(self) -> None:
        self._writer, self._written = Writer(1_000_000), 0

    def poll(self, number: int, now: datetime) -> tuple[Sequence[str], PollPart]:
        """The keys of all entries that the feed lists, and what the poll writes."""
        items = [self._item(number, now) for _ in range(NEW)]
        old = [f"g:{number}-{place}" for place in range(SHOWN - NEW)]
        return [*old, *(item.keys[0] for item in items)], PollPart(items, desk.state(number, now), now)

    def _item(self, number: int, now: datetime) -> Ingested:
        self._written += 1
        text = self._writer.write(self._written)
        url = f"https://{desk.host(number)}/2026/{self._written:x}-{text.slug}"
        digest = hashlib.sha256(url.encode()).hexdigest()
        article = text.article(desk.name(number), url, digest, now, timedelta(minutes=7))
        return Ingested(
            article=article,
            keys=(f"g:{digest[:40]}", f"u:{url}", f"w:{digest}"),
            entry_hash=digest,
            story_keys=stories.story_keys(article, has_own_page=True),
            features=stories.features_of(article),
            line_hashes=line_hashes(article),
        )
