"""A process that serves prose feeds in editions; the process that started it says when one moves on."""

import asyncio
import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized

from polling.newsroom import LINE, host_of
from polling.prose import ProseFeed

_process = multiprocessing.get_context("fork")


class Press:
    """The feeds' addresses, and their edition. Answers 304 to who has it."""

    def __init__(self, feeds: Sequence[ProseFeed]) -> None:
        self._feeds = feeds
        self._begin: Synchronized[int] = _process.Value("i", 0)
        self._port: Synchronized[int] = _process.Value("i", 0)
        self._is_up = _process.Event()

    @contextmanager
    def running(self) -> Iterator[int]:
        """While it serves: its process id."""
        process = _process.Process(target=lambda: asyncio.run(self._serve()), daemon=True)
        process.start()
        self._is_up.wait()
        try:
            yield process.pid or 0
        finally:
            process.terminate()
            process.join()

    @property
    def urls(self) -> Sequence[str]:
        """Each on a host of its own."""
        return [f"http://{host_of(feed.number)}:{self._port.value}/{feed.number}" for feed in self._feeds]

    def publish(self, entries: int) -> None:
        """Each feed publishes as many, and as many of its oldest leave it."""
        self._begin.value += entries

    async def _serve(self) -> None:
        hosts = [host_of(feed.number) for feed in self._feeds]
        servers = [await asyncio.start_server(self._answer_all, hosts[0], 0)]
        self._port.value = servers[0].sockets[0].getsockname()[1]
        servers += [
            await asyncio.start_server(self._answer_all, host, self._port.value) for host in hosts[1:]
        ]
        self._is_up.set()
        await asyncio.gather(*(server.serve_forever() for server in servers))

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(self._answer(await reader.readuntil(LINE + LINE)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, head: bytes) -> bytes:
        begin = self._begin.value
        tag = b'"%d"' % begin
        if b": %s\r\n" % tag in head:
            return b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % tag
        body = self._feeds[int(head.split()[1][1:])].document(begin)
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\nETag: %s\r\n"
            b"Content-Length: %d\r\n\r\n" % (tag, len(body)) + body
        )
