"""Checks whether a desk's template can be compiled, and finds the line where it cannot.

For deep nesting, Jinja2 and Python raise errors without a line, or with one of generated code.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, nodes

MOST_NESTED = 40
"""Brackets within brackets. Jinja2's parser gives up at some 70, depending on who calls it."""
MOST_ELEMENTS = 1000
"""Elements within elements of a page. At some 10,000 css-inline overflows its stack, and the process dies."""
_OPENING, _CLOSING = "([{", ")]}"
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>")
_END_OPTIONAL = re.compile(
    "area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr|p|li|dt|dd|option|optgroup|thead|tbody|"
    "tfoot|tr|th|td|colgroup|html|head|body"
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a template cannot be compiled."""

    line: int
    reason: str


def mistake_in(environment: Environment, source: str, name: str) -> Mistake | None:
    """The first mistake that keeps the template from being compiled; None where it can be."""
    try:
        nested = _nested_too_deep(environment, source, name)
        if nested:
            return nested
        environment.compile(source, name, name)
    except TemplateSyntaxError as error:
        return Mistake(error.lineno, str(error.message or error))
    except RecursionError:
        return Mistake(_deepest(environment, source, name), "it is nested too deep")
    except SyntaxError as error:  # Python's, of the code that Jinja2 made
        return Mistake(_deepest(environment, source, name), error.msg)
    except Exception as error:  # noqa: BLE001 - Jinja2 lets pass what Python's parsers raise, such as MemoryError
        return Mistake(_deepest(environment, source, name), str(error) or type(error).__name__)
    return None


def elements_too_deep(page: str) -> bool:
    """Whether the page nests more elements than can be laid out."""
    depth = 0
    for closing, element, alone in _TAG.findall(page):
        if alone or _END_OPTIONAL.fullmatch(element.lower()):
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > MOST_ELEMENTS:
            return True
    return False


def _nested_too_deep(environment: Environment, source: str, name: str) -> Mistake | None:
    depth = 0
    for line, kind, text in environment.lex(source, name):
        if kind != "operator":
            continue
        if text in _OPENING:
            depth += 1
        elif text in _CLOSING:
            depth -= 1
        if depth > MOST_NESTED:
            return Mistake(line, f"more than {MOST_NESTED} brackets stand within one another")
    return None


def _deepest(environment: Environment, source: str, name: str) -> int:
    """The line of what is nested deepest."""
    try:
        tree = environment.parse(source, name)
    except Exception:  # noqa: BLE001 - whatever kept it from being parsed before
        return _first_that_fails(environment, source, name)
    return max(_depths(tree), default=(0, 1))[1]


def _depths(tree: nodes.Node) -> Iterator[tuple[int, int]]:
    """(depth, line) of each node, without recursion."""
    left = [(0, tree)]
    while left:
        depth, node = left.pop()
        yield depth, node.lineno
        left += [(depth + 1, child) for child in node.iter_child_nodes()]


def _first_that_fails(environment: Environment, source: str, name: str) -> int:
    """The last line of the shortest beginning that cannot be parsed for its depth."""
    lines = source.splitlines(keepends=True)
    low, high = 0, len(lines)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _fails(environment, "".join(lines[:middle]), name) else (middle, high)
    return max(high, 1)


def _fails(environment: Environment, source: str, name: str) -> bool:
    try:
        environment.parse(source, name)
    except TemplateSyntaxError:
        return False  # it ends too early, which is our own doing
    except Exception:  # noqa: BLE001 - what is looked for
        return True
    return False
