"""Every `match` of the sources names all its cases, so that the type checker finds those of tomorrow."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[1] / "src"
REASON = "# rest: "
"""Marks a last case that stands for more than can be named: values of a type from outside, texts."""


def open_ends(text: str) -> Iterator[int]:
    """The lines of `match` statements that end neither in `assert_never` nor in a rest with a reason."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Match):
            last = node.cases[-1]
            catches_all = (
                isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None and not last.guard
            )
            never = any(_is_assert_never(part) for statement in last.body for part in ast.walk(statement))
            reason = lines[last.pattern.lineno - 1].partition(REASON)[2]
            if not (catches_all and (never or reason)):
                yield node.lineno


def _is_assert_never(part: ast.AST) -> bool:
    return isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "assert_never"


def test_every_match_names_all_cases_or_says_why_not() -> None:
    found = {
        f"{path.relative_to(SOURCES)}:{line}"
        for path in sorted(SOURCES.rglob("*.py"))
        for line in open_ends(path.read_text(encoding="utf-8"))
    }
    assert found == set()


@pytest.mark.parametrize(
    ("last", "is_open"),
    [
        ("case _: assert_never(x)", False),
        ("case rest: assert_never(rest)", False),
        ("case _: pass  # rest: outside type", False),
        ("case _: pass", True),
        ("case _: pass  # all the others", True),
        ("case _ if x: assert_never(x)", True),
        ("case B(): pass", True),
    ],
)
def test_what_counts_as_an_open_end(last: str, is_open: bool) -> None:
    assert list(open_ends(f"match x:\n    case A(): pass\n    {last}\n")) == ([1] if is_open else [])
