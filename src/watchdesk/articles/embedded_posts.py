"""Posts of other services that a page embeds: kept as quotations with their authors.

Officials speak in them, so their words belong to the text; but their frames look like clutter.
"""

import re

from lxml import etree

from watchdesk.articles.elements import Element, classes_of, lines_of
from watchdesk.articles.plain import one_line

_POSTS = re.compile(
    r"(?:twitter|x|truth|truthsocial|bluesky|mastodon|threads|tiktok|reddit|facebook|linkedin|telegram|text-post)"
    r"-(?:tweet|video|embed|media|post|card)|instagram-media|fb-(?:post|xfbml-parse-ignore)|telegram-post",
    re.IGNORECASE,
)
"""Classes that the services give to the quotation in their frames."""
_FRAMES = re.compile(r"embed|tweet|twitter|instagram|social|bluesky|mastodon|telegram|oembed", re.IGNORECASE)
_FRAME_TAGS = frozenset(("div", "figure", "section", "aside", "span", "p"))
_MOST_FRAMES = 5
_MOST_POSTS = 200
_SIGNED = re.compile(r"^(?:—|–|-{1,2})\s*(?=\S)")
_ADDRESS = re.compile(r"\s*(?:https?://\S+|pic\.twitter\.com/\S+|t\.co/\S+)")
_NOTHING = re.compile(
    r"(?:view|see|sieh|voir|ver) (?:this|diesen?|cette|esta) .{0,60}"
    r"(?:instagram|post|publication|beitrag).{0,40}",
    re.IGNORECASE,
)
_LONGEST = 3_000


def keep_posts(page: Element) -> None:
    """Puts a plain quotation, with the author's name after it, in place of each embedded post."""
    quotes = [quote for quote in page.iter("blockquote") if _is_post(quote)]
    for quote in quotes[:_MOST_POSTS]:
        said, author = _read(quote)
        if said and len(said) <= _LONGEST:
            _replace(_frame(quote), f"“{said}” — {author}" if author else f"“{said}”")


def _is_post(quote: Element) -> bool:
    return any(_POSTS.search(name) for name in classes_of(quote)) or quote.get("data-tweet-id") is not None


def _read(quote: Element) -> tuple[str, str]:
    """What the post says, and who says it and when."""
    said: list[str] = []
    signed: list[str] = []
    for line in lines_of(quote):
        text = one_line(_ADDRESS.sub("", line.text))
        if not text or _NOTHING.fullmatch(text):
            continue
        if signed or _SIGNED.match(text):
            signed.append(_SIGNED.sub("", text))
        else:
            said.append(text)
    return " ".join(said), ", ".join(signed)


def _frame(quote: Element) -> Element:
    """The outermost element that holds nothing but the post."""
    frame = quote
    words = _words(quote)
    for around in list(quote.iterancestors())[:_MOST_FRAMES]:
        if around.tag not in _FRAME_TAGS or _words(around) != words:
            break
        frame = around
    return frame


def _words(element: Element) -> str:
    return "".join(element.text_content().split())


def _replace(frame: Element, text: str) -> None:
    quotation = etree.SubElement(frame.getparent(), "blockquote")
    etree.SubElement(quotation, "p").text = text
    quotation.tail, frame.tail = frame.tail, None
    frame.getparent().replace(frame, quotation)
