"""What others import from the rooms that are a library stays importable."""

import pytest

import watchdesk.articles
import watchdesk.rules
from watchdesk.model import Entry, ParsedFeed

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
    "DistinctEntry",
    "Evidence",
    "Identified",
    "Stored",
    "clean_url",
    "colliding_guid",
    "distinct_entries",
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


def test_entries_answer_to_the_names_their_keys_had() -> None:
    assert watchdesk.articles.Apart is watchdesk.articles.DistinctEntry
    assert watchdesk.articles.tell_apart is watchdesk.articles.distinct_entries
    feed = ParsedFeed((Entry(title="Harbour closed", url="https://a.example/news/harbour-closed"),))
    (entry,) = watchdesk.articles.identify(feed)
    assert (entry.said, entry.titled, entry.shared) == (
        entry.wording_key,
        entry.title_key,
        entry.shared_address_key,
    )
