"""watchdesk: `once --all`, with 100 desk rules, a digest that waits, and everything else as it comes."""

import os
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from matching.lexicon import Lexicon
from matching.rulebook import write_rules
from matching.texts import Text

RULES = 100
_RULE_TEXTS = 400

SETTINGS = """\
contact: desk@example.org
polling: {first_poll: all, private_addresses: allow, concurrency: 32}
articles: {full_text: never}
channels: {shelf: {files: digests/}}
digests: {morning: {rules: all, at: "0 7 * * *", to: [shelf]}}
"""


class Watchdesk:
    """Follows the feeds as sources.yaml has them."""

    name = "watchdesk"

    def __init__(self, texts: Sequence[Text], seed: int) -> None:
        """`texts`: from whose words its rules are written."""
        self._rules = write_rules("narrow", RULES, Lexicon(texts[-_RULE_TEXTS:]), seed).yaml

    def missing(self) -> str | None:
        return None

    def set_up(self, folder: Path, urls: Sequence[str]) -> None:
        config = folder / "config"
        (config / "rules").mkdir(parents=True)
        (config / "watchdesk.yaml").write_text(SETTINGS)
        (config / "rules" / "desk.yaml").write_text(self._rules)
        lines = "".join(f"  paper-{number}: {{feed: '{url}'}}\n" for number, url in enumerate(urls))
        (config / "sources.yaml").write_text(f"sources:\n{lines}")

    def command(self, folder: Path) -> Sequence[str]:
        places = ["--config", str(folder / "config"), "--state", str(folder / "state")]
        return [sys.executable, "-m", "watchdesk", "--log-level", "error", *places, "once", "--all"]

    def environment(self, folder: Path) -> Mapping[str, str]:  # noqa: ARG002 - the port's form
        return {"PYTHONPATH": os.pathsep.join(sys.path)}

    def articles(self, folder: Path) -> int:
        with closing(sqlite3.connect(folder / "state" / "watchdesk.db")) as database:
            return int(database.execute("SELECT count(*) FROM articles").fetchone()[0])
