"""Everything the configuration asks for, complete and checked; and what a poll came to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from watchdesk.config.settings import DigestSettings, Settings
from watchdesk.digests import Templates
from watchdesk.model import Article, ChannelLimits, Match
from watchdesk.pipeline.documents import Reading
from watchdesk.ports import Channel, Fetcher
from watchdesk.rules import RuleSet

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the service does; a reload replaces it as a whole."""

    settings: Settings
    rules: RuleSet
    fetcher: Fetcher
    channels: Mapping[str, Channel]
    read: Reading
    """Reads documents, here or in processes of their own."""
    templates: Templates = field(default_factory=Templates)
    """The desk's own, in place of those of digests and notices."""

    def zone_of(self, digest: DigestSettings) -> ZoneInfo:
        """Of a digest's schedule, and of its readers."""
        return digest.timezone or self.settings.timezone

    def language_of(self, digest: DigestSettings) -> str:
        """Of a digest's readers, ISO 639-1."""
        return digest.language or self.settings.language

    @property
    def limits(self) -> Mapping[str, ChannelLimits]:
        """What each channel's receiver is spared."""
        return {name: channel.limits for name, channel in self.settings.channels.items()}


class PollOutcome(StrEnum):
    """What a poll came to, as `once --json` says it."""

    NEW = "new"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class FoundMatch:
    """A match that a poll brought, and the digests it waits for."""

    article: Article
    match: Match
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PollReport:
    """One poll of one source. Updated articles are not new, but may bring matches."""

    source_id: str
    outcome: PollOutcome
    status: int | None = None
    new_articles: int = 0
    updated_articles: int = 0
    error: str | None = None
    matches: tuple[FoundMatch, ...] = field(default=())
    next_poll: datetime | None = None
    """None: it is not polled again, for its publisher said that it is gone."""
