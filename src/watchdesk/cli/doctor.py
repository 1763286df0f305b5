"""`doctor`: tries what the configuration needs, without sending, and says what to do.

The room `doctor` tries; here it is printed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

import click

from watchdesk.cli.interruption import ended_at_once
from watchdesk.cli.printing import Printer
from watchdesk.cli.session import Session, fail, json_option, pass_session, print_json, utc_now
from watchdesk.doctor import Finding, Result, findings_document, left_untried, look_around, trials, tried
from watchdesk.documents.files import files_now
from watchdesk.documents.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDE = 9
"""Columns of the result and the space behind it."""
_COLOURS = {Result.OK: "green", Result.WARNING: "yellow", Result.WRONG: "bold red", Result.UNTRIED: "cyan"}


@click.command
@json_option
@pass_session
def doctor(session: Session, *, as_json: bool) -> None:
    """Tries what the configuration needs, without sending: servers, folders, secrets, database, clock.

    Exits 1 when something needs a person. Writes nothing, and polls nothing.
    """
    state_directory = session.seen_state_directory  # root sees more than the service's user
    files = files_now(partial(session.configuration, tells=False), session.directory, state_directory)
    around = look_around(files, state_directory, utc_now)
    left = left_untried(around)
    found: list[Finding] = []
    shown = _Shown()
    with ended_at_once(), nullcontext(_quiet) if as_json else shown.waiting() as wait:
        for trial, findings in tried(trials(around)):
            if findings is None:
                wait(trial.subject)
                continue
            found += findings
            if not as_json:
                shown.add(findings)
    if as_json:
        print_json(findings_document(found, left))
    else:
        shown.end(found, left)
    if any(finding.result is Result.WRONG for finding in found):
        fail(1)


def _quiet(_subject: str) -> None:
    """Programs need not be told what is waited for."""


class _Shown:
    """The lines for people: at a terminal in colour and within its width, elsewhere each as one line."""

    def __init__(self) -> None:
        self._printer = Printer()

    @contextmanager
    def waiting(self) -> "Iterator[Callable[[str], None]]":
        """Says on a terminal what is waited for."""
        if not self._printer.is_terminal:
            yield _quiet
            return
        with self._printer.rich.status("") as status:
            yield lambda subject: status.update(f"trying: {subject}")

    def add(self, findings: Sequence[Finding]) -> None:
        """Prints them."""
        for finding in findings:
            self._line(str(finding.result), finding.said, _COLOURS[finding.result])
            if finding.to_do:
                self._line("", finding.to_do)

    def end(self, found: Sequence[Finding], left: Sequence[Finding]) -> None:
        """What it comes to, and what was not tried."""
        self._printer.print("\nnot tried, because it sends, polls or takes long:")
        for finding in left:
            self._line("", f"{finding.to_do}: {finding.what}")
        count = {result: sum(one.result is result for one in found) for result in Result}
        wrong, warnings = count[Result.WRONG], count[Result.WARNING]
        beside = f", {counted(warnings, 'warning')}" if warnings else ""
        beside += f", {count[Result.UNTRIED]} untried" if count[Result.UNTRIED] else ""
        if wrong:
            needs = "needs" if wrong == 1 else "need"
            self._printer.print(f"\n{counted(wrong, 'thing')} {needs} a person{beside}", style="bold red")
        else:
            self._printer.print(f"\nnothing needs a person{beside}", style="green")

    def _line(self, result: str, text: str, colour: str | None = None) -> None:
        if not self._printer.is_terminal:
            self._printer.write_lines([f"{result:<{_WIDE}}{text}"])
            return
        from rich.table import Table  # noqa: PLC0415 - heavy, and for terminals
        from rich.text import Text  # noqa: PLC0415

        line = Table.grid()
        line.add_column(width=_WIDE)
        line.add_column(overflow="fold")
        line.add_row(Text(result, style=colour or ""), Text(text))
        self._printer.rich.print(line)
