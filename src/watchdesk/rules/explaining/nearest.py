"""How close an article came to what one part of a query asks: how far apart, where instead, how often.

When a whole query fails, `why_not` finds the part to blame.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import assert_never

from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import (
    First,
    Last,
    Near,
    NotNear,
    NotSame,
    Pair,
    Same,
    Stretch,
    Within,
)
from watchdesk.rules.language.wording import written
from watchdesk.rules.matching.evaluate import Outcome, evaluate, occurrences
from watchdesk.rules.matching.occurrences import Occurrence, count_disjoint, gap, nearest
from watchdesk.rules.matching.prominence import prominence
from watchdesk.rules.matching.reading import Reading

_LONGEST_QUOTE = 60


def near_miss(  # noqa: PLR0911  one answer a kind of node
    outcome: Outcome, query: str, reading: Reading
) -> str | None:
    """For a part that failed with all that it is made of at hand: what came closest. Else None."""
    if outcome.ok:
        return None
    match outcome.node:
        case syntax.AtLeast() as node:
            return _too_seldom(outcome, node, query)
        case Within() | First() | Last() as node:
            return _elsewhere(node, query, reading)
        case syntax.About() as node:
            return _in_passing(outcome, node, query, reading)
        case Near() | NotNear() | Same() | NotSame() as node:
            has_both = all(child.ok for child in outcome.children)
            return _not_together(outcome, node, query, reading) if has_both else None
        case syntax.Weighted() | syntax.And() | syntax.Or() | syntax.Not():
            return None
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.Fact():
            return None
        case _:
            assert_never(outcome.node)


def name_of(stretch: Stretch) -> str:
    """The part of an article that a query is kept to."""
    match stretch:
        case Within():
            return stretch.field
        case First():
            return f"first {stretch.count} words"
        case Last():
            return f"last {stretch.count} words"
        case _:
            assert_never(stretch)


def counted(count: int, noun: str) -> str:
    """`1 word`, `2 words`."""
    return f"1 {noun}" if count == 1 else f"{count} {noun}s"


def _too_seldom(outcome: Outcome, node: syntax.AtLeast, query: str) -> str | None:
    (child,) = outcome.children
    if not child.ok:
        return None
    times = _times(count_disjoint(occurrences(child)))
    return f"{written(node.child, query)} occurs {times}, and the rule asks for {node.count}"


def _in_passing(outcome: Outcome, node: syntax.About, query: str, reading: Reading) -> str | None:
    """For ABOUT: in how few sentences it is."""
    (child,) = outcome.children
    if not child.ok:
        return None
    where = prominence((one.start for one in occurrences(child)), reading)
    found = f"{where.sentences} of {counted(where.of_sentences, 'sentence')}"
    return f"{written(node.child, query)} is in {found}, and not in title or lead: that is in passing"


def _not_together(outcome: Outcome, node: Pair, query: str, reading: Reading) -> str:
    match node:
        case Near():
            return _far(outcome, node, query, reading)
        case NotNear() | NotSame():
            return _crowded(outcome, node, query, reading)
        case Same():
            return _scattered(outcome, node, query, reading)
        case _:
            assert_never(node)


def _far(outcome: Outcome, node: Near, query: str, reading: Reading) -> str:
    pair = _nearest(outcome)
    if pair is None:
        left, right = (written(child.node, query) for child in outcome.children)
        return f"{left} and {right} are only found in the same words"
    words = f"'{_quoted(pair[0])}' and '{_quoted(pair[1])}'"
    between = gap(*pair) or 0
    apart = f"{words} are {counted(between, 'word')} apart at the nearest"
    if node.ordered and between <= node.distance:
        return f"{apart}, and not in the order that the rule asks for"
    if _block(pair[0], reading) != _block(pair[1], reading):
        asked = counted(node.distance, "word")
        return f"{words}, the nearest, are in different paragraphs; the rule asks for {asked}"
    return f"{apart}, the rule asks for {node.distance}"


def _scattered(outcome: Outcome, node: Same, query: str, reading: Reading) -> str:
    """For SAME: how many sentences or paragraphs lie between."""
    unit = _unit(node)
    pair = _nearest(outcome)
    if pair is None:
        left, right = (written(child.node, query) for child in outcome.children)
        return f"{left} and {right} are only found in the same words"
    one, other = (f"'{_quoted(each)}'" for each in pair)
    places = [_place(each, reading) for each in pair]
    if places[0] != places[1] and ("the title" in places or "a heading" in places or unit == "paragraph"):
        return f"{one} is in {places[0]} and {other} in {places[1]}; the rule asks for one {unit}"
    sentences = [reading.sentence_of(each.start) for each in pair]
    apart = counted(abs(sentences[0] - sentences[1]), "sentence")
    return f"{one} and {other} are {apart} apart at the nearest, the rule asks for one {unit}"


def _unit(node: Same | NotSame) -> str:
    return "sentence" if node.unit == "S" else "paragraph"


def _crowded(outcome: Outcome, node: NotNear | NotSame, query: str, reading: Reading) -> str:
    """For NOT NEAR and NOT SAME, where every left one has a right one close by: the closest."""
    left, right = (written(child.node, query) for child in outcome.children)
    match node:
        case NotNear():
            where = f"within {counted(node.distance, 'word')}"
        case NotSame():
            where = f"in its {_unit(node)}"
        case _:
            assert_never(node)
    said = f"every {left} has {right} {where}"
    pair = _nearest(outcome)
    if pair is None or _block(pair[0], reading) != _block(pair[1], reading):
        return said
    first, last = min(one.start for one in pair), max(one.end for one in pair)
    text = reading.text_of(reading.field_of(first))
    quote = " ".join(text[reading.word_at(first).start : reading.word_at(last).end].split())
    return f"{said}, as in '{quote}'" if len(quote) <= _LONGEST_QUOTE else said


def _elsewhere(node: Stretch, query: str, reading: Reading) -> str | None:
    """For a part asked for in one place: where the article has it instead."""
    found = occurrences(evaluate(node.child, reading))
    if not found or isinstance(node.child, syntax.And | syntax.Not):
        return None
    asked = written(node.child, query)
    match node:
        case Within():
            return f"{asked} is not in {_the(node.field)}, but in {_place(found[0], reading)}"
        case First() | Last():
            return _out_of_reach(node, asked, found, reading)
        case _:
            assert_never(node)


def _out_of_reach(node: First | Last, asked: str, found: Sequence[Occurrence], reading: Reading) -> str:
    in_body = [one for one in found if reading.field_of(one.start) == "body"]
    if not in_body:
        name = "FIRST" if isinstance(node, First) else "LAST"
        return f"{asked} is in the title alone, and {name} counts the words of the body"
    match node:
        case First():
            earliest = min(in_body, key=lambda one: one.end)
            before = bisect_left(reading.positions, reading.blocks[0].last + 1)
            number = bisect_left(reading.positions, earliest.end) - before + 1
            stands = "is" if earliest.start == earliest.end else "ends at"
            reached = f"{asked} {stands} word {number} of the body at the earliest"
            return f"{reached}, the rule asks for the first {node.count}"
        case Last():
            latest = max(in_body, key=lambda one: one.start)
            number = len(reading.positions) - bisect_left(reading.positions, latest.start)
            stands = "is" if latest.start == latest.end else "begins at"
            reached = f"{asked} {stands} word {number} from the end of the body at the latest"
            return f"{reached}, the rule asks for the last {node.count}"
        case _:
            assert_never(node)


def _nearest(outcome: Outcome) -> tuple[Occurrence, Occurrence] | None:
    left, right = (occurrences(child) for child in outcome.children)
    return nearest(left, right)


def _block(occurrence: Occurrence, reading: Reading) -> int:
    return reading.block_of(occurrence.start)


def _place(occurrence: Occurrence, reading: Reading) -> str:
    """The title, the lead, a heading, or a paragraph by its number."""
    number = _block(occurrence, reading)
    kind = reading.blocks[number].kind
    if kind != "paragraph":
        return _the(kind)
    before = sum(block.kind == "paragraph" for block in reading.blocks[:number])
    return f"paragraph {before + 1}" if before else "the lead"


def _the(field: str) -> str:
    return "a heading" if field == "heading" else f"the {field}"


def _quoted(occurrence: Occurrence) -> str:
    return " … ".join(hit.text for hit in sorted(occurrence.hits, key=lambda hit: hit.start))


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
