"""`status`: a one-screen summary, for people and for monitoring. It answers whatever is broken.

`documents.summary` gathers what it shows.
"""

from datetime import datetime
from itertools import islice

import click

from watchdesk.cli.printing import Printer
from watchdesk.cli.session import (
    Session,
    fail,
    json_option,
    pass_session,
    print_json,
    utc_now,
)
from watchdesk.documents.files import files_now
from watchdesk.documents.status import (
    life_in_words,
    looked_back_in_words,
    next_digests,
    page_in_words,
    reload_in_words,
    room_in_words,
    status_document,
    waiting_by_digest,
)
from watchdesk.documents.summary import MOST_NAMES, Remembered, Summary, summarised
from watchdesk.documents.words import counted, day_and_time, printable, without_steering

_MOST_DIGESTS = 10
_MOST_MISTAKES = 3
"""That are shown with the lines that they are on."""


@click.command
@json_option
@pass_session
def status(session: Session, *, as_json: bool) -> None:
    """Prints a one-screen summary; exits 1 when something needs a person."""
    summary = _summarised(session)
    if as_json:
        print_json(status_document(summary))
    else:
        _print(summary)
    if summary.needs:
        fail(1)


def _summarised(session: Session) -> Summary:
    files = files_now(session.configuration, session.directory, session.named_state_directory)
    return summarised(files, session.named_state_directory, utc_now())


def _print(summary: Summary) -> None:
    console, found = Printer(), summary.remembered or Remembered()
    console.print(f"service     {life_in_words(summary)}")
    if reloaded := reload_in_words(summary):
        console.print(f"reloaded    {reloaded}", markup=False, soft_wrap=True)
    if page := page_in_words(summary):
        console.print(f"page        {page}", markup=False, soft_wrap=True)
    if summary.configured:
        configured = len(summary.configured.settings.sources)
        failing = f"{len(found.unhealthy) or 'none'} failing"
        console.print(f"sources     {configured}, {failing if summary.remembered else 'health unknown'}")
    if summary.remembered:
        console.print(f"articles    {found.articles_today:,} in the last 24 hours")
    if found.archive_only:
        kept = counted(sum(found.archive_only.values()), "match", "matches")
        console.print(f"            {kept} in the archive only: too old, or undated at the first poll")
    for rule, count in islice(found.too_wide.items(), MOST_NAMES):
        console.print(
            f"too wide    {rule}: {count:,} articles in 24 hours, too many to read: watchdesk rules",
            markup=False,
            soft_wrap=True,
        )
    _print_digests(console, summary)
    if summary.remembered:
        console.print(f"deliveries  {found.deliveries_waiting} waiting, {found.deliveries_dead} dead")
    else:
        console.print("database    cannot be used")
    if found.outlook:
        console.print(f"database    {room_in_words(found.outlook)}")
    _print_needs(console, summary)


def _print_needs(console: Printer, summary: Summary) -> None:
    """What needs a person; below a mistake in the files, the lines that are wrong, with a caret."""
    quoted = summary.quoted
    for note in islice(summary.remembered.noted if summary.remembered else (), MOST_NAMES):
        console.print(f"noted       {printable(note)}", markup=False, soft_wrap=True)
    for need in summary.needs:
        _print_need(console, printable(need))
        if quoted and printable(quoted[0].partition("\n")[0]) in printable(need):
            for line in (line for mistake in quoted[:_MOST_MISTAKES] for line in mistake.splitlines()):
                console.print(f"  {without_steering(line)}", markup=False, soft_wrap=True)
    if not summary.needs:
        console.print("\nnothing needs a person", style="green")


def _print_digests(console: Printer, summary: Summary) -> None:
    now, found = summary.now, summary.remembered or Remembered()
    for fact in islice(found.looked_back, MOST_NAMES):
        console.print(f"looked back {looked_back_in_words(fact)}", markup=False, soft_wrap=True)
    waiting, departures = waiting_by_digest(summary), next_digests(summary)
    for name, count in islice(waiting.items(), _MOST_DIGESTS):
        when = departures.get(name)
        then = f", goes out {day_and_time(when, now, summary.zone)}" if isinstance(when, datetime) else ""
        then = f", {when}" if isinstance(when, str) else then
        waits = counted(count, "match", "matches") if count else "nothing"
        console.print(f"digest      {name}: {waits} waiting{then}", markup=False, soft_wrap=True)
    for rule, until in islice(found.silent, MOST_NAMES):
        when = day_and_time(until, now, summary.zone)
        console.print(f"silent      {rule} until {when}", markup=False, soft_wrap=True)
    if len(waiting) > _MOST_DIGESTS:
        console.print(f"            and {counted(len(waiting) - _MOST_DIGESTS, 'more digest')}")


def _print_need(console: Printer, need: str) -> None:
    if console.is_terminal:
        from rich.markup import escape  # noqa: PLC0415 - heavy

        console.print(f"\n[bold red]![/] {escape(need)}")
    else:
        console.print(f"\n! {need}", markup=False, soft_wrap=True)
