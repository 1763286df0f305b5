"""Files that no person wrote: each is refused with a place, or read, in a time that grows with its size."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from watchdesk.config.parsing import parse_document, read_document
from watchdesk.config.places import Problems
from watchdesk.config.yaml_document import Mapping, Scalar
from watchdesk.rules import load_rules

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]" for n in range(9)
)


def told(text: str) -> list[str]:
    problems = Problems()
    parse_document(text, "rules/desk.yaml", problems)
    return [problem.render().splitlines()[0] for problem in problems.errors]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("rules: " + "[" * 5000, id="brackets"),
        pytest.param("rules: " + "{a: " * 5000, id="braces"),
        pytest.param("rules: " + "[a, " * 700, id="with words between"),
        pytest.param("- " * 5000 + "a", id="dashes"),
        pytest.param("\n".join(" " * n + "a:" for n in range(1500)), id="indentation"),
    ],
)
def test_what_is_nested_too_deeply_is_refused_with_its_place(text: str) -> None:
    (said,) = told(text)
    assert said.startswith("rules/desk.yaml:")
    assert "nested too deeply" in said


def test_a_bomb_of_aliases_is_refused_and_ordinary_aliases_are_read() -> None:
    (said,) = told(BOMB)
    assert "its aliases make 4,412,961,516 values of the" in said
    assert told("lists: {a: &a [x, y]}\nrules: {n: {title: N, of: *a}, m: {title: M, of: *a}}") == []


@pytest.mark.parametrize("content", [b"a: \x00", bytes(range(256)), b"\xff\xfe a", b"a: \x07"])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    problems = Problems()
    assert read_document(tmp_path / "a.yaml", problems) is None
    assert problems.errors


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_refused_and_never_waited_for(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(tmp_path / "a.yaml")
    problems = Problems()
    assert read_document(tmp_path / "a.yaml", problems) is None
    assert "cannot be read" in problems.errors[0].message


def test_a_file_that_is_huge_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.yaml").open("wb") as file:
        file.truncate(1 << 40)
    problems = Problems()
    assert read_document(tmp_path / "a.yaml", problems) is None
    assert "1048576 MB" in problems.errors[0].message


def test_equal_terms_cost_little_more_than_different_ones(tmp_path: Path) -> None:
    def seconds(terms: list[str]) -> float:
        path = tmp_path / "a.yaml"
        path.write_text(f"rules: {{x: {{title: X, query: {' OR '.join(terms)}}}}}\n")
        began = time.process_time()
        load_rules([path], Problems(), root=tmp_path, lint=True)
        return time.process_time() - began

    pairs = [(seconds(["minerals"] * 600), seconds([f"word{n}" for n in range(600)])) for _ in range(3)]
    assert min(equal for equal, _ in pairs) <= 15 * min(different for _, different in pairs)


def test_escapes_that_write_no_character_are_refused_and_halves_are_joined() -> None:
    what = "holds a character that does not exist (NUL, or half of one)"
    assert told('title: "\\ud800x"') == [f"rules/desk.yaml:1:8: {what}"]
    assert told('title: "a\\0"') == [f"rules/desk.yaml:1:8: {what}"]
    assert told('"\\udc00": x') == [f"rules/desk.yaml:1:1: {what}"]
    read = parse_document('title: "\\ud83d\\ude00"', "rules/desk.yaml", Problems())
    assert isinstance(read, Mapping)
    title = read.get("title")
    assert isinstance(title, Scalar)
    assert title.value == "\U0001f600"
