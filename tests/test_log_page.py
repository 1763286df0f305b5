"""The page about the log names every line that the service writes, with its values, and no other."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.pages import code, codes, tables

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "src" / "watchdesk"
PAGE = (ROOT / "docs" / "log.md").read_text(encoding="utf-8")
LEVELS = {"info": "info", "warning": "warning", "error": "error", "exception": "error"}
SPREAD = {
    "counts(plan)": ["digests", "rules", "sources"],
    "self._about": ["channel"],
    "_answer(report)": ["status"],
    "{'note': note} if note else {}": ["note"],
    "_named(self._removed)": ["articles", "digests"],
    "given": ["why"],
    "more": ["step"],
}
"""What stands behind `**` at the calls."""
BOUND = ["channel", "delivery", "digest"]
"""What `bound_log` has in any case."""

Line = tuple[str, str, str]
"""The event, its level, and its values in order."""


def lines() -> Iterator[Line]:
    """What the code writes, below the level debug left out."""
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield from _line(node, node.func)


def _line(call: ast.Call, method: ast.Attribute) -> Iterator[Line]:
    if method.attr == "_log_seldom":
        said = call.args[1]
        assert isinstance(said, ast.Constant)
        yield str(said.value), "error", ", ".join(sorted(["why", *(["step"] if call.keywords else [])]))
        return
    if not (isinstance(method.value, ast.Name) and method.value.id.endswith("log") and method.attr in LEVELS):
        return
    event = call.args[0]
    if isinstance(event, ast.Name):  # `_log_seldom` itself
        return
    assert isinstance(event, ast.Constant), f"an event is written where it is logged: {ast.unparse(call)}"
    keys = {"why"} if method.attr == "exception" else set()
    keys |= set(BOUND) if method.value.id == "bound_log" else set()
    for given in call.keywords:
        spread = SPREAD[ast.unparse(given.value)] if given.arg is None else [given.arg]
        keys |= {"why" if key == "exc_info" else key for key in spread}
    yield str(event.value), LEVELS[method.attr], ", ".join(sorted(keys))


def told() -> list[Line]:
    return [
        (row["event"], row["level"], ", ".join(codes(row["values"])))
        for table in tables(PAGE)
        for row in table
        if "event" in row
    ]


def test_every_line_of_the_log_stands_on_its_page_with_its_values() -> None:
    written = sorted(set(lines()))
    rows = [
        f"| {event} | {level} | {', '.join(f'`{key}`' for key in keys.split(', ') if key)} |"
        for event, level, keys in written
    ]
    assert told() == written, "the table should be:\n" + "\n".join(rows)


def test_every_value_is_explained_once() -> None:
    explained = [code(row["value"]) for table in tables(PAGE) for row in table if "value" in row]
    used = {key for _, _, keys in told() for key in keys.split(", ") if key}
    assert sorted(explained) == sorted({*used, "timestamp", "level", "event"})


@pytest.mark.parametrize("form", ["text", "json", "logfmt"])
def test_the_page_shows_each_form(form: str) -> None:
    assert f"`{form}`" in PAGE
