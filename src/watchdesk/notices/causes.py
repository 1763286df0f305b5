"""Every cause of trouble: the key that identifies it, the sentence that reports it, and its urgency. Pure."""

from dataclasses import replace
from typing import TypeAlias, assert_never

from watchdesk.model import Trouble
from watchdesk.notices import (
    channels,
    dead_letters,
    digests,
    fleet,
    life,
    page,
    room,
    rules,
    service,
    source_faults,
    sources,
)
from watchdesk.notices.channels import ChannelCause, ChannelFailing, ChannelStopped, PartlyAccepted
from watchdesk.notices.dead_letters import DeadDigests, DeadLetterCause, DeadNotices
from watchdesk.notices.digests import DigestCause, DigestFailed, DigestOverdue, TemplateBroken
from watchdesk.notices.fleet import (
    FilesDiffer,
    FleetCause,
    MachineCutOff,
    NobodyPolls,
    NobodySends,
    NobodySendsTo,
)
from watchdesk.notices.help import help_for
from watchdesk.notices.life import (
    LifeCause,
    PassesOverdue,
    ServiceDied,
    ServiceHangs,
    ServiceNeverStarted,
    ServiceRefused,
    ServiceStopped,
    UnitFailed,
)
from watchdesk.notices.page import PageCause, PageLocked
from watchdesk.notices.room import DiskFilling, DiskNearlyFull, RoomCause, TooLargeToKeep
from watchdesk.notices.rules import FolderRefused, RuleCause, ThresholdFromBefore
from watchdesk.notices.service import (
    ConfigurationRefused,
    DatabaseDamaged,
    DatabaseUnusable,
    Happened,
    PassWithoutDatabase,
    PollsLate,
    PollsUnrecorded,
    ReloadHanging,
    ReloadRefused,
    ServiceCause,
    StartWithoutDatabase,
    StepFailing,
    StepHanging,
)
from watchdesk.notices.source_faults import SourceFaultCause, SourceFaulty
from watchdesk.notices.sources import (
    MostSourcesFailing,
    SourceCause,
    SourceFailing,
    SourceGone,
    SourceMoved,
)

Cause: TypeAlias = (
    SourceCause
    | SourceFaultCause
    | ChannelCause
    | DeadLetterCause
    | DigestCause
    | ServiceCause
    | LifeCause
    | RuleCause
    | RoomCause
    | PageCause
    | FleetCause
)


def trouble_of(cause: Cause) -> Trouble:
    """The cause as it is reported to the operators, with the name under which it is explained.

    Its key is kept in the database and in told.json for as long as the trouble lasts. Spelled in another way,
    all that lasts would be reported once more after an upgrade.
    """
    return replace(_told(cause), help=help_for(cause))


def _told(cause: Cause) -> Trouble:  # noqa: PLR0911  one answer a subject
    match cause:
        case SourceGone() | SourceFailing() | SourceMoved() | MostSourcesFailing():
            return sources.trouble(cause)
        case SourceFaulty():
            return source_faults.trouble(cause)
        case ChannelStopped() | ChannelFailing() | PartlyAccepted():
            return channels.trouble(cause)
        case DeadDigests() | DeadNotices():
            return dead_letters.trouble(cause)
        case TemplateBroken() | DigestFailed() | DigestOverdue():
            return digests.trouble(cause)
        case (
            ConfigurationRefused()
            | ReloadRefused()
            | ReloadHanging()
            | DatabaseUnusable()
            | DatabaseDamaged()
            | StartWithoutDatabase()
            | PassWithoutDatabase()
            | PollsUnrecorded()
            | StepFailing()
            | StepHanging()
            | Happened()
            | PollsLate()
        ):
            return service.trouble(cause)
        case PageLocked() | page.LinksUnsigned():
            return page.trouble(cause)
        case (
            ServiceHangs()
            | ServiceDied()
            | ServiceRefused()
            | ServiceStopped()
            | ServiceNeverStarted()
            | PassesOverdue()
            | UnitFailed()
        ):
            return life.trouble(cause)
        case ThresholdFromBefore() | FolderRefused():
            return rules.trouble(cause)
        case DiskFilling() | DiskNearlyFull() | TooLargeToKeep():
            return room.trouble(cause)
        case FilesDiffer() | MachineCutOff() | NobodyPolls() | NobodySends() | NobodySendsTo():
            return fleet.trouble(cause)
        case _:
            assert_never(cause)


def is_urgent(cause: Cause) -> bool:
    """Whether nothing is polled, stored or delivered in time by it: then `/readyz` says 503.

    What merely costs a part of the work is not urgent.
    """
    match cause:
        case (
            ChannelStopped()
            | ChannelFailing()
            | DigestFailed()
            | DigestOverdue()
            | MostSourcesFailing()
            | DatabaseUnusable()
            | StartWithoutDatabase()
            | PassWithoutDatabase()
            | PollsUnrecorded()
            | PollsLate()
            | NobodyPolls()
            | NobodySends()
            | ServiceHangs()
            | ServiceDied()
            | ServiceRefused()
            | ServiceStopped()
            | ServiceNeverStarted()
            | PassesOverdue()
            | UnitFailed()
        ):
            return True
        case (
            SourceGone()
            | SourceFailing()
            | SourceMoved()
            | SourceFaulty()
            | PartlyAccepted()
            | DeadDigests()
            | DeadNotices()
            | TemplateBroken()
            | ThresholdFromBefore()
            | FolderRefused()
            | DiskFilling()
            | DiskNearlyFull()
            | TooLargeToKeep()
            | ConfigurationRefused()
            | ReloadRefused()
            | ReloadHanging()
            | DatabaseDamaged()
            | StepFailing()
            | StepHanging()
            | Happened()
            | PageLocked()
            | page.LinksUnsigned()
            | FilesDiffer()
            | MachineCutOff()
            | NobodySendsTo()
        ):
            return False
        case _:
            assert_never(cause)
