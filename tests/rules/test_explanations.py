"""What `explain` prints: the query's tree with what each part found, and how close the failed ones came."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchdesk.errors import UnreadableInput
from watchdesk.model import Article, Section
from watchdesk.rules import ExampleFailure, RuleSet, check_examples

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def rules(query: str, settings: str = "") -> RuleSet:
    return RuleSet.from_yaml(f"rules: {{r: {{query: {json.dumps(query)}{settings}}}}}")


def explained(query: str, text: str, *, title: str = "", settings: str = "") -> str:
    article = Article.from_text(title, text, language="en", source="wire", source_tags={"press"})
    return rules(query, settings).explain("r", article).render()


def tree(query: str, text: str, *, title: str = "") -> str:
    """The explanation between its verdict and its score."""
    return explained(query, text, title=title).split("\n\n")[1]


def test_a_near_that_is_too_wide_says_how_wide_it_is() -> None:
    text = f"NATO met{' and talked' * 19} of defence spending."
    assert (
        explained('(NATO OR alliance) NEAR/30 "defence spending"', text)
        == """\
r does not match: 'NATO' and 'defence spending' are 41 words apart at the nearest, the rule asks for 30

✗ NEAR/30  (as above)
  ✓ any of
    ✓ NATO  'NATO'
    ✗ alliance
  ✓ "defence spending"  'defence spending'"""
    )


def test_a_match_shows_what_each_part_found_and_how_the_score_is_made() -> None:
    assert (
        explained("(NATO OR alliance)^2 AND aid AND NOT quiz", "Aid.\n\nMore aid.", title="NATO")
        == """\
r matches

✓ all of
  ✓ any of^2
    ✓ NATO  'NATO'
    ✗ alliance
  ✓ aid  'Aid', 'aid'
  ✓ none of
    ✗ quiz

