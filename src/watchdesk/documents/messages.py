"""What messages mean: the entries of docs/messages.md, which is part of the package, for a terminal."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

_HEADING = re.compile(r"^## (\S+)\n", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_BOLD = re.compile(r"\*\*(.+?)\*\* (.*)")
_NARROWEST, _WIDEST = 40, 100


@cache
def messages() -> Mapping[str, str]:
    """The text of each entry by its name, in the order of the page, as it is written there."""
    page = (resources.files("watchdesk") / "messages.md").read_text("utf-8")
    _, *parts = _HEADING.split(page)
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def what_it_means(name: str) -> str:
    """The first sentence of an entry."""
    first = _plain(messages()[name].split("\n\n")[0]).removeprefix("What it means.").strip()
    return first.split(". ")[0].rstrip(".") + "."


def on_a_terminal(name: str, width: int) -> str:
    """An entry in paragraphs of at most this width, without marks of Markdown."""
    columns = max(_NARROWEST, min(width, _WIDEST))
    paragraphs = (_plain(part) for part in messages()[name].split("\n\n"))
    return "\n\n".join(
        textwrap.fill(part, columns, break_long_words=False, break_on_hyphens=False) for part in paragraphs
    )


def in_paragraphs(name: str) -> Sequence[tuple[str | None, str]]:
    """An entry in paragraphs, some with what stands before them in bold; code stands in backticks."""
    parts = (_LINK.sub(r"\1", " ".join(part.split())) for part in messages()[name].split("\n\n"))
    return [(found[1], found[2]) if (found := _BOLD.fullmatch(part)) else (None, part) for part in parts]


def _plain(part: str) -> str:
    return " ".join(_LINK.sub(r"\1", part).replace("**", "").replace("`", "").split())
