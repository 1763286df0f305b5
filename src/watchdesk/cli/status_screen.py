"""The screen of `status`. `documents.summary` gathers what it shows."""

from datetime import datetime
from itertools import islice

from watchdesk.cli.printing import Printer
from watchdesk.documents.fleet import fleet_in_words
from watchdesk.documents.needs import MOST_NAMES
from watchdesk.documents.source_health import SourcesFound, sources_in_words
from watchdesk.documents.status import (
    life_in_words,
    looked_back_in_words,
    next_digests,
    page_in_words,
    reload_in_words,
    room_in_words,
    waiting_by_digest,
)
from watchdesk.documents.summary import Remembered, Summary
from watchdesk.documents.words import counted, day_and_time, printable, without_steering
from watchdesk.model.help_names import with_help

_MOST_DIGESTS = 8
_MOST_MISTAKES = 3
"""That are shown with the lines that they are on."""


def print_summary(summary: Summary) -> None:
    """Prints it, with what needs a person last."""
    console, found = Printer(), summary.remembered or Remembered()
    console.print(f"service     {life_in_words(summary)}")
    if reloaded := reload_in_words(summary):
        console.print(f"reloaded    {reloaded}", markup=False, soft_wrap=True)
    if page := page_in_words(summary):
        console.print(f"page        {page}", markup=False, soft_wrap=True)
    if fleet := fleet_in_words(found.hosts, summary.now):
        console.print(f"machines    {fleet}", markup=False, soft_wrap=True)
    if summary.remembered:
        console.print(f"sources     {sources_in_words(found.sources)}")
    elif summary.configured:
        console.print(f"sources     {len(summary.configured.settings.sources)}, health unknown")
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
    for note in islice(summary.noted, MOST_NAMES):
        console.print(f"noted       {printable(note)}", markup=False, soft_wrap=True)
    for need in summary.needs:
        _print_need(console, with_help(printable(need.sentence), need.help))
        for line in (line for mistake in need.quoted[:_MOST_MISTAKES] for line in mistake.splitlines()):
            console.print(f"  {without_steering(line)}", markup=False, soft_wrap=True)
    if not summary.needs:
        found = summary.remembered.sources if summary.remembered else SourcesFound()
        unasked = found.count and found.never_polled == found.count
        so_far = " so far: no source was asked yet" if unasked else ""
        console.print(f"\nnothing needs a person{so_far}", style=None if unasked else "green")


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
