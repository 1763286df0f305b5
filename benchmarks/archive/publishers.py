"""Publishers by a simulated clock: each feed has a loopback host of its own, with news in some hours."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from html import escape

from polling.newsroom import host_of

from archive.words import MadeUp, Writer

LISTED = 20
"""Entries of a feed."""
_END = b"\r\n\r\n"
_DAY = timedelta(days=1)


class Publishers:
    """Serves all feeds; what each lists is told by the clock alone."""

    def __init__(self, feeds: int, a_day: int, begin: datetime, clock: Callable[[], datetime]) -> None:
        """`a_day`: new articles of all feeds together."""
        self._feeds = feeds
        self._between = _DAY * (feeds / a_day)
        self._begin = begin
        self._clock = clock
        self._writer = Writer(1_000_000)
        self._writing = threading.Lock()
        self._text = lru_cache(maxsize=(LISTED + 4) * feeds)(self._written)
        self.port = 0

    def start(self) -> Sequence[str]:
        """Serves in a thread of its own until the process ends; the addresses of the feeds."""
        up = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve(up)), name="publishers", daemon=True).start()
        up.wait()
        return [f"http://{host_of(feed)}:{self.port}/{feed}.xml" for feed in range(self._feeds)]

    def published(self, until: datetime, since: datetime) -> set[str]:
        """Addresses of what has appeared by then in all feeds, and not before `since`."""
        return {
            f"http://{host_of(feed)}/{entry}.html"
            for feed in range(self._feeds)
            for entry in range(self._newest(feed, until) + 1)
            if self._published_at(feed, entry) >= since
        }

    def _newest(self, feed: int, now: datetime) -> int:
        """The number of a feed's newest entry, from 0; -1 when it has none yet."""
        phase = self._between * (feed / self._feeds)
        return (now - self._begin - phase) // self._between

    def _published_at(self, feed: int, entry: int) -> datetime:
        return self._begin + self._between * (entry + feed / self._feeds)

    def _written(self, feed: int, entry: int) -> MadeUp:
        with self._writing:
            return self._writer.write(entry * self._feeds + feed)

    async def _serve(self, up: threading.Event) -> None:
        first = await asyncio.start_server(self._answer, host_of(0), 0, backlog=512)
        self.port = first.sockets[0].getsockname()[1]
        hosts = [host_of(feed) for feed in range(1, self._feeds)]
        servers = [await asyncio.start_server(self._answer, host, self.port) for host in hosts]
        up.set()
        await asyncio.gather(*(server.serve_forever() for server in (first, *servers)))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(self._to(await reader.readuntil(_END)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _to(self, head: bytes) -> bytes:
        feed = int(head.split()[1].strip(b"/").partition(b".")[0])
        newest = self._newest(feed, self._clock())
        tag = f'"{newest}"'
        if f"if-none-match: {tag}".encode() in head.lower():
            return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
        body = self._document(feed, newest).encode()
        return (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\nETag: {tag}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def _document(self, feed: int, newest: int) -> str:
        items = "".join(self._item(feed, entry) for entry in range(newest, max(-1, newest - LISTED), -1))
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>Paper {feed}</title><link>http://{host_of(feed)}/</link>{items}</channel></rss>"
        )

    def _item(self, feed: int, entry: int) -> str:
        text = self._text(feed, entry)
        body = escape("".join(f"<p>{paragraph}</p>" for paragraph in text.paragraphs))
        at = format_datetime(self._published_at(feed, entry).astimezone(UTC))
        return (
            f"<item><title>{escape(text.title)}</title><link>http://{host_of(feed)}/{entry}.html</link>"
            f'<guid isPermaLink="false">{feed}-{entry}</guid><pubDate>{at}</pubDate>'
            f"<content:encoded>{body}</content:encoded></item>"
        )
