"""What needs a person, one sentence each, and what it is about, so that a page can show that beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, assert_never

from watchdesk.documents.words import counted
from watchdesk.model import Trouble
from watchdesk.model.help_names import HelpName
from watchdesk.notices import trouble_of
from watchdesk.notices.channels import stopped_channels
from watchdesk.notices.fleet import (
    FilesDiffer,
    FleetCause,
    MachineCutOff,
    NobodyPolls,
    NobodySends,
    NobodySendsTo,
    fleet_causes,
    in_words,
    work_missing,
)
from watchdesk.notices.help import help_for
from watchdesk.notices.service import DatabaseDamaged
from watchdesk.plan import Configured
from watchdesk.service.liveness import damage_causes

if TYPE_CHECKING:
    from watchdesk.documents.summary import Remembered, Summary

MOST_NAMES = 5


class About(Enum):
    """What a page shows, or has a page of."""

    FILES = "files"
    GONE = "sources that are gone for good"
    FAILING = "sources that fail"
    DEAD_LETTERS = "dead letters"
    FLEET = "fleet"


@dataclass(frozen=True, slots=True)
class Need:
    """One of them."""

    said: str
    see: str = ""
    """Where to look, on the command line."""
    then: str = ""
    """What goes on meanwhile."""
    about: About | None = None
    help: HelpName | None = None
    """Where it is explained."""
    quoted: tuple[str, ...] = ()
    """The mistakes of files that it is about, with the lines that they are on."""

    @property
    def sentence(self) -> str:
        """For whoever reads the command line."""
        return f"{self.said}{self.see}{self.then}"

    @property
    def on_page(self) -> str:
        """Where what is to be seen stands beside it."""
        return f"{self.said}{self.then}"


def needs_of(summary: "Summary") -> Sequence[Need]:
    """All of them, what keeps the service from its work first."""
    # Of damage the file of checks says more, and sooner, than what the service wrote of itself.
    causes = [cause for cause in summary.verdict.causes if not isinstance(cause, DatabaseDamaged)]
    wants = [_of(trouble_of(cause)) for cause in (*causes, *damage_causes(summary.damages))]
    if summary.elsewhere and not summary.running:
        wants.append(
            Need("the service has stopped without saying so, or hangs; look at its log", help="service-hangs")
        )
    if summary.database and not any(summary.database in want.sentence for want in wants):
        name = summary.database_help
        full = "the service cannot write (a full disk?): " if name == "disk-full" else ""
        wants.append(Need(f"{full}{summary.database}", help=name))
    if summary.service and summary.running and (heart := summary.service.heartbeat) and heart.trouble:
        where = "see `heartbeat` in watchdesk.yaml"
        said = f"the heartbeat for the outside watcher fails: {heart.trouble}; {where}"
        wants.append(Need(said, help="heartbeat-failing"))
    wants += _of_files(summary)
    wants += [
        Need(folder.sentence, "; see `watchdesk check`", "", About.FILES, "folder-refused", folder.quoted)
        for folder in summary.refused_folders
    ]
    if summary.remembered:
        wants += _of_database(summary.remembered, summary.configured)
    if summary.service and summary.running:
        told = {trouble_of(cause).sentence for cause in summary.verdict.causes}
        wants += _urgent(summary, told | {want.sentence for want in wants})
    wants += [_of(trouble_of(cause)) for cause in summary.little_room]
    if summary.disk_is_full:
        wants.append(
            Need(
                "the disk of the state directory is full: free some space; nothing is lost meanwhile",
                help="disk-full",
            )
        )
    return wants


def _of(trouble: Trouble) -> Need:
    return Need(trouble.sentence, help=trouble.help)


def _of_files(summary: "Summary") -> Sequence[Need]:
    see = "; see `watchdesk check`"
    name: HelpName = "configuration-refused"
    if summary.mistakes:
        more = len(summary.mistakes) - 1
        others = f", and {counted(more, 'more mistake')}" if more else ""
        goes_on = "; the service keeps the previous configuration" if summary.running else ""
        wrong = f"the files cannot be used as they are: {summary.mistakes[0]}{others}"
        return [Need(wrong, see, goes_on, About.FILES, name, tuple(summary.quoted))]
    if summary.refused:
        first = summary.refused.partition("\n")[0]
        refused = f"the last reload was refused: {first}"
        return [Need(refused, see, "", About.FILES, name, tuple(summary.quoted))]
    return []


def _of_database(found: "Remembered", configured: Configured | None) -> Sequence[Need]:
    missing = work_missing(found.hosts, configured.settings if configured else None)
    wants = [_of_fleet(cause) for cause in missing]
    most = found.sources.most
    if most:
        wants.append(_of(most))
    if gone := found.sources.gone:
        said = f"gone for good: {_first_of(gone)}; find the new address, or take it out of the files"
        wants.append(Need(said, "; see `watchdesk sources`", about=About.GONE, help="source-gone"))
    if failing := found.sources.failing:
        said = f"failing: {_first_of(failing)}"
        wants.append(Need(said, "; see `watchdesk sources`", about=About.FAILING, help="source-failing"))
    if found.deliveries_dead:
        dead = f"{counted(found.deliveries_dead, 'delivery', 'deliveries')} could not be sent"
        wants.append(
            Need(dead, "; see `watchdesk deliveries --state dead`", "", About.DEAD_LETTERS, "dead-letters")
        )
    wants += [
        Need(
            f"channel {name} is stopped: {reason}; once fixed: watchdesk deliveries retry --channel {name}",
            help="channel-stopped",
        )
        for name, reason in found.stopped_channels.items()
    ]
    wants += map(_of_fleet, fleet_causes(found.hosts))
    return [*wants, *map(_of, found.troubles)]


def _of_fleet(cause: FleetCause) -> Need:
    match cause:
        case FilesDiffer():
            said = in_words(cause)
        case MachineCutOff() | NobodyPolls() | NobodySends() | NobodySendsTo():
            said = trouble_of(cause).sentence
        case _:
            assert_never(cause)
    return Need(said, "; see `watchdesk fleet`", "", About.FLEET, help_for(cause))


def _urgent(summary: "Summary", known: set[str]) -> Sequence[Need]:
    """What the running service knows, and the database does not."""
    stopped = summary.remembered.stopped_channels if summary.remembered else {}
    told = known | {trouble_of(cause).sentence for cause in stopped_channels(stopped)}
    urgent = summary.service.urgent if summary.service else ()
    return [Need(sentence) for sentence in urgent if sentence not in told]


def _first_of(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")
