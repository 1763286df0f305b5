"""What is known of a desk that may be a trouble, and what of it is one now. Pure.

`reporting` reads the facts, all of them once; `service.liveness` judges whether the service is alive.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from watchdesk.config.settings import Settings
from watchdesk.model import DeadLetters, DigestMark, FailingChannel, ReportedTrouble, Silence
from watchdesk.model.hosts import FleetHost
from watchdesk.model.rule_folders import RefusedFolder
from watchdesk.notices.causes import Cause
from watchdesk.notices.channels import failing_channels, partly_accepted, stopped_channels
from watchdesk.notices.dead_letters import dead_letters
from watchdesk.notices.digests import broken_templates, failed_digests, overdue_digests
from watchdesk.notices.fleet import FILES_DIFFER, fleet_causes
from watchdesk.notices.room import Outlook, disk_filling, too_large
from watchdesk.notices.rules import refused_folders, thresholds_from_before
from watchdesk.notices.service import ConfigurationRefused
from watchdesk.notices.source_faults import faulty_sources
from watchdesk.notices.sources import MOST_FAILING, PolledSource, most_failing, troubled_sources
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
    reported: Mapping[str, ReportedTrouble] = field(default_factory=dict)
    """By key, what the operators know of."""
    outlook: Outlook | None = None
    """How the database grows; None: nobody has measured it."""
    refused_folders: Sequence[RefusedFolder] = ()
    """Folders of rules/ that do not pass."""
    hosts: Sequence[FleetHost] = ()
    """The machines that share the work."""


def causes(facts: Facts, now: datetime) -> Iterator[Cause]:
    """Everything that is a trouble now, reported or not."""
    yield from troubled_sources(facts.sources, now)
    polled = sum(not source.paused for source in facts.settings.sources.values())
    yield from most_failing(facts.sources, polled, was_told=MOST_FAILING in facts.reported)
    yield from faulty_sources(facts.remembered.source_faults, facts.settings)
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
    yield from too_large(facts.outlook)
    yield from thresholds_from_before(facts.remembered)
    yield from refused_folders(facts.refused_folders)
    yield from fleet_causes(facts.hosts, told_of_files=FILES_DIFFER in facts.reported)
    if refused := facts.remembered.refused:
        yield ConfigurationRefused(refused.at, refused.reason, refused.mistakes, refused.since)
