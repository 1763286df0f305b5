"""Regular expressions of a query: RE2, linear in time, compiled for folded text.

`matching.patterns` folds the text, and finds expressions in it.
"""

from functools import lru_cache

import re2

from watchdesk.rules.text.folding import plain

_MEMORY = 8 << 20


class PatternRefused(ValueError):
    """RE2 does not take the expression, or it finds the empty text; the message says which."""


def check_pattern(expression: str) -> None:
    """Raises `PatternRefused` for an expression that cannot be used."""
    try:
        pattern = compiled(expression)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise PatternRefused(f"RE2 refuses it: {reason}") from None
    if pattern.search(""):
        raise PatternRefused("it finds the empty text, so it would match everything")


@lru_cache(maxsize=4096)
def compiled(expression: str) -> "re2._Regexp":
    """The expression, ready to search folded text. Raises `re2.error` when RE2 refuses it."""
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = _MEMORY
    options.log_errors = False
    return re2.compile(_without_accents(encodable(expression)), options)


def encodable(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot hold, as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _without_accents(expression: str) -> str:
    """The expression with accented letters folded as the text is; escapes keep their case."""
    return "".join(letter if letter.isascii() else plain(letter) for letter in expression)
