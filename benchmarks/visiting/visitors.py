"""Asks pages in turns at a steady rate, however long the answers take, until its standard input ends.

`python visitors.py ADDRESS RATE PATH …` first asks each path once, leaves out those that are not there, and
prints one JSON line of the rest. In the end it prints another: of each path how long each answer took, in
seconds, and how many failed.
"""

import asyncio
import json
import sys
import time
from collections import defaultdict
from itertools import cycle
from urllib.parse import urlsplit

_PATIENCE = 30.0


class Visitors:
    """Keeps connections and cookies, as browsers do."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._cookies: dict[str, str] = {}
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)
        self.failed: defaultdict[str, int] = defaultdict(int)

    async def get(self, path: str) -> int:
        """The status of the answer, 0 if there was none."""
        began = time.monotonic()
        try:
            status = await asyncio.wait_for(self._exchange(path), _PATIENCE)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            status = 0
        if status == 200:
            self.seconds[path].append(time.monotonic() - began)
        else:
            self.failed[path] += 1
        return status

    async def _exchange(self, path: str) -> int:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                break
            writer.close()  # the server has closed it, as it may after a while
        else:
            reader, writer = await asyncio.open_connection(self._host, self._port)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        cookie = f"Cookie: {cookies}\r\n" if cookies else ""
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n{cookie}\r\n".encode())
            status, length, closes = await self._head(reader)
            await reader.readexactly(length)
        except BaseException:
            writer.close()
            raise
        if closes:
            writer.close()
        else:
            self._idle.append((reader, writer))
        return status

    async def _head(self, reader: asyncio.StreamReader) -> tuple[int, int, bool]:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = [line.partition(": ")[::2] for line in lines if line]
        for name, value in headers:
            if name.lower() == "set-cookie":
                cookie, _, kept = value.partition(";")[0].partition("=")
                self._cookies[cookie] = kept
        found = {name.lower(): value for name, value in headers}
        return int(first.split()[1]), int(found.get("content-length", 0)), found.get("connection") == "close"


async def _visit(address: str, rate: float, paths: list[str]) -> None:
    visitors = Visitors(address)
    there = [path for path in paths if await visitors.get(path) == 200]
    print(json.dumps(there), flush=True)
    visitors.seconds.clear()
    visitors.failed.clear()
    over = asyncio.ensure_future(asyncio.to_thread(sys.stdin.read))
    tasks: set[asyncio.Task[int]] = set()
    due, turns = time.monotonic(), cycle(there)
    while there and not over.done():
        task = asyncio.create_task(visitors.get(next(turns)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        due += 1 / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
    await asyncio.gather(*tasks)
    print(json.dumps({"seconds": visitors.seconds, "failed": visitors.failed}), flush=True)


if __name__ == "__main__":
    asyncio.run(_visit(sys.argv[1], float(sys.argv[2]), sys.argv[3:]))
