"""Text from elsewhere as a chat shows it: nothing in it is markup, pings anyone, or is a link. Pure.

A title is what anyone on the web may have written, and chats act upon what is written in them.
"""

import html
import re
from enum import StrEnum
from urllib.parse import urlsplit

from watchdesk.digests.rendering.sanitising import percent_encoded, safe_link
from watchdesk.encoding.display import one_line

_GAP = "\u200b"
"""Zero width space: unseen, and what it stands in is no mention and no address any more."""
_ACTS = re.compile(
    r"(?<=@)(?=\w)|(?<=<)(?=[\w/!?@#$])|(?<=:)(?=//)|(?<=\bwww)(?=\.)|(?<=\])(?=[(\[])|(?<=\|)(?=\|)", re.I
)
_MARKDOWN = re.compile(r"([\\`*_\[\]~])")
_ANGLES = str.maketrans("<>", "‹›")
_ACTS_IN_A_LINK = re.compile(r"[()\[\]*@]")
"""Brackets end a link in Markdown, stars and @ act."""


class Markup(StrEnum):
    """How a chat is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"

    def plain(self, text: str) -> str:
        """The text on one line, shown as it was written."""
        words = inert(text)
        if self is Markup.HTML:
            return html.escape(words)
        if self is Markup.MARKDOWN:
            # Not every dialect of Markdown knows entities, or an escaped angle.
            return _MARKDOWN.sub(r"\\\1", words.translate(_ANGLES))
        return words

    def strong(self, text: str) -> str:
        """The same, emphasised where there is a way to."""
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
    """One line without controls, in which no chat finds a mention, a tag or a link."""
    return _ACTS.sub(_GAP, one_line(text))


def link_of(url: str | None) -> str | None:
    """The address as any markup takes it; None where it is none that is safe to open."""
    safe = safe_link(url)
    if safe is None:
        return None
    parts = urlsplit(safe)
    begun = len(f"{parts.scheme}://{parts.netloc}")
    return safe[:begun] + percent_encoded(safe[begun:], _ACTS_IN_A_LINK)
