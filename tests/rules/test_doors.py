"""What others import from the rooms that are a library stays importable."""

import pytest

import watchdesk.articles
import watchdesk.rules

RULES = (
    "Answers",
    "Engine",
    "Example",
    "ExampleFailure",
    "Explanation",
    "Miss",
    "Query",
    "Rule",
    "RuleSet",
    "check_examples",
    "load_rules",
    "rules_schema",
    "settle_collector",
)
ARTICLES = (
    "Apart",
    "Evidence",
    "Identified",
    "Stored",
    "clean_url",
    "colliding_guid",
    "identify",
    "is_version",
    "keeps_words",
    "normalise",
    "normalise_all",
    "prepare",
    "read_file",
    "read_page",
    "read_text",
    "says_something_else",
    "sealed",
    "site_of",
    "source_zone",
    "standing",
    "story_keys",
    "tell_apart",
    "url_key",
    "wants_page",
    "with_page",
    "wording_of",
)


@pytest.mark.parametrize("name", RULES)
def test_the_rules_offer_what_they_offered(name: str) -> None:
    assert callable(getattr(watchdesk.rules, name))


@pytest.mark.parametrize("name", ARTICLES)
def test_articles_offer_what_they_offered(name: str) -> None:
    assert callable(getattr(watchdesk.articles, name))


@pytest.mark.parametrize("name", ["add", "remove", "matching", "asked"])
def test_an_engine_answers_to_the_names_it_had(name: str) -> None:
    assert callable(getattr(watchdesk.rules.Engine, name))
