"""Hosts of a fleet: real services, each with a state directory of its own, on one database."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import psycopg

from support.desk import DeskFiles, wait_for
from support.warm import Warm

SETTINGS = """\
storage: "%s"
contact: desk-%s@example.org
polling: {every: 2s, fastest: 2s, slowest: 2s, first_poll: all, private_addresses: allow, workers: 1}
articles: {full_text: never}
channels: {shelf: {files: digests/}}
digests: {flash: {title: Flash, rules: all, at: once, to: [shelf], most: 500}}
"""


def make_host(root: Path, name: str, storage: str, feeds: Mapping[str, str]) -> DeskFiles:
    """The files of a host; the configuration is the same but for the contact, which says who asks."""
    desk = DeskFiles(root / name)
    desk.root.mkdir()
    desk.write(dict(feeds), settings=SETTINGS % (storage, name))
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


def wait_until_running(desk: DeskFiles, process: Warm) -> None:
    """Fails at once where it has ended."""

    def runs() -> bool:
        assert process.poll() is None, desk.log
        return "watchdesk is running" in desk.log

    wait_for(runs, "the start", seconds=60)
