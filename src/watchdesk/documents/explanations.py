"""Why a rule found a stored article or did not, and what became of it: sentences, and one document.

`explain`, the page and the API say it by this. The reasons come from `rules.explaining`, the fate from
`digests.fate`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.digesting.fates import look_up_fate
from watchdesk.digests.fate import Fate
from watchdesk.documents.article_stories import ArticleStory, look_up_story, story_document, story_lines
from watchdesk.documents.fate_words import FateWords
from watchdesk.documents.fates import fate_document
from watchdesk.documents.said_before import Corrections, corrections
from watchdesk.documents.words import counted, day_and_time, printable
from watchdesk.model import Article, FullText
from watchdesk.plan import Configured
from watchdesk.ports import Store
from watchdesk.rules import Explanation


@dataclass(frozen=True, slots=True)
class Explained:
    """All that is known of one rule and one article."""

    article: Article
    rule_id: str
    explanation: Explanation
    fate: Fate
    corrections: Corrections
    story: ArticleStory | None
    said: Sequence[str]
    """What became of it, in sentences; details of the line before are indented."""


class ExplanationDocument(TypedDict):
    """What `watchdesk explain --json` prints."""

    article: int | None
    url: str | None
    rule: str
    in_archive: bool
    matched: bool
    because: str | None
    """Why it does not match."""
    tree: dict[str, Any]
    """The query, and what each part of it found."""
    exclude: dict[str, Any] | None
    score: dict[str, Any]
    at_least: float
    seen_in_part: list[str]
    fate: str
    """What became of it, in one word."""
    reason: str | None
    matched_at: str | None
    digests: list[dict[str, Any]]
    revisions: list[dict[str, Any]]
    revisions_left_out: int
    revisions_unreadable_until: str | None
    same_address: list[int]
    """Other articles with this address."""
    story: dict[str, Any] | None
    said: list[str]
    """All of it in sentences."""


def explain_article(
    configured: Configured, store: Store, explanation: Explanation, article: Article, now: datetime
) -> Explained:
    """Adds to what a rule says of an article what became of it."""
    rule_id, matched = explanation.rule_id, explanation.matched
    zone = configured.settings.timezone
    fate = look_up_fate(configured, store, article, rule_id, now, matches_now=matched)
    words = FateWords(article, rule_id, configured.settings, now)
    corrected = corrections(article, store.said_before(article.id or 0), fate)
    story = look_up_story(store, article)
    said = [
        *words.lines(fate, matches_now=matched),
        *([] if matched else _page_lines(configured, store, article, now)),
        *corrected.lines(now, zone),
        *(story_lines(story, now, zone) if story else ()),
    ]
    return Explained(article, rule_id, explanation, fate, corrected, story, said)


def explanation_document(explained: Explained, same_address: Sequence[int] = ()) -> ExplanationDocument:
    """The document."""
    article = explained.article
    document: Any = {
        "article": article.id,
        "url": article.url,
        "rule": explained.rule_id,
        "in_archive": True,
        **explained.explanation.as_document(),
        **fate_document(explained.fate),
        **explained.corrections.document,
        "same_address": list(same_address),
        "story": story_document(explained.story) if explained.story else None,
        "said": list(explained.said),
    }
    found: ExplanationDocument = document
    return found


def _page_lines(configured: Configured, store: Store, article: Article, now: datetime) -> Iterator[str]:
    """Says that words may be missing because the article's own page was not read."""
    from watchdesk.articles import wants_page  # noqa: PLC0415 - with all that reads pages, heavy

    source = configured.settings.sources.get(article.source_id)
    missing = store.missing_page(article.id) if article.id is not None else None
    length = f"The stored text has {counted(len(article.text.split()), 'word')}"
    if missing:
        zone = configured.settings.timezone
        yield (
            f"{length}, and the article's own page could not be read yet: {printable(missing.error)}. It is "
            f"requested again {day_and_time(missing.next_try, now, zone)}, and then matched again."
        )
    elif source and wants_page(article, replace(source, full_text=FullText.WHEN_SHORT)):
        if source.full_text is FullText.NEVER:
            yield f"{length}. Its page, which may have more, is not read (`full_text: never`)."
        else:
            yield f"{length}: the article's own page had no more, or could not be read."
