"""Rule files: read whole, or every mistake told and nothing loaded."""

from pathlib import Path

import pytest

from watchdesk.config.places import Problems
from watchdesk.errors import ConfigurationError
from watchdesk.model import Priority
from watchdesk.rules import Rule, RuleSet, load_rules, rules_schema

GOOD = """\
lists:
  partners: [Kyiv, =US, "United Kingdom", "@north"]
  north: [Norway, "@partners-of-norway"]
  partners-of-norway: [Sweden]
rules:
  aid:
    title: Aid
    query: >
      aid   # money
      AND @partners
    exclude: title:quiz
    languages: [en, de]
    sources: {only: [wire, tag:press], never: [blog]}
    at_least: 0.5
    priority: high
    tags: [security]
    examples:
      matches: ["Aid for Kyiv"]
      ignores: [{title: Aid, text: Nothing}]
"""


def problems_of(
    text: str,
    path: Path,
    source_ids: frozenset[str] | None = None,
    source_tags: frozenset[str] | None = None,
) -> list[str]:
    file = path / "rules.yaml"
    file.write_text(text, encoding="utf-8")
    problems = Problems()
    rules = load_rules([file], problems, root=path, source_ids=source_ids, source_tags=source_tags)
    assert (rules is None) == bool(problems.errors)
    return [problem.render() for problem in problems]


def only_rule(text: str, path: Path) -> Rule:
    file = path / "rules.yaml"
    file.write_text(text, encoding="utf-8")
    return RuleSet.load(file).rules[0]


def test_every_key_of_a_rule_is_read(tmp_path: Path) -> None:
    rule = only_rule(GOOD, tmp_path)
    assert (rule.id, rule.title, rule.at_least, rule.priority) == ("aid", "Aid", 0.5, Priority.HIGH)
    assert rule.languages == {"en", "de"}
    assert rule.only == {"wire", "tag:press"}
    assert rule.never == {"blog"}
    assert rule.tags == {"security"}
    assert rule.exclude is not None
    assert [example.text for example in rule.matching_examples] == ["Aid for Kyiv"]
    assert [example.title for example in rule.ignored_examples] == ["Aid"]