score 0.40
  NATO: 0.3 (title) = 0.30
  aid: 0.2 (lead) + 0.50 (2 of 2 sentences) = 0.70
  0.30^0.67 × 0.70^0.33 = 0.40"""
    )


@pytest.mark.parametrize(
    ("query", "title", "text", "note"),
    [
        (
            "nato SAME/S aid",
            "",
            "NATO met. It rained. Aid came.",
            "'NATO' and 'Aid' are 2 sentences apart at the nearest, the rule asks for one sentence",
        ),
        (
            "nato SAME/S aid",
            "NATO",
            "Aid came.",
            "'NATO' is in the title and 'Aid' in the lead; the rule asks for one sentence",
        ),
        (
            "nato SAME/P aid",
            "",
            "NATO met.\n\nIt rained.\n\nAid came.",
            "'NATO' is in the lead and 'Aid' in paragraph 3; the rule asks for one paragraph",
        ),
        ("nato SAME/S nato*", "", "NATO.", "'nato' and 'nato*' are only found in the same words"),
        (
            "nato ONEAR/3 aid",
            "",
            "Aid for NATO.",
            "'NATO' and 'Aid' are 2 words apart at the nearest, and not in the order that the rule asks for",
        ),
        (
            "nato NEAR/3 aid",
            "",
            "NATO met.\n\nAid came.",
            "'NATO' and 'Aid', the nearest, are in different paragraphs; the rule asks for 3 words",
        ),
        (
            "(a NEAR/2 b) NEAR/3 c",
            "",
            "A and b stood far away, very far, from c.",
            "'A … b' and 'c' are 7 words apart at the nearest, the rule asks for 3",
        ),
        ("nato NEAR/3 nato", "", "NATO.", "'nato' and 'nato' are only found in the same words"),
        (
            "aid NOT NEAR/1 (first OR hearing)",
            "",
            "Hearing aid. First aid.",
            "every 'aid' has 'first OR hearing' within 1 word, as in 'Hearing aid'",
        ),
        (
            "ATLEAST/3 (aid OR loan)",
            "",
            "Aid and loans.",
            "'aid OR loan' occurs twice, and the rule asks for 3",
        ),
        ("ATLEAST/2 aid", "", "Aid.", "'aid' occurs once, and the rule asks for 2"),
        ("title:aid", "NATO", "So.\n\nAid.", "'aid' is not in the title, but in paragraph 2"),
        ("lead:aid", "Aid", "So.", "'aid' is not in the lead, but in the title"),
        ("heading:aid", "", "Aid.", "'aid' is not in a heading, but in the lead"),
        ("body:(aid OR loan)", "Loans", "So.", "'aid OR loan' is not in the body, but in the title"),
        (
            "title:(nato NEAR/2 aid)",
            "",
            "NATO aid.",
            "'nato NEAR/2 aid' is not in the title, but in the lead",
        ),
        (
            "FIRST/3 aid",
            "Aid",
            "One two three four aid.",
            "'aid' is word 5 of the body at the earliest, the rule asks for the first 3",
        ),
        (
            'FIRST/3 "aid package"',
            "",
            "One two aid package.",
            '"aid package" ends at word 4 of the body at the earliest, the rule asks for the first 3',
        ),
        ("FIRST/3 aid", "Aid", "No.", "'aid' is in the title alone, and FIRST counts the words of the body"),
        (
            "LAST/3 aid",
            "Aid",
            "Aid, then aid two three four.",
            "'aid' is word 4 from the end of the body at the latest, the rule asks for the last 3",
        ),
        (
            'LAST/3 "aid package"',
            "",
            "One aid package three four.",
            '"aid package" begins at word 4 from the end of the body at the latest, '
            "the rule asks for the last 3",
        ),
        ("LAST/3 aid", "Aid", "No.", "'aid' is in the title alone, and LAST counts the words of the body"),
    ],
)
def test_a_failed_part_says_how_close_it_came(query: str, title: str, text: str, note: str) -> None:
    article = Article.from_text(title, text, language="en", source="wire")
    explanation = rules(query).explain("r", article)
    assert explanation.tree.note == note
    verdict, below = explanation.render().split("\n\n")[:2]
    assert verdict == f"r does not match: {note}"
    assert below.splitlines()[0].endswith("(as above)")


@pytest.mark.parametrize(
    ("query", "title", "text", "because"),
    [
        ("nato AND (aid OR loan)", "", "NATO.", "none of 'aid', 'loan' is in the article"),
        ("nato NEAR/3 aid", "", "NATO.", "'aid' is not in the article"),
        ("nato SAME/S aid", "", "Aid.", "'nato' is not in the article"),
        ("ATLEAST/2 aid", "", "NATO.", "'aid' is not in the article"),
        ("title:aid", "NATO", "NATO.", "'aid' is not in the article"),
        ("title:(nato AND aid)", "NATO", "Aid.", "'aid' is not in the title, but in the lead"),
        ("title:(nato NEAR/2 aid)", "NATO", "Aid.", "'aid' is not in the title, but in the lead"),
        (
            "FIRST/2 (nato AND aid)",
            "",
            "NATO sent aid.",
            "'aid' is word 3 of the body at the earliest, the rule asks for the first 2",
        ),
        (
            "LAST/2 (nato AND aid)",
            "",
            "NATO sent aid.",
            "'nato' is word 3 from the end of the body at the latest, the rule asks for the last 2",
        ),
        ("LAST/9 (aid OR loan)", "NATO", "So.", "none of 'aid', 'loan' is in the last 9 words"),
        ("title:(aid OR loan)", "NATO", "So.", "none of 'aid', 'loan' is in the title"),
        ("aid NOT NEAR/2 first", "", "NATO.", "'aid' is not in the article"),
        ("aid^3", "", "NATO.", "'aid' is not in the article"),
        ("/sanction(s|ed)/", "", "NATO.", "/sanction(s|ed)/ is not in the article"),
        (
            "aid AND NOT (quiz OR game)",
            "",
            "Aid quiz.",
            "the rule asks for no 'quiz OR game', and the article has 'quiz'",
        ),
        (
            "aid AND NOT source:wire",
            "",
            "Aid.",
            "the rule asks for no 'source:wire', and the article has 'wire'",
        ),
        ("aid AND lang:de", "", "Aid.", "the article's data does not say lang:de"),
        (
            "(nato NEAR/3 aid) OR (nato AND quiz AND horse)",
            "",
            "NATO said that it has no aid.",
            "'NATO' and 'aid' are 6 words apart at the nearest, the rule asks for 3",
        ),
    ],
)
def test_the_first_sentence_names_the_part_that_failed(
    query: str, title: str, text: str, because: str
) -> None:
    assert explained(query, text, title=title).splitlines()[0] == f"r does not match: {because}"


@pytest.mark.parametrize(
    ("settings", "because"),
    [
        ("languages: [de, fr]", "the article is in 'en', and the rule reads 'de', 'fr'"),
        (
            "sources: {only: [post, 'tag:wires']}",
            "it comes from 'wire', and the rule reads only 'post', 'tag:wires'",
        ),
        ("sources: {never: ['tag:press']}", "it comes from 'wire', and the rule never reads 'tag:press'"),
        ("exclude: title:quiz OR game", "the rule excludes 'title:quiz OR game', and the article has 'game'"),
        ("at_least: 0.8", "its score is 0.70, and the rule asks for at least 0.8"),
    ],
)
def test_what_stands_beside_the_query_is_named_and_the_tree_is_shown_all_the_same(
    settings: str, because: str
) -> None:
    shown = explained("aid", "Aid game.", settings=f", {settings}")
    assert shown.splitlines()[0] == f"r does not match: {because}"
    assert "✓ aid  'Aid'" in shown


def test_an_exclude_is_shown_with_what_it_found() -> None:
    shown = explained("aid", "Aid game.", settings=", exclude: quiz OR game")
    assert (
        shown.split("\n\n")[2]
        == """\
