"""Made-up feeds of a hundred thousand hosts, of which some have published an entry since they were polled."""

import random
from datetime import datetime, timedelta
from email.utils import format_datetime

from matching.newswire import newswire

from watchdesk.model import Entry

ENTRIES = 20


class Feeds:
    """Each source has a host of its own, an address of this machine; `share` of them have news."""

    def __init__(self, count: int, share: float, start: datetime, seed: int) -> None:
        rng = random.Random(seed)
        self.count = count
        self.lively = frozenset(rng.sample(range(count), int(count * share)))
        self._start = start
        self._texts = newswire(200, seed)

    def entries(self, number: int, first: int) -> list[Entry]:
        """The entries of a source from a place on, newest last."""
        return [self._entry(number, place) for place in range(first, first + ENTRIES)]

    def document(self, number: int) -> bytes:
        """What a lively source has now: 19 entries that it had before, and one more."""
        items = "".join(
            f"<item><title>{entry.title}</title><link>{entry.url}</link><guid>{entry.guid}</guid>"
            f"<pubDate>{entry.published}</pubDate><description><![CDATA[{entry.summary}]]></description></item>"
            for entry in self.entries(number, 1)
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
            f"<title>Paper {number}</title><link>http://paper{number}.example/</link>"
            f"<language>en</language>{items}</channel></rss>"
        ).encode()

    def _entry(self, number: int, place: int) -> Entry:
        text = self._texts[(number * 7 + place) % len(self._texts)]
        address = f"http://paper{number}.example/2026/an-article-{place}"
        published = format_datetime(self._start + timedelta(minutes=place - ENTRIES))
        body = f"<p>{text.body[:2300]}</p>"
        return Entry(
            guid=address, url=address, title=f"{text.title} {place}", summary=body, published=published
        )


def host_of(number: int) -> str:
    """The loopback address of a source."""
    return f"127.{1 + number // 65536}.{number // 256 % 256}.{number % 256}"
