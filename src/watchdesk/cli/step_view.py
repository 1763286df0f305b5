"""Shows what each step of reading did to an article, on a terminal and as JSON."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from watchdesk.cli.session import stdout
from watchdesk.documents.words import counted

if TYPE_CHECKING:
    from watchdesk.articles import Step

_MOST_SHOWN = 8
"""Removed lines that a terminal shows of one step; JSON has them all."""
_MOST_CONSIDERED = 6
_NAME_WIDTH = 13


def print_steps(steps: "Sequence[Step]") -> None:
    """Prints the steps in order: what came of each, what it chose from, what it removed and why."""
    console = stdout()
    for number, step in enumerate(steps, start=1):
        console.print(_row(Text(f"{number:>2} {step.name}", style="bold"), Text(step.result)))
        for where, said in step.considered[:_MOST_CONSIDERED]:
            shown = Text(f"{where}: ", style="dim").append(one_row(said), style="dim")
            console.print(_row(Text(), shown), no_wrap=True, overflow="ellipsis")
        _print_more(len(step.considered) - _MOST_CONSIDERED)
        if step.why:
            console.print(_row(Text(), Text(f"because {step.why}", style="dim")))
        for line in step.removed[:_MOST_SHOWN]:
            console.print(
                _row(Text(), Text(f"− {one_row(line)}", style="red")), no_wrap=True, overflow="ellipsis"
            )
        _print_more(len(step.removed) - _MOST_SHOWN)
    console.print()


def steps_document(steps: "Iterable[Step]") -> dict[str, object]:
    """The steps as `try --steps --json` gives them."""
    return {
        "steps": [
            {
                "step": step.name,
                "result": step.result,
                "considered": [{"where": where, "said": said} for where, said in step.considered],
                "removed": list(step.removed),
                "why": step.why or None,
            }
            for step in steps
        ]
    }


def one_row(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def _print_more(count: int) -> None:
    if count > 0:
        stdout().print(_row(Text(), Text(f"and {counted(count, 'other')}", style="dim")))


def _row(name: Text, said: Text) -> Padding:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=_NAME_WIDTH)
    table.add_column(overflow="fold")
    table.add_row(name, said)
    return Padding(table, 0)
