"""Who follows docs/getting-started.md and docs/tutorial.md line by line sees what they show."""

import re
import shlex
import subprocess
import time
from dataclasses import dataclass
from email.utils import formatdate
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support.blocks import ROOT, Block, blocks
from support.desk import DeskFiles
from support.web import Answer, WebServer

FEEDS = ROOT / "tests" / "data" / "walkthrough"
NOT_HERE = {"pipx": "asks a registry; the package that it would install is tested by itself"}
"""Commands of other programs that are shown and not run."""


@dataclass(frozen=True)
class Prompt(DeskFiles):
    """A desk in the folder where one types, so that commands find it by themselves."""

    def command(self, *arguments: str) -> list[str]:
        return [*super().command()[:3], *arguments]


class Reader:
    """Somebody at a prompt who does what a page says; their newspapers are on loopback."""

    def __init__(self, here: Path, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
        """`port`: of the newspapers, at each loopback address."""
        self._monkeypatch, self._port, self._hosts = monkeypatch, port, count(1)
        self.go(here)

    def go(self, where: Path) -> None:
        self._here = where
        self._monkeypatch.chdir(where)

    def follow(self, block: Block) -> None:
        named = re.match(r"(?:#|<!--) ([\w./-]+\.(?:yaml|html))(?: -->)?\n", block.text)
        if block.language == "console":
            for command, shown in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block.text, flags=re.MULTILINE):
                said = self.answer(shlex.split(command))
                assert is_as_shown(shown, said), f"{block.name}: {command}\nshown:\n{shown}\nsaid:\n{said}"
        elif named:  # others are fragments, which tests/test_examples.py reads
            (self._here / named[1]).write_text(block.text)

    def answer(self, words: list[str]) -> str:
        desk = Prompt(self._here)
        match words:
            case ["cd", folder]:
                self.go(self._here / folder)
            case ["watchdesk", "run"]:
                pass  # which the tests of tests/service do
            case ["watchdesk", *arguments]:
                self.stay_on_loopback(desk)
                answered = desk.run(*arguments)
                assert answered.status == 0, answered.err
                return answered.out + answered.err
            case [program, *_] if program in NOT_HERE:
                pass
            case _:
                return subprocess.run(words, capture_output=True, text=True, check=True).stdout
        return ""

    def stay_on_loopback(self, desk: DeskFiles) -> None:
        """Has our newspapers polled in the place of those in sources.yaml, each at a host of its own."""
        sources, settings = desk.config / "sources.yaml", desk.config / "watchdesk.yaml"
        if not settings.exists():
            return
        sources.write_text(re.sub(r"(feed: )(https://\S+)", self.newspaper_for, sources.read_text()))
        text = settings.read_text().replace("private_addresses: refuse", "private_addresses: allow")
        if "private_addresses" not in text:
            text += "polling: {private_addresses: allow}\n"
        if "web:" not in text:
            text += "web: {listen: null}\n"
        settings.write_text(text)

    def newspaper_for(self, found: re.Match[str]) -> str:
        name = "capital-ledger" if "ledger" in found[2] else "harbour-post"
        return f"{found[1]}http://127.0.0.{next(self._hosts)}:{self._port}/{name}.xml"


def is_as_shown(shown: str, said: str) -> bool:
    """Whether … can be filled in so that both are the same, regardless of room at the ends of lines."""
    if not shown.strip():
        return True
    lines = (line.rstrip() for line in shown.strip().split("\n"))
    wanted = "".join(r"(?:.*\n)*?" if line.strip() == "…" else _filled(line) for line in lines)
    clean = "".join(f"{line.rstrip()}\n" for line in said.strip().split("\n"))
    return re.fullmatch(wanted, clean) is not None


def _filled(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split("…")) + r"\n"


def newspaper(name: str) -> Answer:
    """A feed of tests/data/walkthrough; {n} in it is the date of n hours ago."""
    text = (FEEDS / name).read_text(encoding="utf-8")
    dated = re.sub(r"\{(\d+)\}", lambda hours: formatdate(time.time() - 3600 * int(hours[1])), text)
    return Answer(dated.encode(), 200, {"Content-Type": "application/rss+xml"})


@pytest.mark.parametrize("page", ["getting-started.md", "tutorial.md"])
def test_a_page_shows_what_its_reader_sees(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with WebServer("0.0.0.0") as web:
        for name in ("harbour-post.xml", "capital-ledger.xml"):
            web.respond(f"/{name}", newspaper(name))
        reader = Reader(tmp_path, monkeypatch, urlsplit(web.url()).port or 0)
        for block in blocks(ROOT / "docs" / page):
            reader.follow(block)