def test_a_list_may_name_lists(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(GOOD, encoding="utf-8")
    assert [words.written for words in RuleSet.load(file).lists["partners"]] == [
        "Kyiv",
        "=US",
        "United Kingdom",
        "Norway",
        "Sweden",
    ]


def test_lists_are_shared_by_all_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("rules: {r: {query: '@places'}}", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("lists: {places: [Kyiv]}", encoding="utf-8")
    problems = Problems()
    rules = load_rules([tmp_path / "a.yaml", tmp_path / "b.yaml"], problems)
    assert rules is not None
    assert not problems


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("rules: {r: {qury: a}}", "rules.yaml:1:13", "did you mean 'query'?"),
        ("rules: {r: {title: a}}", "rules.yaml:1:12", "has no query"),
        ("rule: {}", "rules.yaml:1:1", "did you mean 'rules'?"),
        ("rules: [a]", "rules.yaml:1:8", "must hold keys and values"),
        ("rules: {R_1: {query: a}}", "rules.yaml:1:14", "cannot be a rule's id"),
        ("rules: {r: {query: a AND b OR c}}", "rules.yaml:1:20", "(a AND b) OR c"),
        ("rules:\n  r:\n    query: >\n      nato # note (\n      AND titel:x", "rules.yaml:5:11", "titel"),
        ("rules: {r: {query: a, exclude: (b}}", "rules.yaml:1:32", "never closed"),
        ("rules: {r: {query: a, languages: [english]}}", "rules.yaml:1:35", "two letters"),
        ("rules: {r: {query: a, at_least: much}}", "rules.yaml:1:33", "must be a number"),
        ("rules: {r: {query: a, at_least: 1.5}}", "rules.yaml:1:33", "from 0 to 1"),
        ("rules: {r: {query: a, at_least: 1.5}}", "rules.yaml:1:33", "0.15 leaves out what mentions it"),
        ("rules: {r: {query: a, at_least: -0.1}}", "rules.yaml:1:33", "from 0 to 1"),
        ("rules: {r: {query: a, at_least: .nan}}", "rules.yaml:1:33", "from 0 to 1"),
        ("rules: {r: {query: a, priority: hihg}}", "rules.yaml:1:33", "did you mean 'high'?"),
        ("rules: {r: {query: a, tags: x}}", "rules.yaml:1:29", "must be a list"),
        ("rules: {r: {query: a, sources: {only: [wirr]}}}", "rules.yaml:1:40", "did you mean 'wire'?"),
        ("rules: {r: {query: a, sources: {only: ['tag:pres']}}}", "rules.yaml:1:40", "did you mean 'press'?"),
        ("rules: {r: {query: a, examples: [x]}}", "rules.yaml:1:33", "must hold keys and values"),
        ("rules: {r: {query: a, examples: {match: [x]}}}", "rules.yaml:1:34", "did you mean 'matches'?"),
        ("rules: {r: {query: a, examples: {matches: x}}}", "rules.yaml:1:43", "must be a list"),
        (
            "rules: {r: {query: a, examples: {matches: [{txt: x}]}}}",
            "rules.yaml:1:45",
            "did you mean 'text'?",
        ),
        (
            "rules: {r: {query: a, examples: {matches: [{file: no.html}]}}}",
            "rules.yaml:1:51",
            "there is no file no.html",
        ),
        ("lists: {a: ['@a']}", "rules.yaml:1:13", "refers to itself"),
        ("lists: {a: ['@b'], b: ['@a']}", "rules.yaml:1:", "refers to itself"),
        ("lists: {a: ['@c']}", "rules.yaml:1:13", "there is no list 'c'"),
        ("lists: {a: ['m*']}", "rules.yaml:1:14", "too short"),
        ("lists: {a: []}", "rules.yaml:1:9", "is empty"),
        ("rules: {r: {query: '@naot'}}\nlists: {nato: [x]}", "rules.yaml:1:21", "did you mean 'nato'?"),
        ("rules: {r: {query: }}", "rules.yaml:1:", "is empty"),
    ],
)
def test_a_mistake_in_a_file_is_told_at_its_place(text: str, place: str, said: str, tmp_path: Path) -> None:
    told = problems_of(text, tmp_path, source_ids=frozenset({"wire"}), source_tags=frozenset({"press"}))
    assert any(place in problem and said in problem for problem in told), told


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("rules: {r: {query: m*}, s: {query: a b}}", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("rules: {r: {query: x}, t: {query: NOT a}}", encoding="utf-8")
    problems = Problems()
    assert load_rules([tmp_path / "a.yaml", tmp_path / "b.yaml"], problems, root=tmp_path) is None
    said = "\n".join(problem.render() for problem in problems)
    assert [str(problem.place) for problem in problems] == [
        "a.yaml:1:20",
        "a.yaml:1:38",
        "b.yaml:1:9",
        "b.yaml:1:35",
    ]
    assert "the rule 'r' is defined twice" in said


def test_an_everyday_word_in_capitals_is_a_warning(tmp_path: Path) -> None:
    told = problems_of("rules: {r: {query: US AND aid}}", tmp_path)
    assert len(told) == 1
    assert "warning" in told[0]
    assert "=US" in told[0]


def test_loading_one_file_raises_with_its_mistakes(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text("rules: {r: {query: m*}}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="too short"):
        RuleSet.load(tmp_path / "r.yaml")


def test_an_empty_file_is_a_warning(tmp_path: Path) -> None:
    assert problems_of("", tmp_path) == ["rules.yaml:1:1: warning: this file holds no rules"]


def test_the_fingerprint_follows_the_meaning_alone(tmp_path: Path) -> None:
    def fingerprint(text: str) -> str:
        (tmp_path / "r.yaml").write_text(text, encoding="utf-8")
        return RuleSet.load(tmp_path / "r.yaml").fingerprint

    first = fingerprint("rules: {r: {query: a AND b}}")
    assert fingerprint("# note\nrules: {r: {query: (a   AND b), tags: [x]}}") == first
    assert fingerprint("rules: {r: {query: a OR b}}") != first
    assert fingerprint("rules: {r: {query: a AND b, at_least: 0.2}}") != first


def test_the_schema_names_every_key_of_a_rule() -> None:
    properties = rules_schema()["properties"]
    assert isinstance(properties, dict)
    rule = properties["rules"]["additionalProperties"]["properties"]
    assert set(rule) == {
        "title",
        "query",
        "exclude",
        "languages",
        "sources",
        "at_least",
        "priority",
        "tags",
        "backfill",
        "owner",
        "examples",
    }


@pytest.mark.parametrize("written", ["soon", "0d", "[7d]", "true"])
def test_a_backfill_that_is_no_length_of_time_is_a_mistake(written: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        RuleSet.from_yaml(f"rules:\n  r: {{query: a, backfill: {written}}}\n")
    assert "rules.yaml:2:27: 'backfill': " in str(refused.value)
