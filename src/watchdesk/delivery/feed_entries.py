"""What entries of Atom feeds say of a digest and of its stories. Pure."""

import hashlib
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import lxml.html
from lxml import etree

from watchdesk.delivery.atom_feed import Entry, identity
from watchdesk.delivery.channels.files import fit
from watchdesk.delivery.digest_document import document_in
from watchdesk.digests.rendering.languages import words_of
from watchdesk.digests.rendering.sanitising import safe_link
from watchdesk.digests.rendering.words import Words
from watchdesk.encoding.xml import permitted
from watchdesk.model import Rendered

_MOST_OTHERS = 8
"""Articles elsewhere that an entry lists."""


@dataclass(frozen=True)
class Issue:
    """A digest that went out."""

    digest_id: str
    composed_at: datetime
    rendered: Rendered

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """Its JSON document, read once for all of its rules."""
        return document_in(self.rendered)


def digest_entry(issue: Issue) -> Entry:
    """The digest, with its page."""
    return Entry(
        id=identity("digest", fit(issue.digest_id)),
        title=issue.rendered.subject,
        updated=issue.composed_at,
        published=issue.composed_at,
        content_html=_within_body(issue.rendered.html),
    )


def story_entries(rule: Mapping[str, Any], issue: Issue) -> list[Entry]:
    """The stories of a rule, best first: in full, by headline, updates, and those held back by a silence."""
    words = words_of(str(issue.document.get("language", "en")))
    lists = (rule["stories"], *(rule.get(name, ()) for name in ("more", "updates", "held_back")))
    return [_story(rule["id"], story, issue, words) for shown in lists for story in shown]


def _story(rule_id: str, story: Mapping[str, Any], issue: Issue, words: Words) -> Entry:
    article = story["article"]
    known_by = article["url"] or f"{article['source']} {article['title']}"
    mark = hashlib.sha256(known_by.encode("utf-8", "replace")).hexdigest()[:32]
    return Entry(
        id=identity("rule", fit(rule_id), mark),
        title=article["title"],
        updated=issue.composed_at,
        published=datetime.fromisoformat(article["published_at"] or article["first_seen"]),
        author=_author(article),
        link=safe_link(article["url"]),
        summary_html=_marked(story["snippet"], story["marks"]) if "snippet" in story else None,
        content_html=_content(story, words),
        category=rule_id,
        replaces=story.get("updated", False),
    )


def _author(article: Mapping[str, Any]) -> str:
    """Who wrote it, and where."""
    source = article.get("source_name") or article["source"]
    return f"{article['byline']}, {source}" if article.get("byline") else str(source)


def _content(story: Mapping[str, Any], words: Words) -> str | None:
    """The article's paragraphs, or their beginning for a headline; the story elsewhere; the desk's pages."""
    text = story.get("text") or story.get("summary")
    written = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in text.split("\n\n")) if text else ""
    others = [_elsewhere(article) for article in story.get("also_in", ())[:_MOST_OTHERS]]
    if written and others:
        written += f"<p>{html.escape(words.also_in + words.colon)}</p><ul>{''.join(others)}</ul>"
    return f"{written}{_links(story.get('links'), words)}" or None


def _links(links: Mapping[str, str] | None, words: Words) -> str:
    """The desk's pages for readers, as far as they reach any."""
    if not links:
        return ""
    named = {"why": words.why_this, "not_this": words.not_this, "more_like_this": words.more_like_this}
    shown = [
        f'<a href="{html.escape(links[name])}">{html.escape(said)}</a>'
        for name, said in named.items()
        if safe_link(links.get(name))
    ]
    return f"<p>{' · '.join(shown)}</p>" if shown else ""


def _elsewhere(article: Mapping[str, Any]) -> str:
    title, link = html.escape(article["title"]), safe_link(article["url"])
    shown = f'<a href="{html.escape(link)}">{title}</a>' if link else title
    return f"<li>{shown} · {html.escape(article.get('source_name') or article['source'])}</li>"


def _marked(snippet: str, marks: Sequence[Sequence[int]]) -> str:
    """The snippet as HTML, with the matched words marked."""
    written, end = [], 0
    for start, stop in marks:
        written += [html.escape(snippet[end:start]), "<mark>", html.escape(snippet[start:stop]), "</mark>"]
        end = stop
    return "".join([*written, html.escape(snippet[end:])])


def _within_body(page: str) -> str:
    """The content of the page's body, for readers that show it within a page of their own."""
    try:
        body = lxml.html.document_fromstring(permitted(page)).find("body")
    except (etree.ParserError, ValueError):
        return ""
    if body is None:
        return ""
    inside = [html.escape(body.text or "", quote=False)]
    inside += [lxml.html.tostring(child, encoding="unicode") for child in body]
    return "".join(inside).strip()
