"""A rule is shown as its file has it, in whatever way YAML allows, and only while it is in force so."""

from pathlib import Path

import pytest

from watchdesk.configuration import read_configuration
from watchdesk.documents.written_rules import Written, written

BLOCK = """\
rules:
  before: {query: one}
  # of the rule below it
  query:
    # why we have it
    title: A title

    query: |
      NATO AND
      "defence spending"
    tags: [a]

  after: {query: two}
"""
QUOTED = """\
rules:
  "quoted":
    query: "NATO AND \\"defence spending\\""
"""
SINGLE = "rules: {single: {query: 'it''s AND \"b c\"'}}\n"


def shown(directory: Path, text: str, rule_id: str, now: str | None = None) -> Written:
    """As the rule is shown that was read from `text`, where the file says `now`."""
    (directory / "rules").mkdir(exist_ok=True)
    (directory / "watchdesk.yaml").write_text("timezone: UTC\n")
    (directory / "sources.yaml").write_text("sources: {}\n")
    file = directory / "rules" / "a.yaml"
    file.write_text(text)
    rules = read_configuration(directory).rules.rules
    if now is None:
        file.unlink()
    else:
        file.write_text(now)
    return written(next(rule for rule in rules if rule.id == rule_id), directory)


@pytest.mark.parametrize(
    ("text", "rule_id", "line", "first", "last"),
    [
        (BLOCK, "query", 4, "query:", "  tags: [a]"),
        (BLOCK, "after", 13, "after: {query: two}", "after: {query: two}"),
        (QUOTED, "quoted", 2, '"quoted":', '  query: "NATO AND \\"defence spending\\""'),
    ],
)
def test_a_rule_is_shown_with_its_comments_and_without_its_neighbours(
    tmp_path: Path, text: str, rule_id: str, line: int, first: str, last: str
) -> None:
    found = shown(tmp_path, text, rule_id, text)
    assert found.is_current
    assert (found.file, found.line) == ("rules/a.yaml", line)
    assert (found.text.splitlines()[0], found.text.splitlines()[-1]) == (first, last)


@pytest.mark.parametrize(
    ("text", "rule_id", "now"),
    [
        (BLOCK, "query", BLOCK.replace("defence", "offence")),
        (BLOCK, "query", None),
        (SINGLE, "single", ""),
    ],
    ids=["edited", "removed", "emptied"],
)
def test_where_the_file_has_another_the_query_in_force_is_shown(
    tmp_path: Path, text: str, rule_id: str, now: str | None
) -> None:
    found = shown(tmp_path, text, rule_id, now)
    assert not found.is_current
    assert found.text in ('NATO AND\n"defence spending"', 'it\'s AND "b c"')


def test_a_rule_that_moved_within_its_file_is_found(tmp_path: Path) -> None:
    found = shown(tmp_path, BLOCK, "query", "# a new line\n" * 9 + BLOCK)
    assert (found.is_current, found.line) == (True, 13)
