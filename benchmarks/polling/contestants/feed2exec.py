"""feed2exec: `feed2exec fetch --parallel`, which writes each new entry as a message into a Maildir."""

from collections.abc import Mapping, Sequence
from pathlib import Path


class Feed2exec:
    """Its own configuration file."""

    name = "feed2exec"

    def __init__(self, python: Path) -> None:
        self._program = python.parent / "feed2exec"

    def missing(self) -> str | None:
        return None if self._program.exists() else "pip install feed2exec"

    def set_up(self, folder: Path, urls: Sequence[str]) -> None:
        general = f"[DEFAULT]\noutput = feed2exec.plugins.maildir\nmailbox = {folder / 'mail'}\n"
        feeds = "".join(f"\n[paper{number}]\nurl = {url}\n" for number, url in enumerate(urls))
        (folder / "feed2exec.ini").write_text(general + feeds)

    def command(self, folder: Path) -> Sequence[str]:
        files = ["--config", str(folder / "feed2exec.ini"), "--database", str(folder / "feed2exec.db")]
        return [str(self._program), *files, "fetch", "--parallel"]

    def environment(self, folder: Path) -> Mapping[str, str]:  # noqa: ARG002 - the port's form
        return {}

    def articles(self, folder: Path) -> int:
        return sum(1 for path in (folder / "mail").rglob("new/*"))
