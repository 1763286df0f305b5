"""One stored article as its page and the API show it: what rules say of it, its story, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.digesting.fates import Background, look_up_fate, read_background
from watchdesk.digests.fate import Course, Fate, InDigests, NotFound
from watchdesk.documents.article_stories import ArticleStory, look_up_story, story_document, story_lines
from watchdesk.documents.articles import ArticlePart, RuleMatchPart, article_document, match_document
from watchdesk.documents.fate_words import FateWords
from watchdesk.documents.fates import fate_document
from watchdesk.documents.rule_answers import Answers
from watchdesk.documents.said_before import Corrections, corrections
from watchdesk.documents.words import utc_text
from watchdesk.model import Article
from watchdesk.plan import Configured
from watchdesk.ports import Store

MOST_FATES = 20
"""Rules of which is told what became of the article."""


@dataclass(frozen=True, slots=True)
class FateOf:
    """What became of the article under one rule."""

    rule_id: str
    title: str
    fate: Fate | None
    """None: the rule is no longer in the files."""
    said: Sequence[str]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """All that is known of an article."""

    article: Article
    answers: Answers
    fates: Sequence[FateOf]
    more_fates: int
    story: ArticleStory | None
    story_said: Sequence[str]
    corrections: Corrections
    before_said: Sequence[str]


class FateDocument(TypedDict):
    """What became of an article under one rule."""

    rule: str
    in_files: bool
    fate: str | None
    """In one word."""
    reason: str | None
    matched_at: str | None
    digests: list[dict[str, Any]]
    said: list[str]
    """The same in sentences."""


class ArticleDetailDocument(ArticlePart):
    """An article of the archive."""

    id: int | None
    first_seen: str | None
    updated_at: str | None
    matches: list[RuleMatchPart]
    """Of the rules as they are now."""
    fates: list[FateDocument]
    """What became of it under each rule that found it, or would now."""
    story: dict[str, Any] | None
    revisions: list[dict[str, Any]]
    """What it said before, the newest first."""
    revisions_left_out: int
    revisions_unreadable_until: str | None


def view_article(
    configured: Configured, store: Store, article: Article, answers: Answers, now: datetime
) -> ArticleView:
    """Reads what is known of it."""
    behind, zone = read_background(store, article, now), configured.settings.timezone
    matched = {rule.id for rule, _ in answers.matches}
    found = list(dict.fromkeys([*(one.match.rule for one in behind.stored), *sorted(matched)]))
    fates = [
        _fate(configured, store, article, rule, rule in matched, behind, now) for rule in found[:MOST_FATES]
    ]
    corrected = corrections(article, store.said_before(article.id or 0), _together(fates))
    story = look_up_story(store, article)
    return ArticleView(
        article,
        answers,
        fates,
        len(found) - len(fates),
        story,
        list(story_lines(story, now, zone)) if story else [],
        corrected,
        list(corrected.lines(now, zone)),
    )


def _fate(
    configured: Configured,
    store: Store,
    article: Article,
    rule_id: str,
    matches_now: bool,  # noqa: FBT001 - private, and asked in one place
    behind: Background,
    now: datetime,
) -> FateOf:
    label = configured.rules.labels.get(rule_id)
    if label is None:
        at = next(utc_text(one.matched_at) for one in behind.stored if one.match.rule == rule_id)
        return FateOf(rule_id, rule_id, None, [f"It found this at {at}, and is no longer in the files."])
    fate = look_up_fate(configured, store, article, rule_id, now, matches_now=matches_now, background=behind)
    words = FateWords(article, rule_id, configured.settings, now)
    return FateOf(rule_id, label.title, fate, list(words.lines(fate, matches_now=matches_now)))


def _together(fates: Sequence[FateOf]) -> Fate:
    """What became of it in all digests, whichever rule brought it there."""
    held = [one.fate for one in fates if isinstance(one.fate, InDigests)]
    courses: tuple[Course, ...] = tuple(course for fate in held for course in fate.courses)
    return InDigests(min(fate.matched_at for fate in held), courses) if held else NotFound()


def article_view_document(view: ArticleView) -> ArticleDetailDocument:
    """The document."""
    article = view.article
    document: Any = {
        "id": article.id,
        **article_document(article),
        "first_seen": utc_text(article.first_seen),
        "updated_at": utc_text(article.updated_at),
        "matches": [match_document(match) for _, match in view.answers.matches],
        "fates": [_fate_document(one) for one in view.fates],
        "story": story_document(view.story) if view.story else None,
        **view.corrections.document,
    }
    found: ArticleDetailDocument = document
    return found


def _fate_document(one: FateOf) -> FateDocument:
    absent: dict[str, Any] = {"fate": None, "reason": None, "matched_at": None, "digests": []}
    known = fate_document(one.fate) if one.fate else absent
    document: Any = {"rule": one.rule_id, "in_files": one.fate is not None, **known, "said": list(one.said)}
    found: FateDocument = document
    return found
