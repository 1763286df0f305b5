"""Sources that can be read, and bring too little, or lose or confuse their entries. Pure.

`service.upkeep.watching_sources` finds them; `scheduling.pace` judges how much is usual.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from watchdesk.config.settings import Settings
from watchdesk.config.shown_address import shown_address
from watchdesk.model import FaultKind, SourceFault, SourceFaults, Trouble
from watchdesk.notices import subjects
from watchdesk.notices.wording import clock


@dataclass(frozen=True, slots=True)
class SourceFaulty:
    """A source is read, and is not well all the same."""

    name: str
    fault: SourceFault


SourceFaultCause: TypeAlias = SourceFaulty


def faulty_sources(found: SourceFaults | None, settings: Settings) -> Iterator[SourceFaulty]:
    """Those that are still polled at the address that it was found of."""
    for fault in found.faults if found else ():
        source = settings.sources.get(fault.source_id)
        if source and not source.paused and fault.url in (None, source.url):
            yield SourceFaulty(source.name, fault)


def needs_person(cause: SourceFaulty) -> bool:
    """Whether somebody has to look; else watchdesk copes, or it is past."""
    return cause.fault.kind in (FaultKind.SILENT, FaultKind.SLOW)


def trouble(cause: SourceFaulty) -> Trouble:
    """See `causes.trouble_of`."""
    fault, address = cause.fault, shown_address(cause.fault.url or "its address")
    who, key = f"{cause.name} ({address})", f"{fault.kind}:{fault.source_id}"
    match fault.kind:
        case FaultKind.SILENT:
            return Trouble(
                key,
                f"{who} can be read, and has brought nothing new since {clock(fault.since)}, where some "
                f"{fault.usual:,} entries are usual for these hours and days of the week; it was never "
                "silent for so long. Look at the site: has it moved its feed, or stopped keeping it up?",
                recovery=f"{who} brings something new again.",
                subject=subjects.pace(fault.source_id),
            )
        case FaultKind.SLOW:
            return Trouble(
                key,
                f"{who} brought {fault.brought:,} entries in three days, where {fault.usual:,} are usual for "
                "these days of the week, and never so few in the weeks before. Look at the site: does its "
                "feed still hold all that it publishes?",
                recovery=f"{who} is no longer far below what is usual, as the last weeks have it.",
                subject=subjects.pace(fault.source_id),
            )
        case FaultKind.GAP:
            return Trouble(
                key,
                f"{who} held no entry of the poll before at {clock(fault.since)}: what came in between and "
                "had left its feed is lost. It is polled more often now; where that does not help, give it a "
                "smaller `fastest`.",
                recovery=f"No gap was found in {who} for a week.",
                subject=subjects.gaps(fault.source_id),
            )
        case FaultKind.GUIDS:
            return Trouble(
                f"{key}:{fault.url and address}",
                f"{who} gives one guid to different entries, so its guids have not been believed since "
                f"{clock(fault.since)}: its entries are known by their addresses, titles and words. Nothing "
                "is lost; watchdesk sources shows the guid. Its publisher may want to know.",
                recovery=f"{cause.name} has another address, and its guids are believed until they repeat.",
                subject=subjects.address(fault.source_id),
            )
        case _:
            assert_never(fault.kind)
