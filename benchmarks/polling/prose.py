"""Feeds of real prose for `poll_cost.py`: RSS 2.0 of 20 entries, some 67 kB, whose entries move on.

A feed has far more entries than it shows. Which ones it shows is its edition: `begin` entries are past, the
newest stands first. No text is in two entries.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from matching.texts import Text

SHOWN = 20
"""Entries of a feed at a time."""
_TEASER = 200
_LETTERS = range(1_800, 6_000)
"""Characters of a text that is used: with its markup, an entry has 3 kB."""


def usable(texts: Sequence[Text], seed: int) -> list[Text]:
    """The texts of an entry's length, in a random order."""
    found = [text for text in texts if len(text.body) in _LETTERS]
    return random.Random(seed).sample(found, len(found))


@dataclass(frozen=True)
class ProseFeed:
    """One feed with all entries that it will ever have, the oldest first."""

    number: int
    texts: Sequence[Text]
    now: datetime

    def document(self, begin: int) -> bytes:
        """What it shows once `begin` of its entries are past."""
        items = "".join(self._item(place) for place in reversed(range(begin, begin + SHOWN)))
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
            f"<channel>\n<title>Paper {self.number}</title>\n<link>{self._site}/</link>\n"
            f"<description>News of paper {self.number}</description>\n<language>en-GB</language>\n"
            f"{items}</channel>\n</rss>\n"
        ).encode()

    @property
    def _site(self) -> str:
        return f"http://paper{self.number}.example"

    def _item(self, place: int) -> str:
        text = self.texts[place]
        paragraphs = [part.strip() for part in text.body.split("\n") if part.strip()]
        body = "\n".join(f"<p>{_linked(escape(part))}</p>" for part in paragraphs)
        slug = "-".join("".join(c if c.isalnum() else " " for c in text.title.lower()).split()[:7])
        url = f"{self._site}/2026/{slug}-{place}"
        published = self.now - timedelta(minutes=10 * (len(self.texts) - place))
        return (
            f"<item>\n<title>{escape(text.title)}</title>\n<link>{url}</link>\n"
            f"<dc:creator><![CDATA[Reporter {place % 7}]]></dc:creator>\n"
            f"<pubDate>{format_datetime(published)}</pubDate>\n"
            f"<category><![CDATA[World]]></category>\n<category><![CDATA[Politics]]></category>\n"
            f'<guid isPermaLink="false">{self._site}/?p={place}</guid>\n'
            f"<description><![CDATA[{escape(text.body[:_TEASER])}…]]></description>\n"
            f"<content:encoded><![CDATA[{body}]]></content:encoded>\n</item>\n"
        )


def _linked(paragraph: str) -> str:
    """The paragraph with one link and one emphasis in it, as publishing systems write them."""
    words = paragraph.split(" ")
    if len(words) < 12:
        return paragraph
    words[3] = f'<a href="https://example.org/{len(paragraph)}">{words[3]}</a>'
    words[8] = f"<em>{words[8]}</em>"
    return " ".join(words)
