"""Newsboat's file urls: an address a line, then its tags; `~` before one makes it the title."""

import re
from collections.abc import Sequence

from watchdesk.errors import UnreadableInput
from watchdesk.importing.addresses import web_address
from watchdesk.importing.found import Found, FoundSource, Given, Left

_TOKEN = re.compile(r'"((?:\\.|[^"\\])*)("|$)|(\S+)')
_OTHERS = {
    "query:": "a query over other feeds: write it as a rule",
    "exec:": "a program that makes a feed: have it write the feed where a web server shows it",
    "filter:": "a feed through a program: follow the feed itself",
    "file:": "a file: watchdesk reads feeds by http and https",
}


def recognises(file: Given) -> bool:
    """Whether its first line with something in it begins with an address."""
    if file.content.lstrip()[:1] in (b"<", b"{", b"["):
        return False
    for line in file.text.splitlines():
        if line.strip() and not line.startswith("#"):
            words = _words(line)
            return bool(words and (web_address(words[0]) or words[0].startswith(tuple(_OTHERS))))
    return False


def read(files: Sequence[Given]) -> Found:
    """The feeds of every line."""
    sources: list[FoundSource] = []
    left: list[Left] = []
    for file in files:
        for number, line in enumerate(file.text.splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                _read_line(line, f"{file.name}:{number}", sources, left)
    if not sources and not any(one.what.startswith(tuple(_OTHERS)) for one in left):
        raise UnreadableInput(f"{files[0].name} has no line that begins with a web address")
    return Found(sources, (), left)


def _words(line: str) -> list[str]:
    return [
        found[3] if found[3] is not None else re.sub(r"\\(.)", r"\1", found[1])
        for found in _TOKEN.finditer(line)
    ]


def _read_line(line: str, place: str, sources: list[FoundSource], left: list[Left]) -> None:
    address, *words = _words(line)
    found = web_address(address)
    if found is None:
        kind = next((kind for kind in _OTHERS if address.startswith(kind)), None)
        why = _OTHERS[kind] if kind else "it is not a web address"
        left.append(Left(place, address, why))
        return
    url, login = found
    titles = [word[1:].strip() for word in words if word.startswith("~")]
    tags = tuple(word for word in words if word and not word.startswith(("~", "!")))
    if any(word.startswith("!") for word in words):
        left.append(
            Left(place, "hidden (!)", "no source is hidden; a rule may leave it out (sources: never)")
        )
    title = next((title for title in titles if title), None)
    sources.append(FoundSource(place, url, title=title, tags=tags, login=login))
