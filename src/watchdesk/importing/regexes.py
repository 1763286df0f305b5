"""Regular expressions of other programs → queries. Pure.

Rules read expressions by RE2, on the text in small letters without accents.
"""

import re
import unicodedata

from watchdesk.errors import ConfigurationError, UnreadableInput
from watchdesk.rules.query import Query

_IGNORES_CASE = re.compile(r"\(\?i\)|\(\?i:(?=.*\))")
_PLAIN = re.compile(r"(?:\\[.\-/+?:=&%_]|[\w\s./:=&%,'-])+")
"""An expression that asks for one text alone."""
_ANYTHING_BEFORE = re.compile(r"^\^?\.\*\??")
_ANYTHING_BEHIND = re.compile(r"(\\*)\.\*\$?$")


def in_text(pattern: str, field: str = "") -> str:
    """A query for what the expression finds in the field, `title:` or `body:`; in both when left out.

    Raises `UnreadableInput`, which says why there is none.
    """
    bare = _IGNORES_CASE.sub(lambda found: "(?:" if found[0].endswith(":") else "", pattern.strip())
    bare = _without_anything(bare)
    if not bare:
        raise UnreadableInput("it asks for nothing")
    return checked(f"{field}/{_folded(bare)}/")


def in_data(pattern: str, field: str) -> str:
    """As `in_text` for `url:`, `author:` or `category:`, which take words and no expressions."""
    bare = _without_anything(_IGNORES_CASE.sub("", pattern.strip())).strip("^$")
    if not bare or not _PLAIN.fullmatch(bare):
        raise UnreadableInput(f"{field} takes words, and no regular expressions")
    words = re.sub(r"\\(.)", r"\1", bare).strip()
    return checked(f'{field}"{words}"')


def is_anchored(pattern: str) -> bool:
    """Whether the expression asks for something at the beginning or the end: `in_data` drops that."""
    bare = _without_anything(_IGNORES_CASE.sub("", pattern.strip()))
    return bare.startswith("^") or bare.endswith("$")


def _without_anything(pattern: str) -> str:
    """The expression without `.*` at its ends: it finds the same. An escaped dot stays."""
    bare = _ANYTHING_BEFORE.sub("", pattern)
    behind = _ANYTHING_BEHIND.search(bare)
    return bare[: behind.end(1)] if behind and len(behind[1]) % 2 == 0 else bare


def checked(query: str) -> str:
    """The query. Raises `UnreadableInput` where the language of rules does not take it."""
    try:
        Query.parse(query)
    except ConfigurationError as error:
        first = next(iter(error.problems)).render().splitlines()[0]
        raise UnreadableInput(first.split(": ", 1)[-1]) from None
    return query


def any_of(queries: list[str]) -> str:
    """A query for any of these."""
    return queries[0] if len(queries) == 1 else " OR ".join(f"({query})" for query in queries)


def _folded(pattern: str) -> str:
    """As rules read text: in small letters without accents; escapes stay, and a slash gets one."""
    written = []
    rest = iter(pattern)
    for letter in rest:
        if letter == "\\":
            written.append(letter + next(rest, "\\"))
        elif letter == "/":
            written.append("\\/")
        else:
            apart = unicodedata.normalize("NFKD", letter.lower())
            written.append("".join(one for one in apart if not unicodedata.combining(one)))
    return "".join(written).replace("\n", " ")
