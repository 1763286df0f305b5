"""Decides what became of an article for a rule, and nowhere else. Pure.

`watchdesk explain` shows it for one article; `status` and the foot of a digest count the same standings.
"""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from watchdesk.config.settings import DigestSettings
from watchdesk.digests.due import Departure
from watchdesk.digests.rendering.sanitising import safe_link
from watchdesk.model import (
    Article,
    Delivery,
    HeldUpdate,
    MoreSources,
    Released,
    RuleLabel,
    Standing,
    StoredMatch,
    WentOut,
)


class Shown(StrEnum):
    """How a digest showed an article."""

    STORY = "story"
    FOLDED = "folded"
    """As a copy of another article, whose headline stands for both."""
    HEADLINE = "headline"
    """By its headline alone: the digest had more stories than its `most`."""
    UPDATE = "update"
    """By its headline among the updates, because the digest had told its story."""
    HELD_BACK = "held-back"
    """In the list of what a silence had held back."""
    COUNTED = "counted"
    """Only counted, because the page had no room for it."""


@dataclass(frozen=True, slots=True)
class Waits:
    """It waits for a digest."""

    digest: str
    departure: Departure
    silent_until: datetime | None = None
    """Its rule is silent until then, and holds it back."""
    held: MoreSources | HeldUpdate | None = None
    """Why it does not make the digest go out; None: it does."""


@dataclass(frozen=True, slots=True)
class WaitsInVain:
    """It waits for a digest that is not in the configuration any more."""

    digest: str


@dataclass(frozen=True, slots=True)
class Out:
    """A digest showed it."""

    digest: str
    digest_id: str
    composed_at: datetime
    shown: Shown
    within: str | None
    """The headline that stands for it, where it is folded."""
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class OutAndGone:
    """A digest that was pruned since showed it."""

    digest: str
    digest_id: str


@dataclass(frozen=True, slots=True)
class LetGo:
    """It waited for a digest, which let it go."""

    digest: str
    released: Released


@dataclass(frozen=True, slots=True)
class AskedLater:
    """A digest asks for the rule now, and did not when the article was found."""

    digest: str


Course = Waits | WaitsInVain | Out | OutAndGone | LetGo | AskedLater


@dataclass(frozen=True, slots=True)
class NotFound:
    """The rule does not match it, and never did."""


@dataclass(frozen=True, slots=True)
class FoundSince:
    """The rule matches it now, but did not when it arrived."""


@dataclass(frozen=True, slots=True)
class ArchiveOnly:
    """The rule found it, but it was not to alert anyone."""

    matched_at: datetime
    standing: Standing | None
    """None: why was not recorded yet when it was decided."""


@dataclass(frozen=True, slots=True)
class InNoDigest:
    """The rule found it, but no digest asks for the rule."""

    matched_at: datetime


@dataclass(frozen=True, slots=True)
class InDigests:
    """The rule found it; what became of it in each digest."""

    matched_at: datetime
    courses: tuple[Course, ...]


Fate = NotFound | FoundSince | ArchiveOnly | InNoDigest | InDigests


def fate_of(
    article: Article,
    rule: RuleLabel,
    found: StoredMatch | None,
    *,
    matches_now: bool,
    subscriptions: Mapping[str, DigestSettings],
    departures: Mapping[str, Departure],
    silent_until: datetime | None,
    went_out: Mapping[str, WentOut],
    held: Mapping[str, MoreSources | HeldUpdate],
) -> Fate:
    """What became of the article.

    `found`: the rule's stored match. `departures`: when each digest goes out for which the article waits.
    `went_out`: the digests that hold it, by id. `held`: by digest, why it does not make that go out.
    """
    if found is None:
        return FoundSince() if matches_now else NotFound()
    if not found.digests and found.standing is not Standing.NEWS:
        return ArchiveOnly(found.matched_at, found.standing)
    asking = [digest.name for digest in subscriptions.values() if digest.takes(rule.id, rule.tags)]
    courses: list[Course] = []
    for name in dict.fromkeys([*found.digests, *found.released, *asking]):
        digest_id = found.digests.get(name)
        if digest_id is not None:
            made = went_out.get(digest_id)
            courses.append(_out(article, rule.id, made) if made else OutAndGone(name, digest_id))
        elif name in found.digests:
            waits = (
                Waits(name, departures[name], silent_until, held.get(name)) if name in departures else None
            )
            courses.append(waits or WaitsInVain(name))
        elif name in found.released:
            courses.append(LetGo(name, found.released[name]))
        else:
            courses.append(AskedLater(name))
    return InDigests(found.matched_at, tuple(courses)) if courses else InNoDigest(found.matched_at)


def _out(article: Article, rule_id: str, made: WentOut) -> Out:
    shown, within = shown_in(document_of(made), rule_id, article, made.rendered.html)
    return Out(made.name, made.digest_id, made.composed_at, shown, within, made.deliveries)


def document_of(made: WentOut) -> Mapping[str, Any]:
    """The digest's JSON document; empty where it cannot be read."""
    try:
        document = json.loads(made.rendered.json)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def shown_in(
    document: Mapping[str, Any], rule_id: str, article: Article, page: str
) -> tuple[Shown, str | None]:
    """How a digest shows the article, and under which headline where it is folded.

    `document` says how it was composed; whether there was room for it, `page`.
    """
    for rule in document.get("rules", ()):
        if rule["id"] != rule_id:
            continue
        shown, within = _place_in(rule, article.id)
        if shown is not Shown.COUNTED and not _names(page, article):
            return Shown.COUNTED, within
        return shown, within
    return Shown.COUNTED, None


def _place_in(rule: Mapping[str, Any], article_id: int | None) -> tuple[Shown, str | None]:
    for story in rule["stories"]:
        if story["article"]["id"] == article_id:
            return Shown.STORY, None
        if any(copy["id"] == article_id for copy in story["also_in"]):
            return Shown.FOLDED, story["article"]["title"]
    lists: Sequence[tuple[Shown, str]] = (
        (Shown.HEADLINE, "more"),
        (Shown.UPDATE, "updates"),
        (Shown.HELD_BACK, "held_back"),
    )
    for shown, name in lists:
        for brief in rule.get(name, ()):
            if brief["article"]["id"] == article_id:
                return shown, None
            if article_id in brief.get("copies", ()):
                return Shown.FOLDED, brief["article"]["title"]
    return Shown.COUNTED, None


def _names(page: str, article: Article) -> bool:
    """Whether the page links to the article; assumed for an article without an address."""
    link = safe_link(article.url)
    return link is None or link in html.unescape(page)
