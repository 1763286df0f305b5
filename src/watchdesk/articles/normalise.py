"""An entry as its feed published it → a clean article.

Each part (address, date, language, byline, clutter) has a module of its own. For pages see `page`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watchdesk.articles.addresses import clean_url, url_key
from watchdesk.articles.bylines import byline
from watchdesk.articles.clutter import without_tail
from watchdesk.articles.dates import Published, first_date, source_zone
from watchdesk.articles.fragments import Fragments
from watchdesk.articles.language import article_language
from watchdesk.articles.lines import Line, sections, settled, text_length
from watchdesk.articles.listed_dates import read_listed_date
from watchdesk.articles.opening import without_opening
from watchdesk.articles.paragraphs import plain_lines
from watchdesk.articles.plain import (
    entry_title,
    folded,
    is_markup,
    plain_title,
    shortened,
    unescaped_markup,
    unescaped_twice,
)
from watchdesk.articles.sealing import sealed_in
from watchdesk.articles.site_lines import without_elsewhere, without_origin
from watchdesk.articles.steps import SILENT, Trail, note_entry
from watchdesk.articles.teasers import without_teasers
from watchdesk.model import Article, Entry, ParsedFeed, Section, Source

_TITLE_FROM_TEXT = 80
_MOST_OF_MARKUP = 4
"""A body's text is never so many times as long as its markup, references, cells and signs considered."""
_NO_CATEGORY = frozenset(
    ("uncategorized", "uncategorised", "allgemein", "non classé", "без рубрики", "без категорії")
)


def normalise(
    entry: Entry, feed: ParsedFeed, source: Source, now: datetime, trail: Trail = SILENT
) -> Article:
    """A clean article, first seen `now` (aware, UTC). Never fails: what cannot be read is left out.

    `trail`: collects what each step did.
    """
    draft = _draft(entry, body_lines(entry, Fragments()), feed, source, now, trail)
    language = article_language(draft.title, draft.text, source.language, draft.language_hint)
    trail.chose(
        "language", language, (("source", source.language), ("named by the feed", draft.language_hint))
    )
    return sealed_in(language, draft.article)


def normalise_all(
    entries: Iterable[Entry], feed: ParsedFeed, source: Source, now: datetime
) -> tuple[Article, ...]:
    """As `normalise`, for several entries of one feed.

    Their markup is read in one go, and their languages are: the parser and the model are larger than a
    processor's cache, so that using them between other work costs far more.
    """
    fragments = Fragments()
    read = [(entry, body_lines(entry, fragments)) for entry in entries]
    drafts = [_draft(entry, lines, feed, source, now) for entry, lines in read]
    languages = [
        article_language(draft.title, draft.text, source.language, draft.language_hint) for draft in drafts
    ]
    return tuple(
        sealed_in(language, draft.article) for draft, language in zip(drafts, languages, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    """An article without its language, and the text to detect it from."""

    article: Article
    title: str
    text: str
    language_hint: str | None


def _draft(
    entry: Entry,
    lines: Sequence[Line],
    feed: ParsedFeed,
    source: Source,
    now: datetime,
    trail: Trail = SILENT,
) -> _Draft:
    url = entry_url(entry, feed, source)
    title = entry_title(entry)
    opened = without_opening(lines, title)
    sites = [name for name in (source.title, feed.title) if name]
    own, teasers = without_teasers(opened.lines)
    own, elsewhere = without_elsewhere(own, sites)
    teasers = (*teasers, *elsewhere)
    kept, tail = without_tail(own)
    kept, origin = without_origin(kept, title, sites)
    tail = (*origin, *tail)
    if not kept and not title:
        kept, teasers, tail = opened.lines, (), ()
    found = sections(kept)
    published = _published(entry, feed, source, opened.stamp, now)
    article = Article(
        source_id=source.id,
        title=title or title_from(found) or url or source.name,
        sections=found,
        first_seen=now,
        url=url,
        url_key=url_key(url) if url else None,
        byline=byline(entry.author, source.title, feed.title),
        published_at=published.at,
        published_known=published.known,
        categories=clean_categories(entry.categories),
        source_tags=source.tags,
        removed=(*opened.removed, *teasers, *tail),
    )
    if trail.recording:
        note_entry(trail, entry, article, opened, teasers, tail)
    return _Draft(article, title, " ".join(line.text for line in kept), entry.language or feed.language)


def _published(entry: Entry, feed: ParsedFeed, source: Source, stamp: str | None, now: datetime) -> Published:
    """When it was published; a listing page prints its dates for readers, in its own language."""
    zone = source_zone(source)
    if source.kind == "page":
        listed = read_listed_date(entry.published, source.language or feed.language, zone, now)
        if listed is not None:
            return listed
    return first_date((entry.published, entry.updated, stamp), zone, now)


def entry_url(entry: Entry, feed: ParsedFeed, source: Source) -> str | None:
    """The address to open: the publisher's own if the feed leads through a counter."""
    base = feed.base_url or source.url
    return clean_url(entry.original_url, base) or clean_url(entry.url, base)


def body_lines(entry: Entry, fragments: Fragments) -> tuple[Line, ...]:
    """The lines of the entry's fullest body."""
    bodies = [body for body in (entry.content, entry.summary) if body and body.strip()]
    fullest: tuple[Line, ...] = ()
    length = -1
    for body in bodies:
        if length < _MOST_OF_MARKUP * len(body):
            lines = _lines(body, fragments)
            if (own := text_length(lines)) > length:
                fullest, length = lines, own
    return fullest


def clean_categories(names: Iterable[str]) -> tuple[str, ...]:
    """Categories as plain text, each once, without those that mean "no category"."""
    plain = {folded(name): name for name in reversed([plain_title(name) for name in names])}
    return tuple(
        name for key, name in reversed(plain.items()) if key and key not in _NO_CATEGORY and len(name) <= 100
    )


def title_from(found: Iterable[Section]) -> str:
    """The beginning of a text, as the title of an article that has none."""
    texts = (text for section in found for text in (section.heading, *section.paragraphs) if text)
    return shortened(next(texts, ""), _TITLE_FROM_TEXT)


def _lines(body: str, fragments: Fragments) -> tuple[Line, ...]:
    body = unescaped_markup(body)
    read = settled(fragments.lines(body)) if is_markup(body) else plain_lines(body)
    return tuple(
        replace(line, text=unescaped_twice(line.text)) if "&" in line.text else line for line in read
    )
