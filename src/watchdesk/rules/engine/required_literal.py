"""The literal that a regular expression requires: a text without it need not be searched."""

from collections.abc import Iterator, Sequence

from watchdesk.rules.language.expression_parts import ExpressionPart, alternatives

_SHORTEST = 3


def required_literal(expression: str) -> str | None:
    """The longest run of signs that every match has, folded; None when no run of three or more is certain.

    `expression` is one that RE2 takes. Groups, classes and escapes end a run; with an alternative at the top
    level nothing is certain.
    """
    only, *others = alternatives(expression)
    if others:
        return None
    longest = max(_runs(only), key=len)
    return longest if len(longest) >= _SHORTEST else None


def _runs(parts: Sequence[ExpressionPart]) -> Iterator[str]:
    run = ""
    for part in parts:
        goes_on = part.is_literal and part.is_required
        if goes_on:
            run += part.written
        if not goes_on or part.is_repeated:
            yield run
            run = ""
    yield run
