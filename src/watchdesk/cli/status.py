"""`status`: a one-screen summary, for people and for monitoring. It answers whatever is broken.

`summary` gathers what it shows.
"""

from collections.abc import Mapping
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
    utc_text,
)
from watchdesk.cli.summary import MOST_NAMES, Remembered, Summary, summarised
from watchdesk.cli.waiting import next_issue
from watchdesk.cli.words import ago, counted, day_and_time, printable
from watchdesk.notices.room import Outlook
from watchdesk.notices.wording import size_in_words
from watchdesk.service.liveness import LifeState

_MOST_DIGESTS = 10


@click.command
@json_option
@pass_session
def status(session: Session, *, as_json: bool) -> None:
    """Prints a one-screen summary; exits 1 when something needs a person."""
    summary = summarised(session, utc_now())
    if as_json:
        print_json(_document(summary))
    else:
        _print(summary)
    if summary.needs:
        fail(1)


def _waiting(summary: Summary) -> Mapping[str, int]:
    """Waiting matches by digest; if the files are broken, of the digests that the database knows."""
    found = summary.remembered.marks if summary.remembered else {}
    names = summary.configured.settings.digests if summary.configured else found
    return {name: found.get(name, 0) for name in names}


def _document(summary: Summary) -> dict[str, object]:
    found = summary.remembered or Remembered()
    next_digests = _next_digests(summary)
    return {
        "running": summary.running,
        "heartbeat": utc_text(summary.heartbeat),
        "sources": {
            "configured": len(summary.configured.settings.sources) if summary.configured else None,
            "unhealthy": list(found.unhealthy),
        },
        "articles_last_24h": found.articles_today if summary.remembered else None,
        "matches_waiting": dict(_waiting(summary)),
        "next_digests": {
            name: utc_text(when) if isinstance(when, datetime) else None
            for name, when in next_digests.items()
        },
        "deliveries": {"waiting": found.deliveries_waiting, "dead": found.deliveries_dead},
        "stopped_channels": dict(found.stopped_channels),
        "silent": {rule: utc_text(until) for rule, until in found.silent},
        "archive_only_last_24h": {str(s or "not-recorded"): n for s, n in found.archive_only.items()},
        "too_wide": dict(found.too_wide),
        "service": _service_document(summary),
        "database": {
            "usable": summary.remembered is not None,
            "trouble": summary.database,
            **_size_document(found.outlook),
            "damages": [
                {"part": damage.part, "what": damage.what, "found": utc_text(damage.found)}
                for damage in summary.damages
            ],
        },
        "configuration": {"mistakes": list(summary.mistakes), "refused": summary.refused},
        "needs": list(summary.needs),
    }


def _service_document(summary: Summary) -> dict[str, object]:
    service = summary.service
    return {
        "state": str(summary.verdict.state),
        "ought_to_run": summary.verdict.ought_to_run,
        "pid": service.process.pid if service else None,
        "started": utc_text(service.started) if service else None,
        "steps": {
            name: {"last": utc_text(step.ended), "failures": step.failures, "reason": step.reason}
            for name, step in sorted(service.steps.items())
        }
        if service
        else {},
    }


def _next_digests(summary: Summary) -> Mapping[str, datetime | str]:
    configured = summary.configured
    if configured is None:
        return {}
    return {
        name: next_issue(configured, digest, summary.now)
        for name, digest in configured.settings.digests.items()
    }


def _print(summary: Summary) -> None:
    console, now, found = Printer(), summary.now, summary.remembered or Remembered()
    console.print(f"service     {_life_in_words(summary)}")
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
    waiting, next_digests = _waiting(summary), _next_digests(summary)
    for name, count in islice(waiting.items(), _MOST_DIGESTS):
        when = next_digests.get(name)
        then = f", goes out {day_and_time(when, now, summary.zone)}" if isinstance(when, datetime) else ""
        then = f", {when}" if isinstance(when, str) else then
        waits = counted(count, "match", "matches") if count else "nothing"
        console.print(f"digest      {name}: {waits} waiting{then}", markup=False, soft_wrap=True)
    for rule, until in islice(found.silent, MOST_NAMES):
        when = day_and_time(until, now, summary.zone)
        console.print(f"silent      {rule} until {when}", markup=False, soft_wrap=True)
    if len(waiting) > _MOST_DIGESTS:
        console.print(f"            and {counted(len(waiting) - _MOST_DIGESTS, 'more digest')}")
    if summary.remembered:
        console.print(f"deliveries  {found.deliveries_waiting} waiting, {found.deliveries_dead} dead")
    else:
        console.print("database    cannot be used")
    if found.outlook:
        console.print(f"database    {_size_in_words(found.outlook)}")
    for need in summary.needs:
        _print_need(console, printable(need))
    if not summary.needs:
        console.print("\nnothing needs a person", style="green")


def _size_in_words(outlook: Outlook) -> str:
    """`2.5 GB, 63 MB a week, 410 days at this pace until its disk is full`."""
    said = size_in_words(outlook.size.total)
    if outlook.per_week is None:
        return said
    if not outlook.grows:
        return f"{said}, hardly more than before"
    said += f", {size_in_words(outlook.per_week)} a week"
    if outlook.full_in is not None:
        return f"{said}, {counted(outlook.full_in.days, 'day')} at this pace until its disk is full"
    if outlook.level_in is not None and outlook.level_at is not None:
        then = f"at about {size_in_words(outlook.level_at)}, as old articles are removed"
        return f"{said}, {counted(outlook.level_in.days, 'day')} until it levels off {then}"
    return said


def _size_document(outlook: Outlook | None) -> dict[str, object]:
    """Bytes and days; all null where it cannot be read."""
    size = outlook.size if outlook else None
    return {
        "size": size.total if size else None,
        "used": size.used if size else None,
        "free": size.free if size else None,
        "growth_per_week": outlook.per_week if outlook else None,
        "full_in_days": outlook.full_in.days if outlook and outlook.full_in is not None else None,
        "level_in_days": outlook.level_in.days if outlook and outlook.level_in is not None else None,
        "level_at": outlook.level_at if outlook else None,
    }


def _print_need(console: Printer, need: str) -> None:
    if console.is_terminal:
        from rich.markup import escape  # noqa: PLC0415 - heavy

        console.print(f"\n[bold red]![/] {escape(need)}")
    else:
        console.print(f"\n! {need}", markup=False, soft_wrap=True)


def _life_in_words(summary: Summary) -> str:
    said = ago(summary.heartbeat, summary.now)
    ahead = said.startswith("in ")  # the clock was ahead at that time, or is behind now
    alive = f"its last heartbeat is dated {said.removeprefix('in ')} from now" if ahead else f"alive {said}"
    if summary.running:
        return f"running, {alive}"
    state = summary.verdict.state
    if state is LifeState.HANGS and summary.disk_is_full:
        return f"silent, {alive}: the disk is full, and its status cannot be written"
    states = {LifeState.HANGS: "hangs", LifeState.DIED: "died", LifeState.REFUSED: "could not start"}
    if state is LifeState.NEVER:
        return "not running (never started with this state directory)"
    return f"not running ({states[state]}, {alive})" if state in states else "not running"
