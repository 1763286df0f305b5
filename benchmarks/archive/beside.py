"""Measures what looking back costs the service: `.venv/bin/python benchmarks/archive/beside.py --help`.

A service over a large archive polls 20 feeds a second and makes a digest a minute. How soon an item is in the
mail (`latency.py`) is measured while nobody looks back, beside searches that match everything, and beside
backtests, each begun again when it is done; and how far the write-ahead log grows meanwhile.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import figures
import latency
from figures import Figure, percentile
from matching.newswire import newswire
from polling.newsroom import host_of

_EVERY = 10
_FEEDS = 20 * _EVERY
_PATIENCE = 600.0
_SETTINGS = """\
contact: desk@example.org
polling: {{every: {every}s, fastest: {every}s, slowest: {every}s, first_poll: none, private_addresses: allow}}
articles: {{full_text: never}}
channels:
  desk: {{email: {{to: [desk@example.org], from: watchdesk@example.org, server: "smtp://127.0.0.1:{port}"}}}}
  shelf: {{files: digests/}}
digests:
  flash: {{rules: [item], at: once, gather: 0s, to: [desk]}}
  minute: {{rules: [item], at: "* * * * *", to: [shelf], when_empty: send}}
"""
_RULES = """\
rules:
  item: {title: Item, query: benchmarkitem}
  wide: {title: Of which every article has to be read, query: '/[0-9][a-z]{9}q/'}
"""
_PHASES: dict[str, tuple[str, ...]] = {
    "alone": (),
    "beside searches": ("search", "the", "--limit", "1000000"),
    "beside backtests": ("backtest", "--since", "300d"),
}


def main() -> int:
    """Exit status 0; 1 when a limit is not kept."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", type=Path, help="a database that load.py made; it is copied")
    parser.add_argument("--spread", type=float, default=60.0, metavar="S", help="items appear within (60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all delays")
    options = parser.parse_args()
    told, delays = _measure(options)
    for name, found in delays.items():
        print(f"{name}: {len(found)} items, p50 {percentile(found, 50):.2f} s, slowest {found[-1]:.2f} s")
    print("\n".join(figures.lines(told)))
    if options.json:
        data = f"{_FEEDS // _EVERY} polls a second over {options.archive.name}, a digest a minute"
        figures.write(options.json, figures.Told(told, data), details=delays)
    return int(not all(one.holds for one in told))


def _measure(options: argparse.Namespace) -> tuple[list[Figure], dict[str, list[float]]]:
    texts = [
        article.body.replace("&", "and").replace("<", "") for article in newswire(_FEEDS + 190, options.seed)
    ]
    feeds, mailbox = latency.Feeds(_FEEDS, texts, options.seed), latency.Mailbox()
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    asyncio.run_coroutine_threadsafe(feeds.serve(), loop).result()
    delays: dict[str, list[float]] = {}
    told: list[Figure] = []
    with tempfile.TemporaryDirectory() as name, mailbox.open() as mail:
        folder = Path(name)
        with _service(folder, options.archive, feeds, mail) as command:
            latency.wait_until(lambda: len(feeds.polled) == _FEEDS, _PATIENCE, "a poll of every feed")
            time.sleep(2 * _EVERY)
            numbers = range(_FEEDS)
            for place, (phase, arguments) in enumerate(_PHASES.items()):
                mine = numbers[place :: len(_PHASES)]
                with _looking_back([*command, *arguments] if arguments else ()), _watched(folder) as log:
                    feeds.appear_within(options.spread, mine)
                    latency.wait_until(
                        lambda mine=mine: mailbox.told.keys() >= set(mine),  # type: ignore[misc]  # bound now
                        options.spread + _PATIENCE,
                        f"mail of every item, {phase}",
                    )
                delays[phase] = sorted(mailbox.told[one] - feeds.told[one] for one in mine)
                told.append(Figure(f"write-ahead log, {phase}", max(log) / 1e6, "MB", most=64))
    alone = percentile(delays["alone"], 50)
    for phase, found in delays.items():
        told.append(Figure(f"p50 of the delay, {phase}", percentile(found, 50), "s"))
        told.append(
            Figure(f"p95 of the delay, {phase}", percentile(found, 95), "s", most=max(1.0, 4 * alone))
        )
    return told, delays


@contextmanager
def _service(folder: Path, archive: Path, feeds: latency.Feeds, mail: int) -> Iterator[list[str]]:
    """The command to look in, while the service runs."""
    config, state = folder / "config", folder / "state"
    (config / "rules").mkdir(parents=True)
    state.mkdir()
    subprocess.run(["cp", "--reflink=auto", archive, state / "watchdesk.db"], check=True)
    identity = archive.with_suffix(".json")
    if identity.exists():
        shutil.copy(identity, state / "database.json")
    (config / "watchdesk.yaml").write_text(_SETTINGS.format(every=_EVERY, port=mail))
    (config / "rules" / "all.yaml").write_text(_RULES)
    lines = (f"  paper-{n}: {{feed: 'http://{host_of(n)}:{feeds.port}/{n}'}}\n" for n in range(_FEEDS))
    (config / "sources.yaml").write_text("sources:\n" + "".join(lines))
    command = [sys.executable, "-m", "watchdesk", "--log-level", "warning"]
    command += ["--config", str(config), "--state", str(state)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "run"], stdout=log, stderr=log, env=_environment())
        try:
            yield command
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


@contextmanager
def _looking_back(command: Sequence[str]) -> Iterator[None]:
    """Runs the command again and again; an empty one is none."""
    ended = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def repeat() -> None:
        while not ended.is_set():
            running[:] = [
                subprocess.Popen(
                    command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment()
                )
            ]
            running[0].wait()

    thread = threading.Thread(target=repeat if command else ended.wait)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        for process in running:
            process.terminate()
        thread.join()


@contextmanager
def _watched(folder: Path) -> Iterator[list[int]]:
    """The sizes of the write-ahead log, twice a second."""
    log, ended = folder / "state" / "watchdesk.db-wal", threading.Event()
    sizes = [0]

    def look() -> None:
        while not ended.wait(0.5):
            sizes.append(log.stat().st_size if log.exists() else 0)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield sizes
    finally:
        ended.set()
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
