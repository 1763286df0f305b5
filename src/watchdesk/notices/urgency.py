"""Which causes mean that nothing is polled, stored or delivered in time: by them `/readyz` says 503. Pure."""

from typing import assert_never

from watchdesk.notices.causes import Cause
from watchdesk.notices.channels import ChannelFailing, ChannelStopped, PartlyAccepted
from watchdesk.notices.dead_letters import DeadDigests, DeadNotices
from watchdesk.notices.digests import DigestFailed, DigestOverdue, TemplateBroken
from watchdesk.notices.life import (
    PassesOverdue,
    ServiceDied,
    ServiceHangs,
    ServiceNeverStarted,
    ServiceRefused,
    ServiceStopped,
)
from watchdesk.notices.room import DiskFilling, DiskNearlyFull
from watchdesk.notices.rules import ThresholdFromBefore
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


def is_urgent(cause: Cause) -> bool:
    """Whether it stops the work itself, and does not merely cost a part of it."""
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
            | ServiceHangs()
            | ServiceDied()
            | ServiceRefused()
            | ServiceStopped()
            | ServiceNeverStarted()
            | PassesOverdue()
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
            | DiskFilling()
            | DiskNearlyFull()
            | ConfigurationRefused()
            | ReloadRefused()
            | ReloadHanging()
            | DatabaseDamaged()
            | StepFailing()
            | StepHanging()
            | Happened()
        ):
            return False
        case _:
            assert_never(cause)
