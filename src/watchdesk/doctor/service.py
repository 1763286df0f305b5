"""The service and what it left in the database: running or not, and why; sources, deliveries, troubles."""

from collections.abc import Iterator

from watchdesk.config.looking import is_folder
from watchdesk.doctor.database import opened_to_look
from watchdesk.doctor.findings import Finding, Findings, ok, untried, wrong
from watchdesk.doctor.surroundings import Surroundings
from watchdesk.documents.needs import MOST_NAMES
from watchdesk.documents.status import life_in_words
from watchdesk.documents.summary import Remembered, Summary, summarised
from watchdesk.documents.words import counted
from watchdesk.errors import UsageError
from watchdesk.notices import trouble_of

_NEVER = "not running (never started with this state directory)"


def try_service(around: Surroundings) -> Findings:
    """From its status file, its lock and the database; asks and starts nothing."""
    start = f"systemctl start {around.unit.name}" if around.unit else "watchdesk run"
    if not is_folder(around.state_directory):
        return [ok("service", f"{_NEVER}; to start it: {start}")]
    try:
        summary = summarised(
            around.files, around.state_directory, around.clock(), lambda *_: opened_to_look(around)
        )
    except (UsageError, OSError) as error:
        to_do = f"run this as {around.account}"
        return [untried("service", f"its status file may not be read: {error}", to_do)]
    found = [*_life(summary, around.holder, start)]
    if summary.remembered is None:
        return [*found, untried("sources", "there is no database to look them up in")]
    return [*found, *_sources(around, summary.remembered), *_deliveries(summary.remembered)]


def _life(summary: Summary, holder: int | None, start: str) -> Iterator[Finding]:
    causes = [trouble_of(cause) for cause in summary.verdict.causes]
    yield from (wrong("service", cause.sentence, help=cause.help) for cause in causes)
    if summary.refused and not summary.mistakes:
        first = summary.refused.splitlines()[0]
        yield wrong(
            "service", f"it refused the last reload: {first}", "watchdesk check", "configuration-refused"
        )
    if causes:
        return
    said = life_in_words(summary)
    if summary.running:
        process = f" (process {summary.service.process.pid})" if summary.service else ""
        yield ok("service", f"{said}{process}")
    elif holder is not None:
        named = f"process {holder}" if holder else "a process of another container"
        what = f"{named} holds the state directory, and says nothing of itself"
        yield wrong("service", what, "stop it, or give one of the two a --state of its own")
    else:
        yield ok("service", f"{said}; to start it: {start}")


def _sources(around: Surroundings, remembered: Remembered) -> Iterator[Finding]:
    if around.settings is None:
        return
    configured = around.settings.sources
    paused = sum(source.paused for source in configured.values())
    failing, never = remembered.sources.unhealthy, remembered.sources.never_polled
    others = [f"{paused:,} paused"] if paused else []
    others += [f"{never:,} never polled"] if never else []
    beside = f" ({', '.join(others)})" if others else ""
    if most := remembered.sources.most:
        yield wrong("sources", most.sentence, "watchdesk sources", most.help)
    elif failing:
        named = ", ".join(failing[:MOST_NAMES]) + (" …" if len(failing) > MOST_NAMES else "")
        what = f"{len(failing):,} of {counted(len(configured), 'source')} fail: {named}{beside}"
        yield wrong("sources", what, "watchdesk sources", "source-failing")
    else:
        yield ok("sources", f"{counted(len(configured), 'source')}, none failed when last polled{beside}")


def _deliveries(remembered: Remembered) -> Iterator[Finding]:
    waiting, dead = f"{remembered.deliveries_waiting:,} waiting", remembered.deliveries_dead
    if dead:
        what = f"{counted(dead, 'delivery', 'deliveries')} could not be sent, {waiting}"
        yield wrong("deliveries", what, "watchdesk deliveries --state dead", "dead-letters")
    for name, reason in remembered.stopped_channels.items():
        to_do = f"once that is fixed: watchdesk deliveries retry --channel {name}"
        yield wrong(f"channel {name}", f"it is stopped: {reason}", to_do, "channel-stopped")
    yield from (wrong("status", one.sentence, help=one.help) for one in remembered.troubles)
    if not dead:
        yield ok("deliveries", f"{waiting}, none dead")
