"""What is known of a desk that may be a trouble, and what of it is one now. Pure.

`reporting` reads the facts, all of them once; `service.liveness` judges whether the service is alive.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchdesk.config.settings import Settings
from watchdesk.model import DeadLetters, DigestMark, FailingChannel, Silence
from watchdesk.notices.causes import Cause
from watchdesk.notices.channels import failing_channels, partly_accepted, stopped_channels
from watchdesk.notices.dead_letters import dead_letters
from watchdesk.notices.digests import broken_templates, failed_digests, overdue_digests
from watchdesk.notices.room import Outlook, disk_filling
from watchdesk.notices.rules import thresholds_from_before
from watchdesk.notices.service import ConfigurationRefused
from watchdesk.notices.sources import PolledSource, troubled_sources
from watchdesk.remembered import Remembered


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that may be a trouble."""

    settings: Settings
    sources: Sequence[PolledSource]
    stopped_channels: Mapping[str, str]
    """Channel → what its receiver said."""
    dead_letters: Sequence[DeadLetters]
    failing_channels: Sequence[FailingChannel]
    receivers_notes: Sequence[tuple[str, str]]
    """What receivers said lately of what they took, by channel."""
    digest_marks: Mapping[str, DigestMark]
    silences: Sequence[Silence]
    remembered: Remembered
    outlook: Outlook | None = None
    """How the database grows; None: nobody has measured it."""


def causes(facts: Facts, now: datetime) -> Iterator[Cause]:
    """Everything that is a trouble now, reported or not."""
    yield from troubled_sources(facts.sources, now)
    yield from stopped_channels(facts.stopped_channels)
    # What a receiver said when it stopped its channel is reported with that.
    stopped = facts.stopped_channels
    yield from dead_letters(one for one in facts.dead_letters if one.error != stopped.get(one.channel, ""))
    yield from failing_channels(facts.failing_channels, now)
    yield from partly_accepted(facts.receivers_notes)
    yield from broken_templates(facts.remembered)
    yield from failed_digests(facts.remembered)
    yield from overdue_digests(facts.settings, facts.digest_marks, facts.silences, facts.remembered, now)
    yield from disk_filling(facts.outlook)
    yield from thresholds_from_before(facts.remembered)
    if refused := facts.remembered.refused:
        yield ConfigurationRefused(refused.at, refused.reason, refused.mistakes, refused.since)
