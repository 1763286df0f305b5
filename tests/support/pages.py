"""Pages of the documentation, as tests read them."""

import re
from collections.abc import Iterator

Row = dict[str, str]


def tables(text: str) -> Iterator[list[Row]]:
    """The tables of a page, each a list of rows by the names of their columns."""
    for block in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        head, _, *rows = ([cell.strip() for cell in _cells(line)] for line in block.splitlines())
        yield [dict(zip(head, row, strict=True)) for row in rows]


def _cells(line: str) -> list[str]:
    return [cell.replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def code(cell: str) -> str:
    (found,) = codes(cell)
    return found


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)
