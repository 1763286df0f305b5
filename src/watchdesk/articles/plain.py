"""Plain text from what publishers write: no control characters, no stray markup, single spaces.

Works on one line at a time. `lines` finds headings and paragraphs.
"""

import re
import unicodedata
from typing import Literal

from watchdesk.articles.latin import latin_words
from watchdesk.articles.look_alikes import in_one_script
from watchdesk.articles.superscripts import spaced
from watchdesk.encoding.repair import unescaped
from watchdesk.model import Entry

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_PRINTABLE = bytes(range(0x20, 0x7F))
_SIGNS_OF_WINDOWS = "’‘“”–—…„€"
"""Signs of Windows-1252 that are not in Latin-1 and stand in many texts."""
_JOINED = re.compile("(?<=[A-Za-z\u00c0-\u052f])[\u200c\u200d]+(?=[A-Za-z\u00c0-\u052f])")
"""Joiners between letters of scripts that do not join; in Persian or Hindi they change a word."""
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_LEFT_OVER = re.compile(
    r"&(?:amp|quot|apos|nbsp|shy|hellip|[lr][sd]quo|[bs]dquo|sbquo|[lr]aquo|[nm]dash|euro|pound|copy|reg|deg|szlig|"
    r"[A-Za-z](?:acute|grave|circ|uml|tilde|cedil|ring|caron|slash|lig)|#\d{2,7}|#[xX][0-9A-Fa-f]{2,6});"
)
"""References that are words or marks of a text."""
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|em|font|i|img|ins|mark|p|q|s|small|span|strong|sub|sup|u|wbr)"
    r"(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_RAISED = re.compile(r"<sup(?:\s[^<>]{0,500})?>(.{0,100}?)</sup\s*>", re.IGNORECASE | re.DOTALL)
_NEARBY = 200
_BLOCK_TAG = re.compile(
    r"</?(h[1-6]|div|li|ul|ol|blockquote|center|tt|strike|bdi|bdo|time|header|section)(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
"""Tags that are removed from a title only in pairs."""
_BREAK_TAG = re.compile(r"</?(?:\w{1,20}:)?(?:br|p)(?:\s[^<>]{0,500})?/?>", re.IGNORECASE)
"""Tags that end a line of a title, and so a word."""
_END_TAG = re.compile(r"</([A-Za-z0-9]{1,20})>")
_SECTION = re.compile(r"<!\[CDATA\[|\]\]>")
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]{0,5000}>")
_TAG_START = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?=[\s/>])")
_ESCAPED_BLOCK = re.compile(r"&lt;/?(?:p|br|div|ul|ol|li|h[1-6]|a|img|strong|em|b|i)\b", re.IGNORECASE)
_ESCAPED_STARTS = ("&lt;", "&LT;", "&Lt;", "&lT;")
_NOT_WORDS = re.compile(r"[\W_]+")
_PLAIN_SIGNS = re.compile(r"[\x00-\x2f:-@\[-`{-\x7f]+")
_OTHER_SIGNS = re.compile(r"[^\w\s]")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0002fa1f]"
)
"""Letters of languages that write no spaces between words."""
_ROUNDS = 3
_STACK = re.compile(r"[^\w\s\x00-\x7f]{31,}")
_MOST_MARKS = 30
"""Marks on one letter (stream-safe text, UAX #15): sorting them costs the square of their number."""


def without_invisible(text: str) -> str:
    """The text in NFC, without control characters, lone surrogates and invisible marks."""
    if _is_plain(text):
        return text
    return in_one_script(_normalised("NFC", _without_joiners(_INVISIBLE.sub("", text))))


def _is_plain(text: str) -> bool:
    """Whether all of it can be printed on one line and is Western: most lines are, and looking is cheap."""
    if text.isascii():
        return not text.encode("ascii").translate(None, _PRINTABLE)
    return text.isprintable() and _is_western(text)


def _is_western(text: str) -> bool:
    """Whether all of it is in Windows-1252, which has letters and signs in NFC, and no marks."""
    shortened = text
    for sign in _SIGNS_OF_WINDOWS:
        if sign in shortened:
            shortened = shortened.replace(sign, "")
    try:
        shortened.encode("latin-1")  # far faster than a table; what is printable of it is in Windows-1252
    except UnicodeEncodeError:
        return _is_in_windows_1252(text)
    return True


