"""Hosts of a fleet: real services, each with a state directory of its own, on one database."""

import atexit
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import psycopg

from fleet.namespaces import Machine
from support.desk import DeskFiles, environment, wait_for
from support.warm import Warm

SETTINGS = """\
storage: "%s"
contact: desk-%s@example.org
polling: {every: 2s, fastest: 2s, slowest: 2s, first_poll: all, private_addresses: allow, workers: 1}
articles: {full_text: never}
channels: {shelf: {files: digests/}}
digests: {flash: {title: Flash, rules: all, at: once, to: [shelf], most: 500}}
"""


def make_host(
    root: Path, name: str, storage: str, feeds: Mapping[str, str], settings: str = SETTINGS
) -> DeskFiles:
    """The files of a host; the configuration is the same but for the contact, which says who asks."""
    desk = DeskFiles(root / name)
    desk.root.mkdir()
    desk.write(dict(feeds), settings=settings % (storage, name))
    return desk


def matched(storage: str) -> Counter[str]:
    """How often each article has been matched, by the last word of its title."""
    asked = "SELECT a.title FROM matches AS m JOIN articles AS a ON a.id = m.article_id"
    with psycopg.connect(storage) as connection:
        return Counter(title.rpartition(" ")[2] for (title,) in connection.execute(asked))


def undelivered(storage: str, *desks: DeskFiles) -> Counter[str] | None:
    """Digests that were made and not delivered, by their ids; None while a match waits for one.

    Negative: how often one came again.
    """
    with psycopg.connect(storage) as connection:
        waiting = connection.execute("SELECT count(*) FROM places WHERE digest_id IS NULL").fetchone()
        made = Counter(name for (name,) in connection.execute("SELECT id FROM digests"))
    paths = [path for desk in desks for path in (desk.state / "digests").glob("2*.json")]
    made.subtract(json.loads(path.read_text())["id"] for path in paths)
    return None if waiting != (0,) else Counter({name: count for name, count in made.items() if count})


@contextmanager
def started_on(machine: Machine, desk: DeskFiles, clock: float = 0.0) -> "Iterator[subprocess.Popen[bytes]]":
    """The service of a desk on a machine whose clock is so many seconds ahead; killed at last."""
    with (desk.root / "service.log").open("ab") as log:
        process = subprocess.Popen(
            machine.command(*desk.command("run")),
            stdout=log,
            stderr=log,
            env={**environment(), **wrong_clock(clock)},
            start_new_session=True,
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wrong_clock(ahead: float) -> dict[str, str]:
    """The variables by which a process, and all that it forks, has a clock so many seconds ahead."""
    return {"LD_PRELOAD": str(_wrong_clock()), "WRONG_BY": f"{ahead:.0f}"} if ahead else {}


@cache
def _wrong_clock() -> Path:
    """`wrong_clock.c`, compiled, in a folder that goes with this process."""
    folder = Path(tempfile.mkdtemp(prefix="wd-clock-"))
    atexit.register(shutil.rmtree, folder)
    folder.chmod(0o755)  # a database server runs as another user
    made = folder / "wrong_clock.so"
    code = str(Path(__file__).with_name("wrong_clock.c"))
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(made), code, "-ldl"], check=True)
    return made


def wait_until_running(desk: DeskFiles, process: "Warm | subprocess.Popen[bytes]") -> None:
    """Fails at once where it has ended."""

    def runs() -> bool:
        assert process.poll() is None, desk.log
        return "watchdesk is running" in desk.log

    wait_for(runs, "the start", seconds=180)
