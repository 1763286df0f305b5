"""What a rule set says of an article: matches, misses, explanations, examples."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchdesk.errors import UnreadableInput, UsageError
from watchdesk.model import Article
from watchdesk.rules import Query, RuleSet, check_examples

MakeArticle = Callable[..., Article]
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SHIPPED = Path(__file__).parents[2] / "config" / "rules" / "security.yaml"


def rules(text: str, path: Path) -> RuleSet:
    (path / "rules.yaml").write_text(text, encoding="utf-8")
    return RuleSet.load(path / "rules.yaml")


def no_files(path: Path, now: datetime) -> Article:
    raise UnreadableInput(f"{path.name} at {now}")


@pytest.mark.parametrize(
    ("query", "text", "because"),
    [
        ("nato AND aid", "Aid came.", "'nato' is not in the article"),
        ("nato AND NOT aid", "NATO sent aid.", "the rule asks for no 'aid', and the article has 'aid'"),
        (
            'nato NEAR/3 "defence spending"',
            "NATO met and spoke at length of defence spending.",
            "'NATO' and 'defence spending' are 7 words apart at the nearest, the rule asks for 3",
        ),
        (
            "nato ONEAR/3 aid",
            "Aid for NATO.",
            "'NATO' and 'Aid' are 2 words apart at the nearest, and not in the order that the rule asks for",
        ),
        (
            "nato NEAR/3 aid",
            "NATO met.\n\nAid came.",
            "'NATO' and 'Aid', the nearest, are in different paragraphs; the rule asks for 3 words",
        ),
        ("title:aid", "Aid came.", "'aid' is not in the title, but in the lead"),
        (
            "FIRST/2 aid",
            "There came aid.",
            "'aid' is word 3 of the body at the earliest, the rule asks for the first 2",
        ),
        ("ATLEAST/3 aid", "Aid and aid.", "'aid' occurs twice, and the rule asks for 3"),
        (
            "nato SAME/S aid",
            "NATO met. Aid came.",
            "'NATO' and 'Aid' are 1 sentence apart at the nearest, the rule asks for one sentence",
        ),
        ("aid NOT NEAR/1 first", "First aid.", "every 'aid' has 'first' within 1 word, as in 'First aid'"),
        ("nato OR summit", "Aid.", "none of 'nato', 'summit' is in the article"),
        ("(nato AND summit) OR quiz", "NATO.", "'summit' is not in the article"),
        ("aid AND source:other", "Aid.", "the article's data does not say source:other"),
    ],
)
def test_a_miss_says_what_failed_and_what_came_closest(
    query: str, text: str, because: str, article: MakeArticle, tmp_path: Path
) -> None:
    asked = rules(f"rules: {{r: {{query: {json.dumps(query)}}}}}", tmp_path)
    assert [miss.because for miss in asked.misses(article(text))] == [because]
    assert asked.match(article(text)) == ()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("languages: [de]", "the article is in 'en', and the rule reads 'de'"),
        ("sources: {only: [other]}", "the rule reads only 'other'"),
        ("sources: {never: [tag:sport]}", "the rule never reads 'tag:sport'"),
        ("exclude: quiz", "the rule excludes 'quiz', and the article has 'quiz'"),
        ("at_least: 0.8", "its score is 0.70, and the rule asks for at least 0.8"),
    ],
)
def test_what_stands_beside_the_query_can_keep_an_article_out(
    settings: str, said: str, article: MakeArticle, tmp_path: Path
) -> None:
    asked = rules(f"rules: {{r: {{query: aid, {settings}}}}}", tmp_path)
    misses = asked.misses(article("Aid quiz.", source_tags=("sport",)))
    assert [said in miss.because for miss in misses] == [True]


def test_an_article_of_unsure_language_is_not_left_out(article: MakeArticle, tmp_path: Path) -> None:
    asked = rules("rules: {r: {query: aid, languages: [de]}}", tmp_path)
    assert len(asked.match(article("Aid.", language=None))) == 1


def test_every_rule_either_matches_or_misses(article: MakeArticle, tmp_path: Path) -> None:
    asked = rules("rules: {a: {query: aid}, b: {query: nato}, c: {query: 'aid AND NOT nato'}}", tmp_path)
    given = article("Aid.")
    assert [match.rule for match in asked.match(given)] == ["a", "c"]
    assert [miss.rule_id for miss in asked.misses(given)] == ["b"]
    assert list(asked.labels) == ["a", "b", "c"]


def test_an_explanation_shows_the_tree_and_the_score(article: MakeArticle, tmp_path: Path) -> None:
    asked = rules("rules: {r: {query: 'nato AND (aid^2 OR loan) AND NOT quiz', exclude: horse}}", tmp_path)
    explanation = asked.explain("r", article("NATO sends aid.\n\nMore aid.", title="NATO"))
    shown = explanation.render()
    assert "✓ nato  'NATO'" in shown
    assert "✗ loan" in shown
    assert "aid: 0.2 (lead) + 0.50 (2 of 2 sentences) = 0.70" in shown
    assert "nato: 0.3 (title) + 0.2 (lead) + 0.50 (1 of 2 sentences) = 1.00" in shown
    assert "1.00^0.33 × 0.70^0.67 = 0.79" in shown
    assert explanation.matched


def test_an_explanation_is_plain_json(article: MakeArticle, tmp_path: Path) -> None:
    asked = rules("rules: {r: {query: 'nato NEAR/2 aid'}}", tmp_path)
    document = json.loads(json.dumps(asked.explain("r", article("NATO sends no aid.")).as_document()))
    assert document["matched"] is False
    assert document["tree"]["note"] == document["because"]
    assert document["tree"]["children"][0]["found"] == [
        {"field": "body", "start": 0, "end": 4, "text": "NATO"}
    ]


def test_an_unknown_rule_cannot_be_explained(article: MakeArticle, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there are: r"):
        rules("rules: {r: {query: a}}", tmp_path).explain("x", article("a"))


def test_examples_that_do_not_behave_are_told_with_the_reason(tmp_path: Path) -> None:
    text = """\
