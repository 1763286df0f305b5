"""Why a query did not match, in one sentence: the first part that failed, and what came closest."""

from watchdesk.rules import syntax
from watchdesk.rules.evaluate import Outcome, evaluate, occurrences
from watchdesk.rules.occurrences import Occurrence, count_apart, gap, nearest
from watchdesk.rules.reading import Reading
from watchdesk.rules.score import hits_of
from watchdesk.rules.syntax import Node

_MOST_NAMED = 5
_LONGEST_NAME = 80


def why_not(outcome: Outcome, query: str, reading: Reading) -> str:  # noqa: PLR0911  one answer a kind of node
    """The sentence for an outcome that is not ok; `query` is the text it was read from."""
    node = outcome.node
    match node:
        case syntax.And():
            return why_not(next(child for child in outcome.children if not child.ok), query, reading)
        case syntax.Or():
            return _no_alternative(outcome, query, reading)
        case syntax.Not():
            return _unwanted(outcome, query)
        case syntax.Near() | syntax.NotNear() | syntax.Same():
            return _no_pair(outcome, query, reading)
        case syntax.AtLeast():
            times = count_apart(occurrences(outcome.children[0]))
            return f"{written(node.child, query)} occurs {_times(times)}, and the rule asks for {node.count}"
        case syntax.Within() | syntax.First():
            return _elsewhere(outcome, query, reading)
        case syntax.Weighted():
            return why_not(outcome.children[0], query, reading)
        case syntax.Fact():
            return f"the article's data does not say {node.written}"
        case _:
            return f"{written(node, query)} is not in the article"


def nearest_miss(outcome: Outcome, reading: Reading) -> str | None:
    """For a NEAR whose sides are both there: how far apart they are at the nearest."""
    node = outcome.node
    if outcome.ok or not isinstance(node, syntax.Near):
        return None
    left, right = (occurrences(child) for child in outcome.children)
    pair = nearest(left, right)
    if pair is None:
        return None
    words = f"'{_quoted(pair[0])}' and '{_quoted(pair[1])}'"
    between = gap(*pair) or 0
    if node.ordered and between <= node.distance:
        return (
            f"{words} are {_words(between)} apart at the nearest, and not in the order that the rule asks for"
        )
    if reading.word_at(pair[0].end).block != reading.word_at(pair[1].start).block:
        return f"{words}, the nearest, are in different paragraphs; the rule asks for {_words(node.distance)}"
    return f"{words} are {_words(between)} apart at the nearest, the rule asks for {node.distance}"


def written(node: Node, query: str) -> str:
    """A part of the query as its author wrote it, on one line, shortened."""
    text = " ".join(query[node.at[0] : node.at[1]].split())
    text = text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"
    return text if text.startswith(('"', "@", "/", "=")) else f"'{text}'"


def _no_alternative(outcome: Outcome, query: str, reading: Reading) -> str:
    children = outcome.children
    closest = max(children, key=_found_share)
    if _found_share(closest) > 0:
        return why_not(closest, query, reading)
    names = [written(child.node, query) for child in children[:_MOST_NAMED]]
    more = f" and {len(children) - _MOST_NAMED} more" if len(children) > _MOST_NAMED else ""
    return f"none of {', '.join(names)}{more} is in the article"


def _found_share(outcome: Outcome) -> float:
    """How much of what an outcome asks was found, from 0 to 1; NOTs aside."""
    if isinstance(outcome.node, syntax.Not):
        return 0.0
    if not outcome.children:
        return 1.0 if outcome.ok else 0.0
    shares = [_found_share(child) for child in outcome.children]
    return max(shares) if isinstance(outcome.node, syntax.Or) else sum(shares) / len(shares)


def _unwanted(outcome: Outcome, query: str) -> str:
    child = outcome.children[0]
    hits = hits_of(child)
    found = f", and the article has '{hits[0].text}'" if hits else ", and it is so"
    return f"the rule asks for no {written(child.node, query)}{found}"


def _no_pair(outcome: Outcome, query: str, reading: Reading) -> str:
    missing = next((child for child in outcome.children if not child.ok), None)
    left, right = (written(child.node, query) for child in outcome.children)
    node = outcome.node
    if missing is not None:
        return why_not(missing, query, reading)
    if isinstance(node, syntax.NotNear):
        return f"every {left} has {right} within {_words(node.distance)}"
    if isinstance(node, syntax.Same):
        unit = "sentence" if node.unit == "S" else "paragraph"
        return f"{left} and {right} never stand in the same {unit}"
    return nearest_miss(outcome, reading) or f"{left} and {right} are only found in the same words"


def _elsewhere(outcome: Outcome, query: str, reading: Reading) -> str:
    """For a part asked for in one place: whether the article has it in another."""
    node = outcome.node
    assert isinstance(node, syntax.Within | syntax.First)
    where = f"the first {_words(node.count)}" if isinstance(node, syntax.First) else f"the {node.field}"
    child = evaluate(node.child, reading)
    if not child.ok:
        return why_not(child, query, reading)
    return f"{written(node.child, query)} is in the article, but not in {where}"


def _quoted(occurrence: Occurrence) -> str:
    return " … ".join(hit.text for hit in sorted(occurrence.hits, key=lambda hit: hit.start))


def _words(count: int) -> str:
    return "1 word" if count == 1 else f"{count} words"


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")
