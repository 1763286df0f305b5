"""Others' words as a header may show them: on one line, in one direction, no longer than is read. Pure."""

import unicodedata

_INVISIBLE = {"Cc", "Cs", "Zl", "Zp"}
_DIRECTION = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINER = "\u200d"
_LONGEST_WORD = 40
"""A cut goes back to the last space, but gives no more than this away."""


def one_line(text: str, length: int) -> str:
    """Line breaks and controls become spaces, what turns the reading is left out, the rest cut at a word."""
    visible = "".join(
        " " if unicodedata.category(char) in _INVISIBLE else char
        for char in encodable(text)
        if char not in _DIRECTION
    )
    line = " ".join(visible.split())
    return line if len(line) <= length else _cut(line, length - 1) + "…"


def encodable(text: str) -> str:
    """The text as UTF-8 can hold it: halves of a surrogate pair joined, a lone one replaced."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _cut(line: str, length: int) -> str:
    space = line.rfind(" ", length - _LONGEST_WORD, length + 1)
    end = space if space > 0 else length
    while end > length - _LONGEST_WORD and end > 1 and _belongs_together(line[end - 1], line[end]):
        end -= 1
    return line[:end].rstrip()


def _belongs_together(left: str, right: str) -> bool:
    """Whether a cut between the two would change what the first is shown as."""
    return _JOINER in (left, right) or unicodedata.category(right) in ("Mn", "Me", "Mc", "Sk")
