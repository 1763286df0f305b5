"""Measures how soon news is in the mail: `.venv/bin/python benchmarks/latency.py --help`; README.md says how.

One service polls feeds on hosts of their own. Each feed gets one new item at a random moment. An item's delay
runs from the instant its server begins the first answer that holds it to the mail server's 250 for the mail
that tells it: polling intervals are not in it, and everything that watchdesk does is.
"""

import argparse
import asyncio
import email
import email.policy
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import figures
from aiosmtpd.controller import Controller
from figures import Figure, percentile
from matching.newswire import newswire
from polling.newsroom import host_of

from watchdesk.demo.servers import free_port

_GATES = {50: 0.25, 99: 1.0}
"""Seconds by percentile."""
_SETTINGS = """\
contact: desk@example.org
web: {{listen: {page}}}
polling: {{every: {every}s, fastest: {every}s, slowest: {every}s, first_poll: none, private_addresses: allow}}
articles: {{full_text: never}}
channels:
  desk: {{email: {{to: [desk@example.org], from: watchdesk@example.org, server: "smtp://127.0.0.1:{port}"}}}}
digests: {{flash: {{rules: all, at: once, gather: 0s, to: [desk]}}}}
"""
_RULES = "rules:\n  all: {title: All, query: 'benchmarkitem'}\n"
_ITEM = re.compile(r"benchmarkitem (\d+)\b")


class Feeds:
    """Serves each feed on a host of its own, and notes when a feed first answered with its item."""

    def __init__(self, count: int, texts: Sequence[str], seed: int) -> None:
        self._count, self._texts = count, texts
        self._rng = random.Random(seed)
        self._appears = [float("inf")] * count
        self.told: dict[int, float] = {}
        """By item, in seconds of `time.monotonic`."""
        self.polled: set[int] = set()
        self.port = 0

    def appear_within(self, seconds: float, numbers: Iterable[int] | None = None) -> None:
        """Every feed, or each of `numbers`, gets its item at a moment from now on."""
        now = time.monotonic()
        for number in range(self._count) if numbers is None else numbers:
            self._appears[number] = now + self._rng.uniform(0, seconds)

    async def serve(self) -> None:
        """Listens until the process ends."""
        first = await asyncio.start_server(self._answer, host_of(0), 0, backlog=512)
        self.port = first.sockets[0].getsockname()[1]
        for number in range(1, self._count):
            await asyncio.start_server(self._answer, host_of(number), self.port, backlog=64)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                number = int(head.split()[1].rpartition(b"/")[2])
                now = time.monotonic()
                has_item = now >= self._appears[number]
                self.polled.add(number)
                tag = b'"%d"' % has_item
                if b"if-none-match: " + tag in head.lower():
                    writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % tag)
                else:
                    if has_item:
                        self.told.setdefault(number, now)
                    body = self._document(number, has_item=has_item).encode()
                    writer.write(
                        b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\nETag: %s\r\n"
                        b"Content-Length: %d\r\n\r\n" % (tag, len(body)) + body
                    )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _document(self, number: int, *, has_item: bool) -> str:
        spare = self._texts[self._count :]
        items = [self._item(number, place, spare[(19 * number + place) % len(spare)]) for place in range(19)]
        if has_item:
            own = self._texts[number]  # no other feed has it: copies would be told as one story
            items.insert(0, self._item(number, 19, f"benchmarkitem {number} {own}"))
        return f'<rss version="2.0"><channel><title>Paper {number}</title>{"".join(items)}</channel></rss>'

    @staticmethod
    def _item(number: int, place: int, text: str) -> str:
        return (
            f"<item><title>{text[:80]}</title><guid>p{number}i{place}</guid>"
            f"<link>http://{host_of(number)}/a/{place}</link><description>{text}</description></item>"
        )


