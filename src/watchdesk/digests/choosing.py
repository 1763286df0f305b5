"""Chooses what of a digest's queue is news, what is an update, and what waits for more sources. Pure.

A membership that is not sure decides nothing here: such an article counts as a story of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from watchdesk.config.settings import DigestSettings, Updates
from watchdesk.model import Coverage, DigestMark, HeldUpdate, MoreSources, Queue, Queued

PATIENCE = timedelta(hours=48)
"""How long a match waits for more sources to tell its story."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of the matches in a digest's queue, by their ids."""

    news: Mapping[int, datetime]
    """What goes out, and since when it may."""
    held: Mapping[int, MoreSources | HeldUpdate] = field(default_factory=dict)
    """What does not make the digest due."""
    unwanted: Mapping[int, int] = field(default_factory=dict)
    """What has waited too long for more sources, and how many told it."""

    @property
    def updates(self) -> frozenset[int]:
        """What is listed by its headline when the digest goes out."""
        return frozenset(id_ for id_, why in self.held.items() if isinstance(why, HeldUpdate))

    @property
    def waits(self) -> int:
        """How many wait for more sources."""
        return len(self.held) - len(self.updates)

    @property
    def taken(self) -> frozenset[int]:
        """All that the digest holds when it goes out."""
        return self.updates.union(self.news)


def chooses(setting: DigestSettings) -> bool:
    """Whether the digest asks anything of stories; else all that waits is news."""
    return setting.only is not None or setting.updates is Updates.HOLD


def choose(
    setting: DigestSettings,
    queued: Sequence[Queued],
    coverage: Mapping[int, Coverage],
    told: Mapping[int, datetime],
    now: datetime,
) -> Choice:
    """What becomes of each match.

    `coverage`: who tells each story. `told`: by story, when the digest last held an article that surely
    belongs to it.
    """
    held: dict[int, MoreSources | HeldUpdate] = {
        match.id: HeldUpdate(told[match.story_id])
        for match in queued
        if setting.updates is Updates.HOLD and match.is_sure and match.story_id in told
    }
    fresh = [match for match in queued if match.id not in held]
    if setting.only is None:
        return Choice({match.id: match.matched_at for match in fresh}, held)
    news = _wanted(setting.only.sources, fresh, coverage)
    news |= _shown_with(fresh, news)
    unwanted: dict[int, int] = {}
    for match in fresh:
        until = match.matched_at + PATIENCE
        if match.id in news:
            continue
        if now < until:
            held[match.id] = MoreSources(_sources_of(match, coverage), setting.only.sources, until)
        else:
            unwanted[match.id] = _sources_of(match, coverage)
    return Choice(news, held, unwanted)


def _wanted(number: int, queued: Sequence[Queued], coverage: Mapping[int, Coverage]) -> dict[int, datetime]:
    """What so many sources told in time, and since when they did."""
    found: dict[int, datetime] = {}
    for match in queued:
        of_story = coverage.get(match.story_id) if match.is_sure else None
        enough = of_story.told_by(number) if of_story else None
        if enough is not None and enough <= match.matched_at + PATIENCE:
            found[match.id] = max(enough, match.matched_at)
    return found


def _shown_with(queued: Sequence[Queued], news: Mapping[int, datetime]) -> dict[int, datetime]:
    """What is shown with such a story, by its headline, though it does not surely belong to it."""
    stories: dict[int, datetime] = {}
    for match in queued:
        if match.id in news:
            since = news[match.id]
            stories[match.story_id] = min(since, stories.get(match.story_id, since))
    return {
        match.id: max(stories[match.story_id], match.matched_at)
        for match in queued
        if not match.is_sure and match.story_id in stories
    }


def _sources_of(match: Queued, coverage: Mapping[int, Coverage]) -> int:
    return coverage[match.story_id].count if match.is_sure and match.story_id in coverage else 1


def mark_of(mark: DigestMark, queued: Sequence[Queued], choice: Choice) -> DigestMark:
    """The mark with only the news in its queues, which wait since they are news."""
    queues: dict[str, Queue] = {}
    for match in queued:
        since = choice.news.get(match.id)
        if since is None:
            continue
        before = queues.get(match.rule_id)
        queues[match.rule_id] = (
            Queue(before.waiting + 1, min(before.oldest, since)) if before else Queue(1, since)
        )
    return replace(mark, queues=queues, held=len(choice.held))
