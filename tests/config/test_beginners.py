"""The mistakes that beginners make in the files are told by what they meant."""

import pytest

from support.desk import DeskFiles
from watchdesk.config.parsing import parse_document
from watchdesk.config.places import Problems
from watchdesk.errors import ConfigurationError

SHIPPED = "channels:\n  desk: {files: digests/}\ndigests: {}\n"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            'query: "defence spending" AND NATO',
            "a query that begins with a quotation mark is written on the next line, after query: >",
        ),
        ("query: title: NATO", "written on the next line, after query: >, as title:NATO"),
        ("query: @allies AND NATO", "written on the next line, after query: >"),
        ("query: > NATO AND spending", "written on the next line, after query: >"),
        ("query: !football AND NATO", "YAML takes '!football' for a tag and leaves it out"),
        ("query: #NATO", "a # begins a comment: write what follows it without it"),
        (
            "query: [NATO, defence spending]",
            'write NATO OR "defence spending"; for all of them: NATO AND "def',
        ),
        ("{query: NATO, sources: {only: [zeitung]}}", "hint: there are: wire"),
        ("{query: NATO, examples: [NATO meets]}", "its keys are matches: and ignores:"),
        ("{query: NATO, sources: [wire]}", "its keys are only: and never:"),
    ],
)
def test_a_rule_in_the_wrong_shape_is_told_the_right_one(desk: DeskFiles, rule: str, said: str) -> None:
    written = rule if rule.startswith("{") else f"\n    {rule}"
    desk.write({"wire": "http://127.0.0.1:9/"}, rules=f"rules:\n  nato: {written}\n")
    assert said in desk.run("check").err


@pytest.mark.parametrize(
    ("end", "caret"),
    [("  b: [\n", 5), ("  b: [x: {y: 1},\n\n", 5), ("  b: {c: 1\n", 5), ("  b: [1, {c:", 9)],
)
def test_a_bracket_that_is_never_closed_is_shown_where_it_opens(end: str, caret: int) -> None:
    problems = Problems()
    assert parse_document(f"rules:\n  nato:\n    query: (NATO\n{end}", "a.yaml", problems) is None
    with pytest.raises(ConfigurationError) as told:
        problems.raise_if_errors()
    assert str(told.value).splitlines() == [
        f"a.yaml:4:{caret + 1}: is not YAML: this bracket is never closed",
        f"    {end.partition(chr(10))[0]}",
        f"    {' ' * caret}^",
        "  hint: close it where its last value ends, with ] or }",
    ]


def test_a_query_in_place_of_a_rule_is_told_where_it_belongs(desk: DeskFiles) -> None:
    desk.write({}, rules="rules:\n  nato: NATO AND spending\n")
    assert "write nato: {query: …}" in desk.run("check").err


def test_an_empty_directory_is_told_how_to_begin(desk: DeskFiles) -> None:
    desk.config.mkdir()
    answered = desk.run("check")
    assert answered.status == 2
    assert f"is empty; to begin: watchdesk --config {desk.config} init" in answered.err


def test_an_example_appended_to_a_file_says_which_lines_to_move(desk: DeskFiles) -> None:
    desk.write({}, settings=f"{SHIPPED}channels:\n  team:\n    files: team/\n")
    said = desk.run("check").err
    assert "watchdesk.yaml:4:1: 'channels' stands here twice" in said
    assert "the first is on line 1: move lines 5 to 6 to the end of what stands under it" in said