def _is_in_windows_1252(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _without_joiners(text: str) -> str:
    return _JOINED.sub("", text) if "\u200c" in text or "\u200d" in text else text


def one_line(text: str | None) -> str:
    """The text on one line with single spaces."""
    if text and _is_plain(text):
        text = text.strip(" ")
        while "  " in text:
            text = text.replace("  ", " ")
        return text
    flat = (text or "").replace("\n", " ").replace("\t", " ").replace("\r", " ")
    return " ".join(without_invisible(flat.replace("\xa0", " ")).split())


def entry_title(entry: Entry) -> str:
    """An entry's title as a reader should see it, by the type that its publisher declared."""
    return one_line(entry.title) if entry.title_is_text else plain_title(entry.title)


def plain_title(text: str | None) -> str:
    """A title as a reader should see it, however often its entities and tags were escaped.

    Only tags that titles use are removed: `a < b` and `the <table> element` stay as they are, and so do a
    lone `<a>` and an unclosed heading tag.
    """
    title = text or ""
    for _ in range(_ROUNDS):
        plain = unescaped(_without_title_tags(_SECTION.sub("", without_comments(title))))
        if plain == title:
            break
        title = plain
    return one_line(_without_title_tags(title))


def _without_title_tags(title: str) -> str:
    if "<" not in title:
        return title
    title = _BREAK_TAG.sub(" ", title)
    ended, title = {name.lower() for name in _END_TAG.findall(title)}, _RAISED.sub(_raised, title)
    title = _BLOCK_TAG.sub(lambda tag: " " if tag[1].lower() in ended else tag[0], title)
    return _INLINE_TAG.sub(lambda tag: tag[0] if tag[0].lower() == "<a>" and "a" not in ended else "", title)


def _raised(found: re.Match[str]) -> str:
    start, end = found.span()
    before, after = found.string[max(0, start - _NEARBY) : start], found.string[end : end + _NEARBY]
    return spaced(_INLINE_TAG.sub("", before), _INLINE_TAG.sub("", found[1]), _INLINE_TAG.sub("", after))


def title_of_markup(markup: str) -> str:
    """The text of a title that is well-formed markup: none of its tags are words."""
    return one_line(unescaped(_ANY_TAG.sub("", without_comments(_without_title_tags(markup)))))


def without_comments(text: str, instead: str = "") -> str:
    """The text without HTML comments; an unclosed one stays."""
    kept: list[str] = []
    place = 0
    while (start := text.find("<!--", place)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[place:start])
        place = end + 3
    return instead.join([*kept, text[place:]]) if kept else text


def is_markup(text: str) -> bool:
    """Whether a body is HTML rather than plain text."""
    return bool(_TAG_START.search(text) or _ENTITY.search(text) or "<!--" in text)


def unescaped_markup(text: str) -> str:
    """HTML that was escaped once too often, as HTML."""
    may_be = "&" in text and any(start in text for start in _ESCAPED_STARTS)
    return unescaped(text) if may_be and _ESCAPED_BLOCK.search(text) and not _TAG_START.search(text) else text


def unescaped_twice(text: str) -> str:
    """A line of text whose references were escaped twice; `&lt;`, which may be meant, stays."""
    return one_line(_LEFT_OVER.sub(lambda found: unescaped(found[0]), text))


def without_tags(text: str | None) -> str:
    """A body's words on one line, found cheaply: for comparing versions, not for reading."""
    return one_line(unescaped(_ANY_TAG.sub(" ", without_comments(unescaped_markup(text or ""), " "))))


def folded(text: str) -> str:
    """Letters and digits in one case, words separated by one space: equal for what people call the same."""
    words = latin_words(text)
    if words is not None:
        return " ".join(words)
    return _NOT_WORDS.sub(" ", _normalised("NFKC", text).casefold()).strip()


def folded_words(text: str) -> list[str]:
    """Words and numbers in one case, separated as the language does: by spaces, or at every letter."""
    words = latin_words(text)
    if words is not None:
        return words
    spaced = _PLAIN_SIGNS.sub(" ", _normalised("NFKC", text).casefold())
    return _UNSPACED.sub(r" \g<0> ", _OTHER_SIGNS.sub(_mark_or_space, spaced)).split()


def _mark_or_space(found: re.Match[str]) -> str:
    """Accents and vowel signs are parts of words."""
    return found[0] if unicodedata.category(found[0]).startswith("M") else " "


def _normalised(form: Literal["NFC", "NFKC"], text: str) -> str:
    return text if text.isascii() else unicodedata.normalize(form, _STACK.sub(_lowered, text))


def _lowered(found: re.Match[str]) -> str:
    """The run without more marks in a row than any script uses."""
    kept: list[str] = []
    marks = 0
    for character in found[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def shortened(text: str, length: int) -> str:
    """The beginning of a text, cut between words, with an ellipsis if something was cut."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:-–—") + "…"
