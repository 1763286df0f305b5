"""Writes header fields as they are sent: folded, and in ASCII where possible (RFC 5322 §2.2).

Quoted text cannot end its field, begin another, or be decoded: what looks like an encoded-word (RFC 2047)
is itself encoded, so that it reads as written.
"""

import base64
import re
from collections.abc import Iterable, Sequence

from watchdesk.delivery.mail.addresses import MailAddress
from watchdesk.encoding.display import one_line, shortened

_WIDTH = 76
"""The longest line with encoded-words (RFC 2047 §2); RFC 5322 §2.1.1 asks for at most 78 in any line."""
_LONGEST_WORD = 64
"""An encoded-word may have 75 characters; this leaves room for the longest name of a field before it."""
_NAME_LENGTH = 200
_BEFORE, _AFTER = "=?utf-8?", "?="
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?: [\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
"""What the Q encoding may leave as it is in a display name, where the rules are the strictest (§5)."""


def text_field(name: str, text: str) -> str:
    """A field of free text, such as Subject."""
    plain = not text or (_PLAIN.fullmatch(text) and _is_literal(text))
    return folded(name, text.split() if plain else encoded_words(text))


def addresses_field(name: str, addresses: Sequence[MailAddress]) -> str:
    """A field of addresses, such as To."""
    words: list[str] = []
    for number, address in enumerate(addresses, 1):
        comma = "," if number < len(addresses) else ""
        words += _mailbox(address)
        words[-1] += comma
    return folded(name, words)


def folded(name: str, words: Iterable[str]) -> str:
    """The field, ending in CRLF. A line is broken between words alone, so each must be short enough."""
    lines = [f"{name}:"]
    for number, word in enumerate(words):
        if number and len(lines[-1]) + 1 + len(word) > _WIDTH:
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"


def encoded_words(text: str) -> list[str]:
    """The text as encoded-words (RFC 2047): each of whole characters, in the shorter of the two encodings."""
    as_letters = ["".join(_q(byte) for byte in char.encode("utf-8")) for char in text]
    if sum(map(len, as_letters)) * 3 <= len(text.encode("utf-8")) * 4:
        most = _LONGEST_WORD - len(f"{_BEFORE}q?{_AFTER}")
        return [f"{_BEFORE}q?{word}{_AFTER}" for word in _packed(as_letters, most)]
    most = (_LONGEST_WORD - len(f"{_BEFORE}b?{_AFTER}")) // 4 * 3
    words = _packed([char.encode("utf-8").decode("latin-1") for char in text], most)
    return [f"{_BEFORE}b?{base64.b64encode(word.encode('latin-1')).decode()}{_AFTER}" for word in words]


def _mailbox(address: MailAddress) -> list[str]:
    name = shortened(one_line(address.name), _NAME_LENGTH)
    if not name:
        return [address.spec]
    return [*_phrase(name), f"<{address.spec}>"]


def _phrase(name: str) -> list[str]:
    """A display name (RFC 5322 §3.2.5): as it is, quoted, or encoded where neither may be."""
    if not _PLAIN.fullmatch(name) or not _is_literal(name):
        return encoded_words(name)
    if _ATOMS.fullmatch(name):
        return name.split(" ")
    quoted = re.sub(r'(["\\])', r"\\\1", name)
    return [f'"{quoted}"'] if len(quoted) < _LONGEST_WORD else encoded_words(name)


def _is_literal(text: str) -> bool:
    """Whether it is read as it stands and can be folded: no beginning of an encoded-word, no long word."""
    return "=?" not in text and all(len(word) <= _LONGEST_WORD for word in text.split(" "))


def _q(byte: int) -> str:
    if byte in _LETTERS:
        return chr(byte)
    return "_" if byte == ord(" ") else f"={byte:02X}"


def _packed(pieces: Iterable[str], most: int) -> list[str]:
    """The pieces one after the other, in as few texts of at most `most` characters as they need."""
    texts = [""]
    for piece in pieces:
        if len(texts[-1]) + len(piece) > most:
            texts.append("")
        texts[-1] += piece
    return texts
