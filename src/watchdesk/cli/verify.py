"""`verify`: whether the database is whole, beside the service that uses it."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click

from watchdesk.app import storage_address
from watchdesk.cli.session import (
    Session,
    fail,
    json_option,
    pass_session,
    print_json,
    stderr,
    utc_now,
)
from watchdesk.cli.verified import (
    NOT_KEPT,
    OTHER_COPY,
    Finding,
    Verified,
    document_of,
    of_index,
    of_one_dictionary_once,
    print_verified,
)
from watchdesk.config.settings import Settings
from watchdesk.documents.words import counted, utc_text
from watchdesk.errors import DamagedStorage, StorageError
from watchdesk.remembered import Remembered, remembered
from watchdesk.service.liveness import CheckFile, Damage
from watchdesk.service.liveness.damage import read_through
from watchdesk.service.upkeep.fitting import left_from
from watchdesk.store import SqlStore, open_store
from watchdesk.store.leftovers import Terms
from watchdesk.store.verifying import SAMPLED, Verifying

SAMPLE = 200
"""Rows of each table that are read back."""
_LOOK = 0.2
_T = TypeVar("_T")


@click.command
@click.option("--all", "every", is_flag=True, help="Read every row back, not only a sample.")
@json_option
@pass_session
def verify(session: Session, *, every: bool, as_json: bool) -> None:
    """Reads the whole database and says whether it is whole; exits 1 where something is wrong.

    The service may run beside it.
    """
    configuration, state_directory, began = (
        session.readable_configuration(),
        session.named_state_directory,
        utc_now(),
    )
    address = storage_address(configuration, state_directory)
    verified = Verified()
    try:
        store = open_store(configuration.settings.storage, state_directory, may_begin=False, reads=True)
    except DamagedStorage as damage:
        verified.findings.append(Finding("structure", "the database", str(damage)))
    else:
        terms = _terms(store, configuration.settings, utc_now()) if configuration.is_whole else None
        _verify(store.verifying(), verified, terms, every=every)
        store.close()
    verified.findings = of_one_dictionary_once(verified.findings)
    if state_directory.is_dir():
        _note(CheckFile(state_directory), verified.findings)
    if as_json:
        ended = utc_now()
        print_json(document_of(verified, address, utc_text(began), utc_text(ended)))
    else:
        print_verified(verified, address)
    if verified.findings:
        fail(1)


def _terms(store: SqlStore, settings: Settings, now: datetime) -> Terms:
    try:
        facts = remembered(store)
    except StorageError:  # it is found to be damaged, and named, below
        facts = Remembered()
    return Terms(now, left_from(settings.articles.keep, facts, now), settings.sources)


def _verify(verifying: Verifying, verified: Verified, terms: Terms | None, *, every: bool) -> None:
    findings = verified.findings
    structure = _beside("structure", verifying.structure, verifying.size)
    findings += [Finding("structure", damage.part, damage.what) for damage in structure]
    try:
        broken = _beside("dictionaries", verifying.dictionaries)
        findings += [Finding("structure", damage.part, damage.what) for damage in broken]
        for number in _beside("copies of dictionaries", verifying.lost_copies):
            what = f"one of the two copies of dictionary {number} is lost"
            findings.append(Finding("copies", "dictionaries", what, OTHER_COPY))
        verified.counts = _beside("counts", verifying.counts)
        if terms:
            verified.left_behind = _beside("what was left behind", lambda: verifying.leftovers(terms))
        for wrong in _beside("references", lambda: list(verifying.references())):
            findings.append(
                Finding(
                    "references",
                    wrong.table,
                    f"{counted(wrong.rows, 'row')} whose {wrong.column} is not in {wrong.to}",
                    "these rows lead nowhere, and what they belonged to is lost; other rows are not touched",
                )
            )
    except DamagedStorage as damage:
        if not structure:  # else it is one of those
            findings.append(Finding("structure", damage.part or "the database", damage.what))
    try:
        verified.index = _beside("search index", verifying.index)
        findings += of_index(verified.index)
    except DamagedStorage as damage:
        if not structure:
            findings.append(Finding("structure", damage.part or "the search index", damage.what))
    if every:
        findings += _beside("rows", lambda: _everything(verifying, verified))
        return
    rng = random.Random()
    for table in SAMPLED:
        name = table.name
        try:
            read, damages = _beside(name, lambda table=table: verifying.sample(table, SAMPLE, rng))  # type: ignore[misc]  # a loop's
        except DamagedStorage as damage:
            if not structure:
                findings.append(Finding("rows", damage.part or name, damage.what))
            continue
        verified.read[name] = read
        findings += [Finding("rows", damage.part, damage.what) for damage in damages]


def _everything(verifying: Verifying, verified: Verified) -> Sequence[Finding]:
    verified.read = dict(verified.counts)
    return [
        Finding("rows", damage.part, damage.what)
        for _, damages in verifying.everything()
        for damage in damages
    ]


def _beside(what: str, work: Callable[[], _T], size: int | None = None) -> _T:
    """Does it in a thread, so that Ctrl-C ends the command at once, with a bar on a terminal.

    `size`: bytes that are read, if that is known.
    """
    done: list[_T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again by who waits for it
            failed.append(error)

    thread = threading.Thread(target=run, name=what, daemon=True)
    with _bar(what, size) as advance:
        thread.start()
        while thread.is_alive():
            thread.join(_LOOK)
            advance()
    if failed:
        raise failed[0]
    return done[0]


@contextmanager
def _bar(what: str, size: int | None) -> Iterator[Callable[[], object]]:
    console = stderr()
    if not console.is_terminal:
        yield lambda: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - for terminals

    before = _bytes_read()
    columns = (TextColumn(what), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=size)
        yield lambda: progress.update(task, completed=_bytes_read() - before)


def _bytes_read() -> int:
    """By this process, ever (proc(5), io)."""
    try:
        said = Path("/proc/self/io").read_text(encoding="ascii")
    except OSError:
        return int(time.monotonic())
    return int(said.split("rchar:")[1].split()[0])


def _note(file: CheckFile, findings: Sequence[Finding]) -> None:
    """Where `status` finds it: damage stays known until a whole reading finds none."""
    now = utc_now()
    damages = [Damage(f.part, f.what, now) for f in findings if f.kind not in NOT_KEPT]
    file.change(lambda state: read_through(state, now, now) if not state.began else state)
    if damages:
        file.add(*damages)