rules:
  r:
    query: nato AND aid
    examples:
      matches: ["NATO aid", "NATO only", {title: Aid, text: NATO}]
      ignores: ["Nothing", "aid of NATO"]
"""
    failures = check_examples(rules(text, tmp_path), no_files, NOW)
    assert [(f.should_match, f.text, f.because, f.place.line) for f in failures] == [
        (True, "NATO only", "'aid' is not in the article", 5),
        (False, "aid of NATO", "it has 'aid', 'NATO'", 6),
    ]


def test_an_example_in_a_file_is_read_by_the_reader_given(article: MakeArticle, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>NATO</p>", encoding="utf-8")
    asked = rules("rules: {r: {query: nato, examples: {matches: [{file: page.html}]}}}", tmp_path)
    assert check_examples(asked, lambda path, now: article(path.read_text(encoding="utf-8")), NOW) == ()
    failures = check_examples(asked, no_files, NOW)
    assert [failure.text for failure in failures] == ["page.html"]
    assert "cannot be read" in failures[0].because


def test_the_examples_of_the_rules_as_shipped_behave() -> None:
    shipped = RuleSet.load(SHIPPED)
    assert [rule.title for rule in shipped.rules] == ["NATO spending", "Ukraine aid", "Minerals deals"]
    assert all(len(r.matching_examples) >= 25 and len(r.ignored_examples) >= 25 for r in shipped.rules)
    assert check_examples(shipped, no_files, NOW) == ()


def test_a_query_reads_the_lists_of_a_rule_set(article: MakeArticle, tmp_path: Path) -> None:
    asked = rules("lists: {places: [Kyiv]}\nrules: {r: {query: '@places'}}", tmp_path)
    assert Query.parse("@places", asked.lists).matches(article("In Kyiv."))


def test_hostile_chains_on_a_huge_article_end_soon(article: MakeArticle) -> None:
    huge = article("alpha bravo carrot " * 30_000)
    chain = "alpha NEAR/100 bravo NEAR/100 carrot NEAR/100 alpha NEAR/100 bravo"
    match = Query.parse(chain).match(huge)
    assert match is not None
    assert not Query.parse("alpha NOT NEAR/100 bravo").matches(huge)
    assert not Query.parse("(alpha SAME/S bravo) NEAR/5 nothing").matches(huge)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("a" * 2_000_000, 0),
        ("\0" * 1_000 + "aid", 1),
        ("aid \ud800 bravo", 2),
        ("aid \u202e مرحبا aid", 2),
        ("bravo " * 20_000, 1_000),
    ],
    ids=["one huge word", "NULs", "a lone surrogate", "right to left", "very many hits"],
)
def test_strange_articles_are_read_soon_and_without_error(
    text: str, spans: int, article: MakeArticle
) -> None:
    match = Query.parse("aid OR /b(r|x)avo/ OR cha*").match(article(text))
    assert (len(match.spans) if match else 0) == spans
