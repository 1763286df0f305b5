"""All that the configuration asks for, complete and checked: what polling and digesting work by.

How documents are read is named here and done in `polling.collecting`; `app` builds a plan.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from watchdesk.config.kept_outline import Outline
from watchdesk.config.link_key import LinkKey
from watchdesk.config.settings import DigestSettings, Settings
from watchdesk.digests import Templates
from watchdesk.model import Article, ChannelLimits, Entry, Fetched, Match, ParsedFeed, Priority, Source
from watchdesk.model.rule_folders import RefusedFolder
from watchdesk.ports import Channel, Fetcher
from watchdesk.rules import RuleSet

if TYPE_CHECKING:
    from watchdesk.articles import Identified

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says."""

    feed: ParsedFeed
    """Without its entries, which are in `entries`."""
    entries: tuple["Identified", ...]
    """With nothing but their keys, where `articles` has them."""
    articles: tuple[Article, ...] = ()
    """The entries as articles, in their order, where that was asked for."""


@dataclass(frozen=True, slots=True)
class DocumentReader:
    """How documents are read: in this process (`polling.collecting.READ_HERE`), or in others (`service`)."""

    document: Callable[[Fetched, Source, datetime | None], Document]
    articles: Callable[[Sequence[Entry], ParsedFeed, Source, datetime], tuple[Article, ...]]
    page: Callable[[Fetched, Source, datetime], Article]


@dataclass(frozen=True, slots=True)
class Configured:
    """What the files ask for, as values: all that is needed to look in. `Plan` adds what polls and sends."""

    settings: Settings
    rules: RuleSet
    templates: Templates = field(default_factory=Templates, kw_only=True)
    """The desk's own, which replace those of digests and notices."""
    refused_folders: tuple[RefusedFolder, ...] = field(default=(), kw_only=True)
    """Folders of rules/ that do not pass."""
    host: str = field(default_factory=lambda: os.uname().nodename, kw_only=True)
    """The name of this machine, by which a channel is bound to one."""

    @property
    def outline(self) -> Outline:
        """What of it nobody takes out by the way."""
        lacks_folders = any(folder.since is None for folder in self.refused_folders)
        return Outline.of(self.settings, len(self.rules.rules), lacks_folders=lacks_folders)

    def zone_of(self, digest: DigestSettings) -> ZoneInfo:
        """The zone of a digest's schedule and of its readers."""
        return digest.timezone or self.settings.timezone

    def language_of(self, digest: DigestSettings) -> str:
        """The language of a digest's readers, ISO 639-1."""
        return digest.language or self.settings.language

    def digests_of(self, matches: Sequence[Match]) -> Mapping[str, tuple[str, ...]]:
        """Rule id → names of the digests that the rule's match waits for, once its article is news."""
        subscriptions, labels = self.settings.digests.values(), self.rules.labels
        return {
            match.rule: tuple(
                digest.name for digest in subscriptions if digest.takes(match.rule, labels[match.rule].tags)
            )
            for match in matches
        }

    def urgent_of(self, rule_ids: Iterable[str]) -> frozenset[str]:
        """Those of the rules whose priority is high."""
        labels = self.rules.labels
        return frozenset(r for r in rule_ids if r in labels and labels[r].priority is Priority.HIGH)

    @property
    def limits(self) -> Mapping[str, ChannelLimits]:
        """By channel: how much its receiver may be sent from this machine."""
        return {name: channel.limits(self.host) for name, channel in self.settings.channels.items()}

    def elsewhere(self, channel: str) -> str | None:
        """Why this machine does not send to a channel that is bound to another; None where it may."""
        setting = self.settings.channels.get(channel)
        bound = setting.elsewhere(self.host) if setting else None
        return f"only {bound} sends to it (`on: {bound}`), and this machine is {self.host}" if bound else None


@dataclass(frozen=True, slots=True)
class Plan(Configured):
    """What the service does; a reload replaces it as a whole."""

    fetcher: Fetcher
    channels: Mapping[str, Channel]
    read: DocumentReader
    link_key: LinkKey | None = field(default=None, kw_only=True)
    """What signs links in digests; None in a process that makes none."""