class Mailbox:
    """A mail server that notes when it answered 250 for the first mail that tells an item."""

    def __init__(self) -> None:
        self.told: dict[int, float] = {}
        self.mails = 0
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=True)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        now = time.monotonic()
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = message.get_body(("plain",))
        self.mails += 1
        for number in _ITEM.findall(body.get_content() if body else ""):
            self.told.setdefault(int(number), now)
        return "250 OK"

    @contextmanager
    def open(self) -> Iterator[int]:
        self._controller.start()
        try:
            yield self._controller.port
        finally:
            self._controller.stop()


@contextmanager
def _service(
    folder: Path, feeds: Feeds, count: int, mail: int, every: int, page: int | None
) -> Iterator[None]:
    config = folder / "config"
    (config / "rules").mkdir(parents=True)
    (config / "watchdesk.yaml").write_text(
        _SETTINGS.format(every=every, port=mail, page=f"'127.0.0.1:{page}'" if page else "null")
    )
    (config / "rules" / "all.yaml").write_text(_RULES)
    lines = (f"  paper-{n}: {{feed: 'http://{host_of(n)}:{feeds.port}/{n}'}}\n" for n in range(count))
    (config / "sources.yaml").write_text("sources:\n" + "".join(lines))
    places = ["--config", str(config), "--state", str(folder / "state")]
    command = [sys.executable, "-m", "watchdesk", "--log-level", "warning", *places, "run"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


def measure(
    count: int,
    every: int,
    spread: float,
    texts: Sequence[str],
    seed: int,
    page: int | None = None,
    beside: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> list[float]:
    """The delay of each item in seconds. Raises `TimeoutError` when an item is not told.

    `page`: the port of the service's page, if it is to have one. `beside`: around the time that is measured.
    """
    feeds, mailbox = Feeds(count, texts, seed), Mailbox()
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    asyncio.run_coroutine_threadsafe(feeds.serve(), loop).result()
    with (
        tempfile.TemporaryDirectory() as folder,
        mailbox.open() as mail,
        _service(Path(folder), feeds, count, mail, every, page),
    ):
        wait_until(lambda: len(feeds.polled) == count, 60 + every, "a poll of every feed")
        time.sleep(2 * every)  # until what was read at first is stored
        with beside():
            feeds.appear_within(spread)
            wait_until(lambda: len(mailbox.told) == count, spread + 3 * every + 30, "mail of every item")
    return sorted(mailbox.told[number] - feeds.told[number] for number in range(count))


def wait_until(until: Any, seconds: float, what: str) -> None:
    """Waits; raises `TimeoutError` after so many seconds, saying what did not happen."""
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            raise TimeoutError(f"not {what} within {seconds:.0f} s")
        time.sleep(0.05)


def item_texts(count: int, seed: int) -> Sequence[str]:
    """A text of its own for each item, and some for the rest of the feeds."""
    return [article.body.replace("&", "and").replace("<", "") for article in newswire(count + 190, seed)]


def main() -> int:
    """Exit status 0; 1 when a gate is not reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=200, help="feeds, each with one item (200)")
    parser.add_argument("--every", type=int, default=10, metavar="S", help="seconds between polls (10)")
    parser.add_argument("--spread", type=float, default=60.0, metavar="S", help="items appear within (60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all delays")
    options = parser.parse_args()
    texts = item_texts(options.items, options.seed)
    delays = measure(options.items, options.every, options.spread, texts, options.seed)
    told = [
        Figure(f"p{part} of the delay", percentile(delays, part), "s", most=gate)
        for part, gate in _GATES.items()
    ]
    told.append(Figure("slowest item", delays[-1], "s"))
    data = f"{options.items} items within {options.spread:.0f} s, from the feed's answer to the mail's 250"
    if options.json:
        figures.write(options.json, figures.Told(told, data), details=delays)
    print(data)
    print("\n".join(figures.lines(told)))
    print(f"  slowest: {delays[-1]:.2f} s")
    return int(not all(one.holds for one in told))


if __name__ == "__main__":
    sys.exit(main())
