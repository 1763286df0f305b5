"""What is wrong with a source that can be read: it brings too little, or loses or confuses its entries."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FaultKind(StrEnum):
    """What is wrong."""

    SILENT = "silent"
    """It answers, and has brought nothing new for much longer than it ever does."""
    SLOW = "slow"
    """It brings far less than in any of the weeks before."""
    GAP = "gap"
    """Entries were lost between two polls."""
    GUIDS = "guids"
    """Its guids do not tell its entries apart."""


@dataclass(frozen=True, slots=True)
class SourceFault:
    """One of them, of one source."""

    source_id: str
    kind: FaultKind
    url: str | None
    """The configured address that it is about."""
    since: datetime
    """When something new came last, when the days that brought little began, when a gap was last found, or
    since when guids are not believed."""
    brought: int = 0
    """Entries in those days."""
    usual: int = 0
    """How many are usual in that time, at these hours and days of the week."""


@dataclass(frozen=True, slots=True)
class SourceFaults:
    """All that were found at the last look."""

    faults: tuple[SourceFault, ...] = ()
