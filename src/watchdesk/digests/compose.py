"""Matches → a digest: grouped by rule, copies of a story folded, best first, cut at `most`. Pure.

Every match that is given is in the digest: as a story, as a copy of one, or counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from watchdesk.config.settings import DigestSettings
from watchdesk.model import (
    Digest,
    DigestPart,
    DigestStory,
    Past,
    Priority,
    RuleLabel,
    SourceHealth,
    WaitingMatch,
)

_ORDER = {Priority.HIGH: 0, Priority.NORMAL: 1, Priority.LOW: 2}


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
) -> Digest:
    """The digest of what waits. A rule that was edited away since keeps its matches, under its id.

    `timezone`: of the reader, whose days the counts are of.
    """
    parts = [
        DigestPart(rules.get(rule_id) or RuleLabel(rule_id, rule_id), tuple(_stories(matches, past)))
        for rule_id, matches in _by_rule(waiting).items()
    ]
    found = {part.rule.id for part in parts}
    return Digest(
        name=setting.name,
        title=setting.title,
        composed_at=now,
        since=past.since,
        parts=_cut(sorted(parts, key=_rank), setting.most),
        quiet_rules=tuple(
            rule for rule in rules.values() if rule.id not in found and setting.takes(rule.id, rule.tags)
        ),
        health=tuple(health),
        id=digest_id,
    )


def _by_rule(waiting: Iterable[WaitingMatch]) -> dict[str, list[WaitingMatch]]:
    grouped: dict[str, list[WaitingMatch]] = {}
    for match in waiting:
        grouped.setdefault(match.rule_id, []).append(match)
    return grouped


def _stories(matches: Iterable[WaitingMatch], past: Past) -> list[DigestStory]:
    """Best story first; within a story, the best article first and its copies after it."""
    by_story: dict[int, list[WaitingMatch]] = {}
    for match in matches:
        by_story.setdefault(match.story_id, []).append(match)
    ordered = [sorted(copies, key=_within_story) for copies in by_story.values()]
    stories = [
        DigestStory(
            copies[0].story_id, copies[0], tuple(copies[1:]), told_at=past.told.get(copies[0].story_id)
        )
        for copies in ordered
    ]
    return sorted(stories, key=lambda story: (-story.best.match.score, _newest_first(story), story.story_id))


def _within_story(match: WaitingMatch) -> tuple[float, datetime, int]:
    """The highest score; among equals who had it first."""
    return (-match.match.score, match.article.when, match.id)


def _newest_first(story: DigestStory) -> float:
    return -story.best.article.when.timestamp()


def _rank(part: DigestPart) -> tuple[int, float, int, str]:
    """Rules of high priority first, then by their best story."""
    best = max((story.best.match.score for story in part.stories), default=0.0)
    return (_ORDER[part.rule.priority], -best, -len(part.stories), part.rule.id)


def _cut(parts: Sequence[DigestPart], most: int) -> tuple[DigestPart, ...]:
    """At most `most` stories, dealt to the rules in turn, so that a loud rule does not silence a rare one."""
    shown = [0] * len(parts)
    left = most
    while left > 0 and any(shown[n] < len(part.stories) for n, part in enumerate(parts)):
        for number, part in enumerate(parts):
            if left > 0 and shown[number] < len(part.stories):
                shown[number] += 1
                left -= 1
    return tuple(
        replace(part, stories=part.stories[:count], more=part.stories[count:])
        for part, count in zip(parts, shown, strict=True)
    )
