"""Why a query did not match, in one sentence: the first part that failed, and what came closest."""

from dataclasses import replace

from watchdesk.rules.explaining.nearest import near_miss
from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import First, Node, Within
from watchdesk.rules.language.wording import written
from watchdesk.rules.matching.evaluate import Outcome, evaluate
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.matching.score import hits_of

_MOST_NAMED = 5

Place = Within | First


def why_not(outcome: Outcome, query: str, reading: Reading, place: Place | None = None) -> str:
    """The sentence for an outcome that is not ok; `query` is the text it was read from.

    `place` is what the outcome was kept to, where it was.
    """
    node = outcome.node
    closest = near_miss(outcome, query, reading)
    if closest is not None:
        return closest
    match node:
        case syntax.Not():
            return _unwanted(outcome, query)
        case Within() | First():
            return why_not(outcome.children[0], query, reading, node)
        case syntax.Or():
            return _no_alternative(outcome, query, reading, place)
        case syntax.Fact():
            return f"the article's data does not say {node.written}"
    failed = next((child for child in outcome.children if not child.ok), None)
    return why_not(failed, query, reading, place) if failed else _absent(node, query, reading, place)


def _absent(node: Node, query: str, reading: Reading, place: Place | None) -> str:
    if place is not None and evaluate(node, reading).ok:
        elsewhere = near_miss(Outcome(replace(place, child=node), ok=False), query, reading)
        if elsewhere is not None:
            return elsewhere
    return f"{written(node, query)} is not in the article"


def _no_alternative(outcome: Outcome, query: str, reading: Reading, place: Place | None) -> str:
    children = outcome.children
    closest = max(children, key=_found_share)
    if _found_share(closest) > 0:
        return why_not(closest, query, reading, place)
    names = [written(child.node, query) for child in children[:_MOST_NAMED]]
    more = f" and {len(children) - _MOST_NAMED} more" if len(children) > _MOST_NAMED else ""
    return f"none of {', '.join(names)}{more} is in the {_part(place)}"


def _part(place: Place | None) -> str:
    match place:
        case Within():
            return place.field
        case First():
            return f"first {place.count} words"
        case None:
            return "article"


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
