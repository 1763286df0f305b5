"""Numbers without effect: a NEAR as wide as an article, an ATLEAST of one."""

from collections.abc import Iterator
from typing import assert_never

from watchdesk.config.places import Severity
from watchdesk.rules.language import syntax
from watchdesk.rules.language.mistakes import Mistake
from watchdesk.rules.language.syntax import Node, Within, sign, walk
from watchdesk.rules.matching.reading import PARAGRAPH_GAP

FROM_END_TO_END = 1_000
"""Words; few articles are longer."""


def odd_numbers(root: Node) -> Iterator[Mistake]:
    """A warning for each."""
    for part, _ in walk(root):
        match part:
            case syntax.Near() | syntax.NotNear() if part.distance >= FROM_END_TO_END:
                yield _wide(part)
            case syntax.Near() | syntax.Same():
                yield from _across(part)
            case syntax.AtLeast() if part.count == 1:
                what = "ATLEAST/1 asks for nothing: whatever is found is found once at least"
                yield Mistake(part.at[0], what, "leave it out, or ask for more", Severity.WARNING)
            case syntax.TextOperator() | syntax.BooleanOperator():
                pass
            case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
                pass
            case _:
                assert_never(part)


def _wide(part: syntax.Near | syntax.NotNear) -> Mistake:
    is_not = isinstance(part, syntax.NotNear)
    hint = "write AND NOT, or a smaller distance" if is_not else "write AND, or SAME/P for one paragraph"
    return Mistake(part.at[0], f"{sign(part)} is as wide as most articles", hint, Severity.WARNING)


def _across(part: syntax.Near | syntax.Same) -> Iterator[Mistake]:
    """A title is a paragraph of its own, so words of the body are never near it."""
    fields = [side.field for side in (part.left, part.right) if isinstance(side, Within)]
    near_enough = isinstance(part, syntax.Same) or part.distance <= PARAGRAPH_GAP
    if len(fields) == 2 and near_enough and (fields[0] == "title") != (fields[1] == "title"):
        message = f"this can never match: {fields[0]}: and {fields[1]}: are never that close"
        hint = f"between paragraphs {PARAGRAPH_GAP} words are counted; to have both write AND"
        yield Mistake(part.at[0], message, hint, Severity.WARNING)
