"""Every rule of docs/cookbook.md is read, behaves as its examples say, and is explained."""

from datetime import UTC, datetime
from pathlib import Path

from support.blocks import ROOT, blocks
from watchdesk.model import Article
from watchdesk.rules import RuleSet, check_examples

PAGE = ROOT / "docs" / "cookbook.md"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def no_files(path: Path, now: datetime) -> Article:
    raise OSError(f"{path} at {now}")


def test_each_recipe_is_a_whole_file_whose_examples_behave() -> None:
    wrong = []
    for recipe in blocks(PAGE):
        rules = RuleSet.from_yaml(recipe.text)
        (rule,) = rules.rules
        assert rule.matching_examples, recipe.name
        assert rule.ignored_examples, recipe.name
        wrong += [
            f"{recipe.name} {failed.sentence} {failed.text!r}: {failed.because}"
            for failed in check_examples(rules, no_files, NOW)
        ]
    assert wrong == []


def test_there_are_thirty_and_each_says_why() -> None:
    text = PAGE.read_text(encoding="utf-8")
    told = [part.partition("\n```yaml")[2].partition("```\n")[2] for part in text.split("\n### ")[1:]]
    assert len(told) == 30
    assert [why for why in told if len(why.partition("\n## ")[0].split()) < 15] == []