✗ exclude (must find nothing)
  ✓ any of
    ✗ quiz
    ✓ game  'game'"""
    )


def test_an_exclude_that_found_nothing_is_a_success() -> None:
    shown = explained("aid", "Aid came.", settings=", exclude: quiz OR game")
    assert shown.split("\n\n")[2] == "✓ exclude (must find nothing)  found nothing"


def test_what_does_not_match_has_no_score() -> None:
    assert "score" not in explained("aid", "Nothing.")
    assert "score" not in explained("aid", "Aid game.", settings=", exclude: game")
    assert "score" not in explained("aid", "Aid.", settings=", languages: [de]")


@pytest.mark.parametrize(
    ("query", "text", "passage"),
    [
        ("nato NEAR/5 aid", "NATO met. It sends aid to Kyiv.", "NATO met. It sends aid to Kyiv"),
        (
            "nato NEAR/9 aid",
            "Aid was late. All of them had long waited when NATO sent aid to Kyiv and left it there.",
            "…long waited when NATO sent aid to Kyiv and…",
        ),
        ("nato SAME/S aid", "NATO met. Aid from NATO came.", "NATO met. Aid from NATO came"),
        ("nato SAME/P aid", "NATO met.\n\nNATO said that aid came.", "NATO said that aid came"),
        ("nato NEAR/60 aid", "NATO met.\n\nAid came.", "NATO … Aid"),
        ("nato NEAR/90 aid", f"NATO met{' and talked' * 20} of aid.", "NATO … aid"),
        ('nato NEAR/5 "nato budget"', "The NATO budget grew.", "The NATO budget grew"),
    ],
)
def test_the_passage_that_satisfied_a_near_or_same_is_quoted(query: str, text: str, passage: str) -> None:
    found = rules(query).explain("r", Article.from_text(text=text, language="en"))
    assert found.tree.passage == passage
    assert found.render().split("\n\n")[1].splitlines()[0].endswith(f'  "{passage}"')


def test_a_passage_and_a_long_expression_are_printed_once() -> None:
    long = "(nato|alliance|the north atlantic treaty organisation|the pact of the north atlantic)s?"
    query = f"(/{long}/ NEAR/5 aid) NEAR/9 kyiv"
    found = explained(query, "NATO sent aid to Kyiv.")
    assert found.count(long) == 1
    assert found.count("NATO sent aid to Kyiv") == 1
    missed = explained(query, "NATO sent aid to Oslo.")
    assert missed.count(long) == 1


def test_lines_are_wrapped_at_the_width_of_the_terminal() -> None:
    article = Article.from_text("", f"NATO met{' and talked' * 19} of aid.", language="en")
    words = " OR ".join(f'"a long phrase of words with the number {number}"' for number in range(3))
    explanation = rules(f"(nato OR {words}) NEAR/30 aid").explain("r", article)
    wrapped = explanation.render(60)
    assert max(map(len, wrapped.splitlines())) <= 60
    assert wrapped.split() == explanation.render().split()


def test_a_score_that_is_asked_for_is_shown_beside_the_one_reached() -> None:
    assert "score 0.70, at least 0.8 is asked for" in explained("aid", "Aid.", settings=", at_least: 0.8")


def test_a_long_or_shows_what_was_found_and_how_much_was_not() -> None:
    query = " OR ".join([*(f"word{number}" for number in range(99)), "nato"])
    assert (
        tree(query, "NATO")
        == """\
