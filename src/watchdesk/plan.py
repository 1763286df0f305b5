"""All that the configuration asks for, complete and checked: what polling and digesting work by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from watchdesk.articles import Identified
from watchdesk.config.settings import DigestSettings, Settings
from watchdesk.digests import Templates
from watchdesk.model import Article, ChannelLimits, Entry, Fetched, ParsedFeed, Source
from watchdesk.ports import Channel, Fetcher
from watchdesk.rules import RuleSet

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says."""

    feed: ParsedFeed
    """Without its entries, which stand in `entries`."""
    entries: tuple[Identified, ...]
    """With nothing but their keys, where they were made articles."""
    articles: tuple[Article, ...] = ()
    """The entries as articles, in their order, where that was asked for."""


@dataclass(frozen=True, slots=True)
class DocumentReader:
    """Where documents are read: in this process, or in processes of their own. See `polling.documents`."""

    document: Callable[[Fetched, Source, datetime | None], Document]
    articles: Callable[[Sequence[Entry], ParsedFeed, Source, datetime], tuple[Article, ...]]
    page: Callable[[Fetched, Source, datetime], Article]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the service does; a reload replaces it as a whole."""

    settings: Settings
    rules: RuleSet
    fetcher: Fetcher
    channels: Mapping[str, Channel]
    read: DocumentReader
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
