"""Ranks a digest: its stories, the articles of a story, and its rules. Pure."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from watchdesk.config.settings import RuleOrder
from watchdesk.digests.genres import Genre, genre_of
from watchdesk.model import DigestPart, DigestStory, Priority, WaitingMatch

HALF_LIFE = timedelta(days=1)
"""The time after which half of the freshness bonus is gone."""
_BREADTH = 0.25
"""The bonus for each doubling of the sources that carry a story."""
_HIGHEST = 1.0
"""Scores go to 1; a match that was stored before they did may have more."""
_ABOUT_IT = 0.5
"""Score from which an article is about what was asked: above it, its title only has more of the words."""
_ORDER = {Priority.HIGH: 0, Priority.NORMAL: 1, Priority.LOW: 2}

Weights = Mapping[str, float]
"""By source id; a source that is not named weighs 1."""


def rank_of(story: DigestStory, weights: Weights, now: datetime) -> float:
    """Score × source weight × freshness × breadth: how high a story stands.

    Freshness is 2 for what was published now, 1.5 a day later, and never less than 1. Breadth is 1 for one
    source, and a quarter more for each doubling.
    """
    age = max(now - story.best.article.when, timedelta(0))
    freshness = 1 + math.exp2(-(age / HALF_LIFE))
    sources = {match.article.source_id for match in (story.best, *story.others)}
    return _weighed(story.best, weights) * freshness * (1 + _BREADTH * math.log2(len(sources)))


def best_first(stories: Sequence[DigestStory], weights: Weights, now: datetime) -> tuple[DigestStory, ...]:
    """Stories by rank; among equals the newest."""
    return tuple(sorted(stories, key=lambda s: (-rank_of(s, weights, now), *_newest(s.best), s.story_id)))


def within_story(copies: Sequence[WaitingMatch], weights: Weights) -> tuple[WaitingMatch, ...]:
    """The article that leads first.

    A report before opinion, lists, live pages and previews; then the source that weighs most; then the score,
    as far as it says what an article is about; then who had it first.
    """

    def order(match: WaitingMatch) -> tuple[bool, float, float, datetime, int]:
        article = match.article
        weight = weights.get(article.source_id, 1.0)
        about = min(match.match.score, _ABOUT_IT)
        return genre_of(article) is not Genre.REPORT, -weight, -about, article.when, match.id

    return tuple(sorted(copies, key=order))


def parts_in_order(
    parts: Sequence[DigestPart], order: RuleOrder, rule_ids: Sequence[str], weights: Weights, now: datetime
) -> list[DigestPart]:
    """Rules of the digest. `rule_ids`: all of the files, in their order; a rule that is gone comes last."""
    if order is RuleOrder.FILE:
        places = {rule_id: place for place, rule_id in enumerate(rule_ids)}
        return sorted(parts, key=lambda part: (places.get(part.rule.id, len(places)), part.rule.id))
    ranks = {p.rule.id: max((rank_of(s, weights, now) for s in p.stories), default=0.0) for p in parts}
    return sorted(
        parts,
        key=lambda p: (_ORDER[p.rule.priority], -ranks[p.rule.id], -len(p.stories), p.rule.id),
    )


def _weighed(match: WaitingMatch, weights: Weights) -> float:
    return min(match.match.score, _HIGHEST) * weights.get(match.article.source_id, 1.0)


def _newest(match: WaitingMatch) -> tuple[float]:
    return (-match.article.when.timestamp(),)
