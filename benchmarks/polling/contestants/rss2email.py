"""rss2email: `r2e run`, which writes each new entry as a message into a Maildir."""

from collections.abc import Mapping, Sequence
from pathlib import Path


class Rss2email:
    """Its own configuration file, as `r2e add` would write it."""

    name = "rss2email"

    def __init__(self, python: Path) -> None:
        self._program = python.parent / "r2e"

    def missing(self) -> str | None:
        return None if self._program.exists() else "pip install rss2email"

    def set_up(self, folder: Path, urls: Sequence[str]) -> None:
        for part in ("cur", "new", "tmp"):
            (folder / "mail" / "inbox" / part).mkdir(parents=True)
        general = (
            "[DEFAULT]\nfrom = desk@example.org\nto = desk@example.org\nforce-from = True\n"
            f"email-protocol = maildir\nmaildir-path = {folder / 'mail'}\nmaildir-mailbox = inbox\n"
        )
        feeds = "".join(f"\n[feed.paper{number}]\nurl = {url}\n" for number, url in enumerate(urls))
        (folder / "rss2email.cfg").write_text(general + feeds)

    def command(self, folder: Path) -> Sequence[str]:
        return [
            str(self._program),
            "-c",
            str(folder / "rss2email.cfg"),
            "-d",
            str(folder / "rss2email.json"),
            "run",
        ]

    def environment(self, folder: Path) -> Mapping[str, str]:  # noqa: ARG002 - the port's form
        return {}

    def articles(self, folder: Path) -> int:
        return sum(1 for _ in (folder / "mail" / "inbox" / "new").iterdir())
