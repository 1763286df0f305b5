"""The rules that come with the program: what they find among labelled articles, and in other languages."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from watchdesk.config.places import Problems
from watchdesk.model import Article
from watchdesk.rules import RuleSet, load_rules

ROOT = Path(__file__).parents[2]
SUBJECTS = ("nato-spending", "ukraine-aid", "minerals-deals")
LANGUAGES = ("de", "fr", "pl", "uk")


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    problems = Problems()
    rules = load_rules(sorted((ROOT / "config" / "rules").glob("*.yaml")), problems)
    assert not problems.errors
    assert rules is not None
    return rules


def benchmark(*options: str) -> subprocess.CompletedProcess[str]:
    """Runs benchmarks/rules.py."""
    command = [sys.executable, "benchmarks/rules.py", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_of_the_labelled_articles_each_rule_finds_what_is_about_its_subject_and_little_else() -> None:
    asked = benchmark("--floor", "0.90")
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert asked.stdout.count("precision") == len(SUBJECTS) * 5


def test_the_same_holds_in_each_further_language() -> None:
    asked = benchmark("--floor", "0.80", "benchmarks/rules-languages")
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert asked.stdout.count("precision") == len(SUBJECTS) * len(LANGUAGES)


def test_a_floor_that_a_rule_does_not_reach_fails(tmp_path: Path) -> None:
    title = "The desk's cat sleeps"
    missed = {"id": "1", "title": title, "text": f"{title}.", "labels": {"nato-spending": "about"}}
    (tmp_path / "wrong.jsonl").write_text(json.dumps(missed) + "\n")
    asked = benchmark("--floor", "0.1", str(tmp_path))
    assert asked.returncode == 1
    assert "right 0, wrong 0, missed 1" in asked.stdout


def test_each_subject_has_a_rule_in_each_language_with_examples_of_its_own(shipped: RuleSet) -> None:
    rules = {rule.id: rule for rule in shipped.rules}
    foreign = {f"{subject}-{language}": language for subject in SUBJECTS for language in LANGUAGES}
    assert set(rules) == {*SUBJECTS, *foreign}
    for rule_id, language in foreign.items():
        rule = rules[rule_id]
        assert rule.languages == {language}
        assert min(len(rule.matching_examples), len(rule.ignored_examples)) >= 8
        assert all(one.language == language for one in (*rule.matching_examples, *rule.ignored_examples))


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "Congress is divided over further aid to Ukraine.", {"ukraine-aid"}),
        ("de-AT", "Der Nationalrat streitet über weitere Hilfe für die Ukraine.", {"ukraine-aid-de"}),
        ("fr", "Le Congrès se divise sur une nouvelle aide à l'Ukraine.", {"ukraine-aid-fr"}),
        ("pl", "Sejm spiera się o dalszą pomoc dla Ukrainy.", {"ukraine-aid-pl"}),
        ("uk", "Конгрес США сперечається про подальшу допомогу Україні.", {"ukraine-aid-uk"}),
        ("es", "El Congreso discute la ayuda a Ucrania.", set()),
    ],
)
def test_an_article_is_found_by_the_rule_of_its_language_alone(
    shipped: RuleSet, language: str, text: str, found: set[str]
) -> None:
    assert set(shipped.matching(Article.from_text("", text, language=language))) == found
