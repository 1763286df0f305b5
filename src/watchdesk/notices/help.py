"""Where each cause of trouble is explained. Pure."""

from collections.abc import Mapping

from watchdesk.model.help_names import HelpName
from watchdesk.notices.channels import ChannelFailing, ChannelStopped, PartlyAccepted
from watchdesk.notices.dead_letters import DeadDigests, DeadNotices
from watchdesk.notices.digests import DigestFailed, DigestOverdue, TemplateBroken
from watchdesk.notices.fleet import FilesDiffer, MachineCutOff, NobodyPolls, NobodySends, NobodySendsTo
from watchdesk.notices.life import (
    PassesOverdue,
    ServiceDied,
    ServiceHangs,
    ServiceNeverStarted,
    ServiceRefused,
    ServiceStopped,
    UnitFailed,
)
from watchdesk.notices.page import LinksUnsigned, PageLocked
from watchdesk.notices.room import DiskFilling, DiskNearlyFull, TooLargeToKeep
from watchdesk.notices.rules import FolderRefused, ThresholdFromBefore
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
    StartWithoutDatabase,
    StepFailing,
    StepHanging,
)
from watchdesk.notices.source_faults import SourceFaulty
from watchdesk.notices.sources import MostSourcesFailing, SourceFailing, SourceGone, SourceMoved

HELP: Mapping[type[object], HelpName] = {
    SourceGone: "source-gone",
    SourceFailing: "source-failing",
    SourceMoved: "source-moved",
    SourceFaulty: "source-faulty",
    MostSourcesFailing: "most-sources-failing",
    ChannelStopped: "channel-stopped",
    ChannelFailing: "channel-failing",
    PartlyAccepted: "partly-accepted",
    DeadDigests: "dead-letters",
    DeadNotices: "dead-letters",
    TemplateBroken: "template-broken",
    DigestFailed: "digest-failed",
    DigestOverdue: "digest-overdue",
    ConfigurationRefused: "configuration-refused",
    ReloadRefused: "configuration-refused",
    ReloadHanging: "reload-hanging",
    DatabaseUnusable: "database-unusable",
    DatabaseDamaged: "database-damaged",
    StartWithoutDatabase: "database-unusable",
    PassWithoutDatabase: "database-unusable",
    PollsUnrecorded: "polls-unrecorded",
    PollsLate: "polls-late",
    StepFailing: "step-failing",
    StepHanging: "step-hanging",
    Happened: "something-happened",
    PageLocked: "page-locked",
    LinksUnsigned: "links-unsigned",
    ServiceHangs: "service-hangs",
    ServiceDied: "service-not-running",
    ServiceStopped: "service-not-running",
    ServiceNeverStarted: "service-not-running",
    ServiceRefused: "service-refused",
    UnitFailed: "service-not-running",
    PassesOverdue: "passes-overdue",
    ThresholdFromBefore: "old-threshold",
    FolderRefused: "folder-refused",
    DiskFilling: "disk-nearly-full",
    DiskNearlyFull: "disk-nearly-full",
    TooLargeToKeep: "too-large-to-keep",
    FilesDiffer: "files-differ",
    MachineCutOff: "machine-cut-off",
    NobodyPolls: "work-missing",
    NobodySends: "work-missing",
    NobodySendsTo: "work-missing",
}
"""Of each cause; a test holds that none is forgotten."""


def help_for(cause: object) -> HelpName | None:
    """The name under which the cause is explained."""
    if isinstance(cause, DatabaseUnusable) and cause.disk_is_full:
        return "disk-full"
    return HELP.get(type(cause))
