"""Texts are printed as rich prints them, whether it is asked or not."""

import io
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from watchdesk.cli.printing import Printer
from watchdesk.cli.tables import print_table

WORDS = st.sampled_from(
    ["a", "[b]", "[", "]", ":", ":eyes:", "7:00", " ", "\n", "\t", "é", "語", "\x07", "word " * 9]
)
TEXTS = st.one_of(st.text(), st.lists(WORDS, max_size=20).map("".join))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@example("nothing needs a person", "green", False, False, 80)
@example("x" * 80, None, False, False, 80)
@example("x" * 79 + " y", None, False, False, 80)
@example("at [bold]7:00[/] :eyes:", None, True, True, 80)
@example("no :eyes-text: here", None, False, True, 20)
@given(TEXTS, st.sampled_from([None, "green"]), st.booleans(), st.booleans(), st.sampled_from([20, 80]))
def test_a_text_is_printed_as_rich_prints_it(
    text: str, style: str | None, markup: bool, soft_wrap: bool, width: int
) -> None:
    if markup and "[" in text:
        markup = "[/" not in text
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        expected, printed = io.StringIO(), io.StringIO()
        console = Console(file=expected, highlight=False, soft_wrap=False)
        console.print(text, style=style, markup=markup, soft_wrap=soft_wrap)
        patch.setattr(sys, "stdout", printed)
        Printer().print(text, style=style, markup=markup, soft_wrap=soft_wrap)
    assert printed.getvalue() == expected.getvalue()


@pytest.mark.parametrize(
    ("stream", "environment", "is_terminal"),
    [
        (Terminal(), {}, True),
        (io.StringIO(), {}, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
        (Terminal(), {"TTY_COMPATIBLE": "0"}, False),
        (None, {}, False),
    ],
)
def test_rich_says_what_is_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
    stream: io.StringIO | None,
    environment: dict[str, str],
    is_terminal: bool,
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    printer = Printer(stderr=True)
    assert printer.is_terminal == is_terminal == printer.rich.is_terminal
    printer.print("said", style="red")
    if stream is not None:
        assert "said" in stream.getvalue()
        assert ("\x1b[" in stream.getvalue()) == is_terminal


CELLS = st.lists(
    st.sampled_from(["a", "failing", "(3 polls)", "last-success", "7:00", "語", ":eyes:"]), max_size=4
)
COLOURED = st.tuples(st.sampled_from(["{}", "[red]{}[/]", "[red]{}[/] (3 polls)"]), CELLS.map(" ".join)).map(
    lambda cell: cell[0].format(cell[1])
)
TABLES = st.integers(1, 4).flatmap(
    lambda wide: st.lists(st.lists(COLOURED, min_size=wide, max_size=wide), min_size=1, max_size=4)
)


@example([["source", "health"], ["wire", "[red]failing[/] (3 polls)"]], 20, 1)
@example([["source", "health"], ["wire", "[red]failing[/] (3 polls)"]], 12, 1)
@example([["source"]], 80, None)
@example([["a a a a", "a"]], 8, 0)
@given(TABLES, st.integers(8, 60), st.sampled_from([None, 0]))
def test_a_table_is_printed_as_rich_prints_it(
    table: list[list[str]], width: int, wrapped: int | None
) -> None:
    columns, *rows = table
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        expected, printed = io.StringIO(), io.StringIO()
        laid_out = Table(box=None, pad_edge=False, header_style="dim")
        for number, column in enumerate(columns):
            laid_out.add_column(column, no_wrap=number != wrapped)
        for row in rows:
            laid_out.add_row(*row)
        Console(file=expected, highlight=False, soft_wrap=False).print(laid_out)
        patch.setattr(sys, "stdout", printed)
        print_table(Printer(), columns, rows, wrapped)
    assert printed.getvalue() == expected.getvalue()
