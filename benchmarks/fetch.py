"""What one exchange costs the fetcher: an unchanged document (304), and one of 50 kB, from this machine.

    python benchmarks/fetch.py [--exchanges N]

The server is a process of its own, so that the processor time is the client's alone. `one host` asks over a
kept connection; `many hosts` asks one after the other of many, each by a connection of its own.
"""

import argparse
import multiprocessing
import selectors
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

import figures
import requests
from figures import Figure

from watchdesk.config.settings import PollingSettings
from watchdesk.model import Source, SourceState
from watchdesk.sources import Hosts, HttpFetcher

HOSTS = 400
"""Ports of this machine, for each counts as a host: more than connections are kept for."""
DOCUMENT = b"<rss>" + b"x" * 50_000
UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nDate: Sun, 01 Mar 2026 10:00:00 GMT\r\n\r\n'
WHOLE = (
    b'HTTP/1.1 200 OK\r\nETag: "x"\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n'
    % len(DOCUMENT)
    + DOCUMENT
)


def serve(listening: Sequence[socket.socket]) -> None:
    with selectors.DefaultSelector() as selector:
        for server in listening:
            selector.register(server, selectors.EVENT_READ, server)
        while True:
            for key, _ in selector.select():
                connection, _ = key.data.accept()
                threading.Thread(target=answer, args=(connection,), daemon=True).start()


def answer(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while head := connection.recv(65536):
        connection.sendall(UNCHANGED if b"If-None-Match" in head else WHOLE)


def measured(fetch: Callable[[str], object], urls: Sequence[str]) -> tuple[float, float]:
    """Milliseconds of an exchange: by the clock, and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    for url in urls:
        fetch(url)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return 1000 * wall / len(urls), 1000 * processor / len(urls)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--exchanges", type=int, default=HOSTS)
    arguments.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    options = arguments.parse_args()
    exchanges: int = options.exchanges
    listening = [socket.create_server(("127.0.0.1", 0), backlog=128) for _ in range(HOSTS)]
    urls = [f"http://127.0.0.1:{server.getsockname()[1]}/" for server in listening]
    server = multiprocessing.Process(target=serve, args=(listening,), daemon=True)
    server.start()
    # Room enough that nothing waits for its turn.
    hosts = Hosts(exchanges, lambda: datetime.now(UTC))
    fetcher = HttpFetcher(PollingSettings(private_addresses=True), "desk@example.org", hosts)
    session, told = requests.Session(), []
    for name, tag in (("304", '"x"'), ("200", None)):
        state, headers = SourceState("a", etag=tag), {"If-None-Match": tag} if tag else {}

        def ours(url: str, state: SourceState = state) -> None:
            fetcher.fetch(Source("a", url), state)

        def theirs(url: str, headers: Mapping[str, str] = headers) -> None:
            session.get(url, headers=headers)

        for spread, asked in (("one host", urls[:1]), ("many hosts", urls)):
            every = list(islice(cycle(asked), exchanges))
            (wall, cpu), (_, peer) = measured(ours, every), measured(theirs, every)
            told.append(Figure(f"{name}, {spread}: CPU", cpu, "ms", peers={"requests, one session": peer}))
            print(f"{name}  {spread:10}  wall {wall:5.2f} ms   CPU {cpu:5.2f} ms   requests {peer:5.2f} ms")
    server.kill()
    if options.json:
        figures.write(options.json, figures.Told(told, f"{exchanges} exchanges, one after the other"))


if __name__ == "__main__":
    main()
