"""The fenced blocks of the documentation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
"""The pages for users."""


@dataclass(frozen=True)
class Block:
    """What stands between two fences."""

    page: str
    language: str
    text: str
    line: int
    """Where it begins, to find it."""

    @property
    def name(self) -> str:
        """How a test is called that runs it."""
        return f"{self.page}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page, in order; one within a list without its indentation."""
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"^( *)```(\w*)\n(.*?)^ *```$", text, flags=re.DOTALL | re.MULTILINE):
        inside = re.sub(rf"^{found[1]}", "", found[3], flags=re.MULTILINE)
        yield Block(page.name, found[2], inside, text.count("\n", 0, found.start()) + 1)
