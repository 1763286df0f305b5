"""Tables, printed as rich prints them, and without it where it has little to decide: loading it takes long.

A terminal is rich's, unless the table is very long. So is a table whose words do not fit, or whose texts rich
would change.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from watchdesk.cli.printing import Printer, width

MOST_OF_RICH = 2000
"""Rows of a terminal's table that rich lays out, in colour: it takes a second for some 2,000."""
_GAP = "  "
_COLOUR = re.compile(r"\[(?:[a-z]+|/)\]")
"""Markup that a cell may have: a colour, or its end."""
_WORDS = re.compile(r"(?:[!-Z^-~]+(?: [!-Z^-~]+)*)?")
"""Words of one line, each character one column wide, without markup."""


def print_table(
    printer: Printer, columns: Sequence[str], rows: Iterable[Sequence[str]], wrapped: int | None = None
) -> None:
    """Prints rows under the names of their columns; that of the number `wrapped` may take several lines.

    Cells may have a colour in rich's markup, such as `[red]gone[/]`.
    """
    table = [columns, *rows]
    lays_out = printer.is_terminal and len(table) <= MOST_OF_RICH
    lines = None if lays_out else _lines([_without_colours(row) for row in table], wrapped)
    if lines is None:
        _print_with_rich(printer, table, wrapped)
    else:
        printer.write_lines(lines)


def _without_colours(row: Sequence[str]) -> Sequence[str]:
    return [_COLOUR.sub("", cell) if "[" in cell else cell for cell in row]


def _lines(table: Sequence[Sequence[str]], wrapped: int | None) -> Iterator[str] | None:
    """The lines of a table; None if rich must say how it is laid out."""
    if not all(_is_plain(cell) for row in table for cell in row):
        return None
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    if not all(widths):
        return None
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - width()
    if excess <= 0:
        return (_line(row, widths) for row in table)
    if wrapped is None:
        return None
    widths[wrapped] -= excess
    # Beside a name of several lines rich puts those of one line at its foot.
    if len(table[0][wrapped]) > widths[wrapped] or any(
        len(word) > widths[wrapped] for row in table for word in row[wrapped].split(" ")
    ):
        return None
    return _wrapped_lines(table, widths, wrapped)


def _is_plain(cell: str) -> bool:
    """Whether rich prints it as it is; what stands between two colons may name an emoji."""
    return cell.count(":") <= 1 and _WORDS.fullmatch(cell) is not None


def _wrapped_lines(table: Sequence[Sequence[str]], widths: Sequence[int], wrapped: int) -> Iterator[str]:
    for row in table:
        columns = [[cell] for cell in row]
        columns[wrapped] = _wrap(row[wrapped], widths[wrapped])
        for cells in zip_longest(*columns, fillvalue=""):
            yield _line(cells, widths)


def _wrap(text: str, wide: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if len(longer) <= wide:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(map(str.ljust, cells, widths))


def _print_with_rich(printer: Printer, table: Sequence[Sequence[str]], wrapped: int | None) -> None:
    from rich.table import Table  # noqa: PLC0415 - heavy

    columns, *rows = table
    laid_out = Table(box=None, pad_edge=False, header_style="dim")
    for number, column in enumerate(columns):
        laid_out.add_column(column, no_wrap=number != wrapped)
    for row in rows:
        laid_out.add_row(*row)
    printer.rich.print(laid_out)
