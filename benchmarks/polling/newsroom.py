"""A newsroom in a process of its own: `python -m polling.newsroom`; it prints its port, then serves.

Every feed has a host of its own on loopback (127.0.1.1, 127.0.1.2, …), as feeds mostly have in the world.
"""

import argparse
import asyncio
import hashlib
import sys
from pathlib import Path

from polling.feeds import feed_documents, pool

LINE = b"\r\n"


def host_of(number: int) -> str:
    """The loopback address of a feed."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


class Newsroom:
    """Answers conditional requests; each answer waits for `latency` seconds."""

    def __init__(self, documents: list[bytes], latency: float) -> None:
        self._latency = latency
        self._documents = documents
        self._tags = [f'"{hashlib.sha256(body).hexdigest()[:16]}"'.encode() for body in documents]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, for as long as it asks."""
        try:
            while True:
                head = await reader.readuntil(LINE + LINE)
                if self._latency:
                    await asyncio.sleep(self._latency)
                writer.write(self._answer(head))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, head: bytes) -> bytes:
        request, *lines = head.split(LINE)
        number = int(request.split()[1].rpartition(b"/")[2].partition(b".")[0])
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (x.partition(b":") for x in lines)
        }
        tag = self._tags[number]
        if headers.get(b"if-none-match") == tag:
            return b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % tag
        body = self._documents[number]
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\nETag: %s\r\n"
            b"Content-Length: %d\r\n\r\n" % (tag, len(body)) + body
        )


async def _main(options: argparse.Namespace) -> None:
    texts = pool(options.texts, options.seed)
    newsroom = Newsroom(feed_documents(options.feeds, options.entries, texts, options.seed), options.latency)
    hosts = [host_of(number) for number in range(options.feeds)]
    server = await asyncio.start_server(newsroom.serve, hosts[0], options.port, backlog=512)
    port = server.sockets[0].getsockname()[1]
    others = [await asyncio.start_server(newsroom.serve, host, port, backlog=64) for host in hosts[1:]]
    print(port, flush=True)
    await asyncio.gather(*(one.serve_forever() for one in (server, *others)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=int, required=True)
    parser.add_argument("--entries", type=int, required=True)
    parser.add_argument("--texts", type=Path, help="a folder of articles; without it, made-up ones")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    try:
        asyncio.run(_main(parser.parse_args()))
    except KeyboardInterrupt:
        sys.exit(0)
