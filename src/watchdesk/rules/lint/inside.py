"""Whether every occurrence of one part of a query contains one of another, and how much more it contains.

NEAR, SAME and ATLEAST need to know this of their operands. For whole articles see `covers`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import inf
from typing import assert_never

from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Near, Node, NotNear, NotSame, Stretch, Words, bare, walk, wanted
from watchdesk.rules.lint.comparison import Comparison, Slack, word_covers
from watchdesk.rules.lint.marks import alternatives
from watchdesk.rules.lint.stretches import grows, is_simple, lies_within
from watchdesk.rules.matching.reading import PARAGRAPH_GAP

EXACT = Slack(0, 0)
"""Both occurrences have the same words."""

_UNKNOWN = Slack(inf, inf)

Apart = NotNear | NotSame


def slack(wide: Node, narrow: Node, comparison: Comparison) -> Slack | None:
    """The slack when every occurrence of `narrow` contains one of `wide`; None when that is not certain."""
    wide, narrow = bare(wide), bare(narrow)
    return comparison.slack.of(wide, narrow, lambda: _slack(wide, narrow, comparison))


def _slack(wide: Node, narrow: Node, comparison: Comparison) -> Slack | None:
    if not comparison.step():
        return None
    if type(wide) is type(narrow) and wide == narrow:
        return EXACT
    match narrow:
        case syntax.Or() | syntax.Listed():
            return _widest(slack(wide, one, comparison) for one in alternatives(narrow))
        case syntax.StretchOperator():
            return _in_stretch(wide, narrow, comparison)
        case Words() | syntax.Pattern() | syntax.Fact() | syntax.BooleanOperator() | syntax.TextOperator():
            return _holding(wide, narrow, comparison)
        case _:
            assert_never(narrow)


def _holding(wide: Node, narrow: Node, comparison: Comparison) -> Slack | None:
    """As `slack`, for a narrow one that is found in one way."""
    match wide:
        case syntax.Or() | syntax.Listed():
            if not is_simple(wide):
                return None
            return _closest(slack(one, narrow, comparison) for one in comparison.that_may_cover(wide, narrow))
        case syntax.AtLeast():
            return _counted(wide, narrow, comparison)
        case NotNear() | NotSame():
            return _apart(wide, narrow, comparison)
        case Words() | syntax.Pattern() | syntax.Fact() | syntax.BooleanOperator() | syntax.TextOperator():
            return _joined(wide, narrow, comparison) or _in_a_side(wide, narrow, comparison)
        case _:
            assert_never(wide)


def _joined(wide: Node, narrow: Node, comparison: Comparison) -> Slack | None:
    """For two nodes that are words, expressions or pairs of comparable operands."""
    if isinstance(wide, Words) and isinstance(narrow, Words):
        return _aligned(wide, narrow, comparison)
    if isinstance(wide, syntax.Pattern) and isinstance(narrow, syntax.Pattern):
        return EXACT if wide.expression == narrow.expression else None
    if isinstance(wide, Near) and isinstance(narrow, Near):
        return _near(wide, narrow, comparison)
    if isinstance(wide, Near) and isinstance(narrow, Words):
        return _closest(_near(wide, halves, comparison) for halves in _halves(narrow))
    if isinstance(wide, syntax.Same) and isinstance(narrow, syntax.Same | Near):
        return _same(wide, narrow, comparison)
    return None


def _in_a_side(wide: Node, narrow: Node, comparison: Comparison) -> Slack | None:
    match narrow:
        case syntax.ApartOperator() | syntax.AtLeast():
            (side,) = wanted(narrow)
            return slack(wide, side, comparison)
        case syntax.MeasuringOperator():
            sides = (slack(wide, side, comparison) for side in wanted(narrow))
            return _UNKNOWN if any(side is not None for side in sides) else None
        case Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
            return None
        case syntax.BooleanOperator() | syntax.TextOperator():
            return None
        case _:
            assert_never(narrow)


def _widest(each: Iterable[Slack | None]) -> Slack | None:
    before = after = 0.0
    for one in each:
        if one is None:
            return None
        before, after = max(before, one.before), max(after, one.after)
    return Slack(before, after)


def _closest(each: Iterable[Slack | None]) -> Slack | None:
    best: Slack | None = None
    for one in each:
        if one == EXACT:
            return one
        if one is not None and (best is None or sum(one) < sum(best)):
            best = one
    return best


def _aligned(wide: Words, narrow: Words, comparison: Comparison) -> Slack | None:
    """Whether one term contains the words of the other, in their order and next to each other."""
    room = narrow.parts[-1].offset - wide.parts[-1].offset
    words = {part.offset: part for part in narrow.parts}
    for shift in range(room + 1):
        pairs = [(part, words.get(part.offset + shift)) for part in wide.parts]
        if all(other is not None and word_covers(part, other, comparison) for part, other in pairs):
            return Slack(shift, room - shift)
    return None


def _in_stretch(wide: Node, narrow: Stretch, comparison: Comparison) -> Slack | None:
    """For a node that is limited to a part of the article."""
    if isinstance(wide, syntax.StretchOperator) and lies_within(narrow, wide):
        found = slack(wide.child, narrow.child, comparison)
        if found is not None and (lies_within(wide, narrow) or grows(wide.child)):
            return found
    return slack(wide, narrow.child, comparison) if grows(wide) else None


def _counted(wide: syntax.AtLeast, narrow: Node, comparison: Comparison) -> Slack | None:
    if isinstance(narrow, syntax.AtLeast) and wide.count <= narrow.count:
        return slack(wide.child, narrow.child, comparison)
    return slack(wide.child, narrow, comparison) if wide.count == 1 else None


def _apart(wide: Apart, narrow: Node, comparison: Comparison) -> Slack | None:
    if not isinstance(narrow, Apart) or not _keeps_as_far(wide, narrow):
        return None
    left = slack(wide.left, narrow.left, comparison)
    right = slack(narrow.right, wide.right, comparison)
    return EXACT if left == right == EXACT else None


def _keeps_as_far(wide: Apart, narrow: Apart) -> bool:
    """Whether `narrow` keeps its right side at least as far away as `wide` does."""
    if isinstance(wide, NotNear):
        return isinstance(narrow, NotNear) and wide.distance <= narrow.distance
    return isinstance(narrow, NotSame) and narrow.unit in (wide.unit, "P")


def _near(wide: Near, narrow: Near, comparison: Comparison) -> Slack | None:
    if wide.ordered and not narrow.ordered:
        return None
    may_share = _may_share(narrow)
    crossed = replace(narrow, left=narrow.right, right=narrow.left)
    for sides in (narrow,) if wide.ordered else (narrow, crossed):
        left = slack(wide.left, sides.left, comparison)
        right = slack(wide.right, sides.right, comparison) if left else None
        if left is None or right is None or (may_share and not left == right == EXACT):
            continue
        left_first, right_first = left.after + right.before, left.before + right.after
        in_order = left_first if sides is narrow else right_first
        farther = in_order if narrow.ordered else max(left_first, right_first)
        if wide.distance >= narrow.distance + farther:
            return Slack(max(left.before, right.before), max(left.after, right.after))
    return None


def _halves(words: Words) -> Iterator[Near]:
    """The ways to split a phrase into two adjacent parts."""
    for cut in range(1, len(words.parts)):
        left, right = words.parts[:cut], words.parts[cut:]
        start = right[0].offset
        rest = tuple(replace(part, offset=part.offset - start) for part in right)
        distance = start - left[-1].offset
        yield Near(
            replace(words, parts=left), replace(words, parts=rest), distance, ordered=True, at=words.at
        )


def _same(wide: syntax.Same, narrow: syntax.Same | Near, comparison: Comparison) -> Slack | None:
    """A sentence is within a paragraph, and so are words that are nearer than the gap between two."""
    if isinstance(narrow, Near):
        near_enough = narrow.distance <= PARAGRAPH_GAP and is_simple(narrow.left) and is_simple(narrow.right)
        if wide.unit != "P" or not near_enough:
            return None
    elif wide.unit not in (narrow.unit, "P"):
        return None
    may_share = _may_share(narrow)
    for one, other in ((narrow.left, narrow.right), (narrow.right, narrow.left)):
        left = slack(wide.left, one, comparison)
        right = slack(wide.right, other, comparison) if left else None
        if left is None or right is None or (may_share and not left == right == EXACT):
            continue
        return Slack(max(left.before, right.before), max(left.after, right.after))
    return None


def _may_share(pair: syntax.Same | Near) -> bool:
    """Whether a phrase on one side may hold what is found on the other, so that a word counts for both."""
    if isinstance(pair, Near) and pair.ordered:
        return False
    terms = [words for side in (pair.left, pair.right) for words in _terms(side)]
    return any(words is None or len(words.parts) > 1 for words in terms)


def _terms(node: Node) -> Iterator[Words | None]:
    """The terms of an operand; None for what may have any number of words."""
    for part, _ in walk(node):
        match part:
            case Words():
                yield part
            case syntax.Listed():
                yield from part.entries
            case syntax.Pattern() | syntax.MeasuringOperator():
                yield None
            case syntax.BooleanOperator() | syntax.TextOperator() | syntax.Fact():
                pass
            case _:
                assert_never(part)
