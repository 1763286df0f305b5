"""Whether one query covers another: every article that matches the other matches it, too.

A claim is never wrong, but not every cover is found. Articles are those of the comparison's languages.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Node, Stretch, bare, wanted
from watchdesk.rules.lint.comparison import Comparison
from watchdesk.rules.lint.facts import fact_covers, never_both
from watchdesk.rules.lint.inside import slack
from watchdesk.rules.lint.stretches import grows, lies_within


def covers(wide: Node, narrow: Node, comparison: Comparison | None = None) -> bool:
    """Whether every article, and every part of one, that matches `narrow` certainly matches `wide`."""
    asked = comparison or Comparison()
    return _covers(wide, narrow, asked)


def _covers(wide: Node, narrow: Node, comparison: Comparison) -> bool:
    wide, narrow = bare(wide), bare(narrow)
    return comparison.covers.of(wide, narrow, lambda: _compared(wide, narrow, comparison))


def _compared(wide: Node, narrow: Node, comparison: Comparison) -> bool:  # noqa: PLR0911  one answer a kind
    if not comparison.step():
        return False

    def by(one: Node) -> bool:
        return _covers(one, narrow, comparison)

    def of(other: Node) -> bool:
        return _covers(wide, other, comparison)

    cases = _cases(narrow)
    if cases:
        return all(map(of, cases))
    if isinstance(narrow, syntax.And) and not isinstance(wide, syntax.And) and any(map(of, narrow.children)):
        return True
    match wide:
        case syntax.And():
            return all(map(by, wide.children))
        case syntax.Or():
            return any(map(by, comparison.that_may_cover(wide, narrow))) or _each_side(of, narrow)
        case syntax.Not() if isinstance(narrow, syntax.Not):
            return _covers(narrow.child, wide.child, comparison)
        case syntax.Not() if isinstance(narrow, syntax.Fact):
            return never_both(wide.child, narrow)
        case syntax.Fact() if isinstance(narrow, syntax.Fact):
            return fact_covers(wide, narrow)
        case syntax.Not() | syntax.Fact() | syntax.Words() | syntax.Pattern() | syntax.Listed():
            pass
        case syntax.TextOperator():
            pass
        case _:
            assert_never(wide)
    if isinstance(narrow, syntax.StretchOperator):
        return _in_stretch(wide, narrow, comparison)
    return slack(wide, narrow, comparison) is not None or _each_side(of, narrow)


def _cases(narrow: Node) -> tuple[Node, ...]:
    """The parts that can be compared one by one: the branches of an OR, in a field or not."""
    match narrow:
        case syntax.Or():
            return narrow.children
        case syntax.StretchOperator():
            return tuple(replace(narrow, child=child) for child in _cases(bare(narrow.child)))
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
            return ()
        case syntax.And() | syntax.Not() | syntax.TextOperator():
            return ()
        case _:
            assert_never(narrow)


def _each_side(of: Callable[[Node], bool], narrow: Node) -> bool:
    """For a node that is never found without its operands."""
    match narrow:
        case syntax.MeasuringOperator():
            return any(map(of, wanted(narrow)))
        case syntax.Listed():
            return all(map(of, narrow.entries))
        case syntax.Words() | syntax.Pattern() | syntax.Fact():
            return False
        case syntax.BooleanOperator() | syntax.TextOperator():
            return False
        case _:
            assert_never(narrow)


def _in_stretch(wide: Node, narrow: Stretch, comparison: Comparison) -> bool:
    """For a node that is limited to a part of the article."""
    if (
        isinstance(wide, syntax.StretchOperator)
        and lies_within(narrow, wide)
        and (lies_within(wide, narrow) or grows(wide.child))
        and _covers(wide.child, narrow.child, comparison)
    ):
        return True
    return grows(wide) and _covers(wide, narrow.child, comparison)
