"""What is read off the stored matches of a rule."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backtest.archive import NOW, WINDOW, article, rules, stored
from watchdesk.backtest import Habit, Oddity, Part, habits
from watchdesk.documents.rules import advice
from watchdesk.model import Article
from watchdesk.rules import RuleSet


def habit(asked: RuleSet, *articles: Article, all_articles: int = 100) -> Habit:
    matched = [stored(one, asked) for one in articles]
    return habits(matched, asked, WINDOW, all_articles, {})[0]


def test_matches_a_day_and_the_source_that_brings_most() -> None:
    found = habit(rules(nato="NATO"), *[article("NATO")] * 2, article("NATO", source="daily"))
    assert (found.matches, found.a_day, found.share) == (3, 0.1, 0.03)
    assert found.noisiest == Part("wire", 2, 2 / 3)


def test_a_word_of_a_list_that_alone_brings_matches_is_named() -> None:
    asked = rules(places="@places AND spending")
    texts = [
        "Belgium spending",
        "BELGIUM'S spending",
        "Belgium and the United States on spending",
        "US spending",
    ]
    found = habit(asked, *[article(text) for text in texts])
    assert found.alone == Part("Belgium", 2, 0.5)


def test_a_branch_of_an_or_that_alone_brings_matches_is_named() -> None:
    asked = rules(aid='Ukraine NEAR/5 (aid OR "support package" OR @places)')
    texts = [
        "aid to Ukraine",
        "aid, a support package, to Ukraine",
        "Ukraine and Belgium",
        "Ukraine, Belgium",
    ]
    assert habit(asked, *[article(text) for text in texts]).alone == Part("Belgium", 2, 0.5)


def test_a_branch_of_several_words_is_named_as_it_is_written() -> None:
    asked = rules(aid="(Ukraine AND aid) OR (Ukraine AND weapons)")
    found = habit(asked, article("aid for Ukraine"), article("aid to Ukraine"), article("weapons to Ukraine"))
    assert found.alone == Part("Ukraine AND aid", 2, 2 / 3)


def test_a_query_without_alternatives_has_no_such_word() -> None:
    assert habit(rules(nato="NATO AND spending"), article("NATO spending")).alone is None


def test_what_a_rule_must_not_have_is_no_alternative() -> None:
    assert habit(rules(nato="NATO AND NOT (quiz OR horoscope)"), article("NATO")).alone is None


def test_words_of_a_text_that_was_corrected_since_are_not_guessed_at() -> None:
    asked = rules(places="@places")
    before = stored(article("Belgium spends"), asked)
    after = replace(before.article, sections=article("Nothing is as it was").sections)
    assert habits([replace(before, article=after)], asked, WINDOW, 100, {})[0].alone is None


def test_a_rule_that_never_matched_is_silent() -> None:
    assert habit(rules(nato="NATO")).oddity is Oddity.SILENT


def test_of_an_empty_archive_nothing_is_said() -> None:
    assert habit(rules(nato="NATO"), all_articles=0).oddity is None


@pytest.mark.parametrize(("all_articles", "oddity"), [(119, Oddity.BROAD), (120, None), (99, None)])
def test_a_rule_that_matches_more_than_a_tenth_of_all_is_broad(
    all_articles: int, oddity: Oddity | None
) -> None:
    asked = rules(nato="NATO")
    assert habit(asked, *[article("NATO")] * 12, all_articles=all_articles).oddity is oddity


def test_of_few_articles_nothing_is_said() -> None:
    assert habit(rules(nato="NATO"), all_articles=99).oddity is None


@pytest.mark.parametrize(
    ("query", "near"), [("NATO NEAR/40 aid", True), ("title:(NATO SAME/S aid)", True), ("NATO", False)]
)
def test_advice_goes_by_the_rule_as_written(query: str, near: bool) -> None:
    found = habit(rules(nato=query), *[article("NATO aid", title="NATO aid")] * 50)
    assert found.oddity is Oddity.BROAD
    told = advice(found, WINDOW)
    assert told is not None
    assert ("NEAR/10" in told) is not near
    assert ("a smaller distance" in told) is near


@pytest.mark.parametrize(
    ("query", "cure"),
    [
        ("title:NATO", "second word near the first (NEAR/10); `watchdesk"),
        ("NATO NEAR/1 aid", "one more word with AND, or look in the title only; `watchdesk"),
        ("title:(NATO ONEAR/1 aid)", "one more word with AND; `watchdesk"),
    ],
)
def test_advice_offers_nothing_that_the_rule_asks_already(query: str, cure: str) -> None:
    found = habit(rules(nato=query), *[article("NATO aid", title="NATO aid")] * 50)
    assert cure in (advice(found, WINDOW) or "")


def test_a_rule_of_which_only_matches_are_left_is_named_last() -> None:
    asked, old = rules(nato="NATO"), rules(nato="NATO", old="NATO")
    last = {"old": NOW - timedelta(days=2)}
    found = habits([stored(article("NATO"), old)], asked, WINDOW, 100, last)
    assert [(one.rule.id, one.in_files, one.matches) for one in found] == [
        ("nato", True, 1),
        ("old", False, 1),
    ]
    assert (found[1].last_matched, found[1].oddity) == (NOW - timedelta(days=2), None)
