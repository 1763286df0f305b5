"""Why a query did not match, in one sentence: the first part that failed, and what came closest."""

from dataclasses import replace
from typing import assert_never

from watchdesk.rules.explaining.nearest import name_of, near_miss
from watchdesk.rules.language import syntax
from watchdesk.rules.language.syntax import Node, Stretch
from watchdesk.rules.language.wording import written
from watchdesk.rules.matching.evaluate import Outcome, evaluate
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.matching.score import hits_of

_MOST_NAMED = 5


def why_not(outcome: Outcome, query: str, reading: Reading, place: Stretch | None = None) -> str:
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
        case syntax.StretchOperator():
            return why_not(outcome.children[0], query, reading, node)
        case syntax.Or():
            return _no_alternative(outcome, query, reading, place)
        case syntax.Fact():
            return f"the article's data does not say {node.written}"
        case syntax.Words() | syntax.Pattern() | syntax.Listed() | syntax.And() | syntax.TextOperator():
            return _first_failed(outcome, query, reading, place)
        case _:
            assert_never(node)


def _first_failed(outcome: Outcome, query: str, reading: Reading, place: Stretch | None) -> str:
    failed = next((child for child in outcome.children if not child.ok), None)
    return why_not(failed, query, reading, place) if failed else _absent(outcome.node, query, reading, place)


def _absent(node: Node, query: str, reading: Reading, place: Stretch | None) -> str:
    if place is not None and evaluate(node, reading).ok:
        elsewhere = near_miss(Outcome(replace(place, child=node), ok=False), query, reading)
        if elsewhere is not None:
            return elsewhere
    return f"{written(node, query)} is not in the article"


def _no_alternative(outcome: Outcome, query: str, reading: Reading, place: Stretch | None) -> str:
    children = outcome.children
    closest = max(children, key=_found_share)
    if _found_share(closest) > 0:
        return why_not(closest, query, reading, place)
    names = [written(child.node, query) for child in children[:_MOST_NAMED]]
    more = f" and {len(children) - _MOST_NAMED} more" if len(children) > _MOST_NAMED else ""
    return f"none of {', '.join(names)}{more} is in the {name_of(place) if place else 'article'}"


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