✓ any of
  ✗ word0
  ✗ word1
  ✗ word2
  ✗ word3
  ✓ nato  'NATO'
  ✗ … and 95 more that found nothing"""
    )


def test_a_long_or_that_found_nothing_is_told_in_short() -> None:
    query = " OR ".join(f"word{number}" for number in range(100))
    because = explained(query, "NATO").splitlines()[0]
    assert because.endswith(
        "none of 'word0', 'word1', 'word2', 'word3', 'word4' and 95 more is in the article"
    )


def test_an_alternative_that_came_close_is_never_hidden() -> None:
    query = " OR ".join([*(f"word{number}" for number in range(20)), "(nato NEAR/2 aid)"])
    assert "'NATO' and 'aid' are 4 words apart" in explained(query, "NATO sends much more aid.")
    assert "✗ NEAR/2  (as above)" in tree(query, "NATO sends much more aid.")


def test_a_word_found_many_times_is_shown_in_short() -> None:
    shown = tree("ai*", "Aid aide aids aim air aisle ails aimed.")
    assert shown == "✓ ai*  'Aid', 'aide', 'aids', 'aim', 'air', 'aisle' and 2 more"


def test_every_place_of_a_word_is_counted_however_often_it_is_spelt_alike() -> None:
    assert tree("aid", "Aid " * 5 + "aid " * 8) == "✓ aid  'Aid', 'aid' and 11 more"


def test_a_list_is_one_line_however_long() -> None:
    names = ", ".join(f"word{number}" for number in range(500))
    asked = RuleSet.from_yaml(f"lists: {{many: [{names}, nato]}}\nrules: {{r: {{query: '@many'}}}}")
    shown = asked.explain("r", Article.from_text("", "NATO and word7.")).render()
    assert "✓ @many  'NATO', 'word7'\n" in shown


def test_a_huge_or_is_explained_soon() -> None:
    query = " OR ".join(f"word{number}" for number in range(10_000))
    assert "9996 more that found nothing" in tree(query, "NATO")


def failures(query: str, examples: str) -> list[ExampleFailure]:
    asked = RuleSet.from_yaml(
        f"rules: {{r: {{query: {json.dumps(query)}, exclude: horse, examples: {examples}}}}}"
    )
    return list(check_examples(asked, no_files, NOW))


def no_files(path: Path, now: datetime) -> Article:
    raise UnreadableInput(f"{path.name} at {now}")


def marked(failure: ExampleFailure) -> list[str]:
    return [failure.text[start:end] for start, end in failure.marks]


def test_an_example_that_should_not_match_is_shown_with_the_words_that_did() -> None:
    (failure,) = failures("nato AND aid", "{ignores: [{title: NATO, text: 'It gives\n\n  aid.'}]}")
    assert failure.text.startswith("NATO / It gives")
    assert marked(failure) == ["NATO", "aid"]
    assert failure.because == "it has 'NATO', 'aid'"


def test_an_example_that_should_match_is_shown_with_what_was_found_of_it() -> None:
    (failure,) = failures("nato NEAR/2 aid", "{matches: ['NATO said that it gives aid.']}")
    assert marked(failure) == ["NATO", "aid"]
    assert failure.because == "'NATO' and 'aid' are 5 words apart at the nearest, the rule asks for 2"


def test_an_example_that_is_excluded_is_shown_with_the_excluded_word() -> None:
    (failure,) = failures("aid", "{matches: ['Aid for a horse.']}")
    assert marked(failure) == ["Aid", "horse"]


def test_an_explanation_knows_headings() -> None:
    article = Article("wire", "NATO", (Section("Aid", ("So it goes.",)),), NOW, language="en")
    because = rules("nato SAME/P aid").explain("r", article).because
    assert because == "'NATO' is in the title and 'Aid' in a heading; the rule asks for one paragraph"
