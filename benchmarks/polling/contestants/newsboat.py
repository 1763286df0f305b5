"""newsboat: `newsboat -x reload`, which keeps each new entry in its cache."""

import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path


class Newsboat:
    """Its list of addresses, with as many threads."""

    name = "newsboat"

    def missing(self) -> str | None:
        return None if shutil.which("newsboat") else "apt install newsboat"

    def set_up(self, folder: Path, urls: Sequence[str]) -> None:
        (folder / "urls").write_text("\n".join(urls) + "\n")
        (folder / "config").write_text("reload-threads 32\n")

    def command(self, folder: Path) -> Sequence[str]:
        return [
            "newsboat",
            f"--url-file={folder / 'urls'}",
            f"--cache-file={folder / 'cache.db'}",
            f"--config-file={folder / 'config'}",
            "--execute=reload",
        ]

    def environment(self, folder: Path) -> Mapping[str, str]:  # noqa: ARG002 - the port's form
        return {}

    def articles(self, folder: Path) -> int:
        with closing(sqlite3.connect(folder / "cache.db")) as database:
            return int(database.execute("SELECT count(*) FROM rss_item").fetchone()[0])
