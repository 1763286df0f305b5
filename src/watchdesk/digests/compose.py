"""Composes a digest of matches: groups by rule, folds copies of a story, ranks, and cuts at `most`. Pure.

Every given match is in the digest: as a story, as a copy of one, or by its headline.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from watchdesk.config.settings import DigestSettings
from watchdesk.digests.ranking import Weights, best_first, parts_in_order, within_story
from watchdesk.digests.round_robin import shares
from watchdesk.digests.silences import held_until, silent_until
from watchdesk.model import (
    Digest,
    DigestPart,
    DigestStory,
    Past,
    RuleLabel,
    SourceHealth,
    Spike,
    WaitingMatch,
)

HISTORY = 14
"""How many bars a rule's history has: the digest's own window, and the days before."""
_SHORTEST = timedelta(hours=20)
"""A shorter window cannot be compared with days: its bar then shows the last 24 hours."""
_LONGEST = timedelta(days=31)
_QUARTER = timedelta(minutes=15)


def compose(
    setting: DigestSettings,
    rules: Mapping[str, RuleLabel],
    waiting: Sequence[WaitingMatch],
    health: Sequence[SourceHealth],
    past: Past,
    *,
    now: datetime,
    timezone: ZoneInfo,
    digest_id: str,
    weights: Weights | None = None,
    spikes: Sequence[Spike] = (),
    updates: Collection[int] = (),
    ask: Sequence[str] = (),
) -> Digest:
    """The digest of what waits. A rule that was edited away since keeps its matches, under its id.

    `rules`: all there are, in the order of their files. `timezone`: of the reader, whose days the counts
    are of. `weights`: of sources. `updates`: ids of matches that are listed by their headlines, because
    their stories were told. `ask`: addresses of those whom readers may ask.
    """
    weights = weights or {}
    parts = [
        _part(rules.get(rule_id) or RuleLabel(rule_id, rule_id), matches, past, weights, now, updates)
        for rule_id, matches in _by_rule(waiting).items()
    ]
    found = {part.rule.id for part in parts}
    silent = silent_until(past.silences, now)
    starts = history_starts(past.since, now, timezone)
    own = [rule for rule in rules.values() if setting.takes(rule.id, rule.tags)]
    not_quiet = {*found, *silent, *past.unread_rules}
    return Digest(
        name=setting.name,
        title=setting.title,
        composed_at=now,
        since=past.since,
        parts=tuple(
            replace(
                part,
                history=_history(past.found.get(part.rule.id, {}), starts, _articles(part)),
                history_since=starts[-1],
            )
            for part in _cut(parts_in_order(parts, setting.order, list(rules), weights, now), setting.most)
        ),
        quiet_rules=tuple(rule for rule in own if rule.id not in not_quiet),
        health=tuple(health),
        id=digest_id,
        spikes=tuple(spikes),
        silenced=tuple((rule, silent[rule.id]) for rule in own if rule.id in silent),
        articles_seen=past.articles_seen,
        sources_read=past.sources_read,
        last_read=past.last_read,
        archive_only=past.archive_only,
        channels=setting.to,
        ask=tuple(ask),
        not_wanted=past.not_wanted,
        waits=past.waits,
    )


def _by_rule(waiting: Iterable[WaitingMatch]) -> dict[str, list[WaitingMatch]]:
    grouped: dict[str, list[WaitingMatch]] = {}
    for match in waiting:
        grouped.setdefault(match.rule_id, []).append(match)
    return grouped


def _part(
    rule: RuleLabel,
    matches: Sequence[WaitingMatch],
    past: Past,
    weights: Weights,
    now: datetime,
    updates: Collection[int],
) -> DigestPart:
    """Best story first. What was held back stands apart, unless its story goes on; so do updates."""
    fresh: list[DigestStory] = []
    held_back: list[DigestStory] = []
    for story in _stories([match for match in matches if match.id not in updates], past, weights):
        was_held = all(held_until(match, past.silences) for match in (story.best, *story.others))
        (held_back if was_held else fresh).append(story)
    ends = [held_until(match, past.silences) for story in held_back for match in (story.best, *story.others)]
    return DigestPart(
        rule,
        best_first(fresh, weights, now),
        held_back=best_first(held_back, weights, now),
        held_until=max((end for end in ends if end), default=None),
        updates=best_first(
            _stories([match for match in matches if match.id in updates], past, weights), weights, now
        ),
    )


def _stories(matches: Iterable[WaitingMatch], past: Past, weights: Weights) -> list[DigestStory]:
    by_story: dict[int, list[WaitingMatch]] = {}
    for match in matches:
        by_story.setdefault(match.story_id, []).append(match)
    found: list[DigestStory] = []
    for story_id, copies in by_story.items():
        best, *others = within_story(copies, weights)
        told_at = past.told.get(story_id)
        found.append(DigestStory(story_id, best, tuple(others), told_at, past.coverage.get(story_id)))
    return found


def _cut(parts: Sequence[DigestPart], most: int) -> tuple[DigestPart, ...]:
    """Keeps at most `most` stories in full; the others are named."""
    shown = shares([len(part.stories) for part in parts], most)
    return tuple(
        replace(part, stories=part.stories[:count], more=part.stories[count:])
        for part, count in zip(parts, shown, strict=True)
    )


def history_starts(since: datetime | None, now: datetime, timezone: ZoneInfo) -> Sequence[datetime]:
    """When each bar of the history begins: the digest's own window last, and local days before it.

    A digest goes out at seven in the morning: its day so far would say nothing of what it holds.
    """
    own = since
    if own is None or now - own < _SHORTEST:
        own = _days_before(now, 1, timezone)
    own = max(own, now - _LONGEST)
    return [_days_before(own, number, timezone) for number in reversed(range(HISTORY))]


def _days_before(moment: datetime, days: int, timezone: ZoneInfo) -> datetime:
    """The time as local clocks show it."""
    return (moment.astimezone(timezone) - timedelta(days=days)).astimezone(UTC)


def _history(found: Mapping[datetime, int], starts: Sequence[datetime], articles: int) -> tuple[int, ...]:
    """The counts by bar. What the digest holds counts in its own window, whenever it was published."""
    counts = [0] * len(starts)
    for quarter, count in found.items():
        bar = bisect_right(starts, quarter + _QUARTER - timedelta(microseconds=1)) - 1
        if bar >= 0:
            counts[bar] += count
    return (*counts[:-1], max(counts[-1], articles))


def _articles(part: DigestPart) -> int:
    return sum(1 + len(story.others) for story in (*part.stories, *part.more, *part.updates))
