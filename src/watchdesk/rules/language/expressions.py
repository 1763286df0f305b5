"""Regular expressions of a query: RE2, linear in time, compiled for folded text.

`matching.patterns` folds the text, and finds expressions in it.
"""

from functools import lru_cache

import re2

from watchdesk.rules.language.expression_parts import folded_expression

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
    return re2.compile(folded_expression(expression), options)
