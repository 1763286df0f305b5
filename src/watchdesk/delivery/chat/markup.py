"""Quotes text in a chat: nothing in it is markup, mentions anyone, or becomes a link. Pure.

Anyone on the web may have written a title, and chats act on what they are sent.
"""

import html
import re
from enum import StrEnum
from urllib.parse import urlsplit

from watchdesk.digests.rendering.sanitising import percent_encoded, safe_link
from watchdesk.encoding.display import one_line

_GAP = "\u200b"
"""Zero width space: invisible, and breaks up mentions and addresses."""
_ACTS = re.compile(
    r"(?<=@)(?=\w)|(?<=<)(?=[\w/!?@#$])|(?<=:)(?=//)|(?<=\bwww)(?=\.)|(?<=\])(?=[(\[])|(?<=\|)(?=\|)", re.I
)
_MARKDOWN = re.compile(r"([\\`*_\[\]~])")
_ANGLES = str.maketrans("<>", "‹›")
_ACTS_IN_A_LINK = re.compile(r"[()\[\]*@]")
"""In Markdown, brackets end a link, and stars and @ have a meaning."""


class Markup(StrEnum):
    """A chat's markup."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"

    def plain(self, text: str) -> str:
        """The text on one line, escaped so that it shows as written."""
        words = inert(text)
        if self is Markup.HTML:
            return html.escape(words)
        if self is Markup.MARKDOWN:
            # Not every dialect of Markdown knows entities, or an escaped angle.
            return _MARKDOWN.sub(r"\\\1", words.translate(_ANGLES))
        return words

    def strong(self, text: str) -> str:
        """The same, emphasised if the markup can."""
        shown = self.plain(text)
        if self is Markup.HTML:
            return f"<b>{shown}</b>"
        return f"**{shown}**" if self is Markup.MARKDOWN else shown

    def story(self, title: str, source: str, url: str | None) -> str:
        """A line about a story, with a link to it."""
        link = link_of(url)
        shown, beside = self.plain(title), self.plain(source)
        if link is None:
            return f"• {shown} — {beside}"
        if self is Markup.HTML:
            return f'• <a href="{html.escape(link)}">{shown}</a> — {beside}'
        if self is Markup.MARKDOWN:
            return f"• [{shown}]({link}) — {beside}"
        return f"• {shown} — {beside}, {link}"

    @property
    def line_break(self) -> str:
        """Between lines."""
        return "<br>\n" if self is Markup.HTML else "\n"


def inert(text: str) -> str:
    """One line without control characters, in which no chat finds a mention, a tag or a link."""
    return _ACTS.sub(_GAP, one_line(text))


def link_of(url: str | None) -> str | None:
    """The address, safe in any markup; None where it is not safe to open."""
    safe = safe_link(url)
    if safe is None:
        return None
    parts = urlsplit(safe)
    begun = len(f"{parts.scheme}://{parts.netloc}")
    return safe[:begun] + percent_encoded(safe[begun:], _ACTS_IN_A_LINK)
