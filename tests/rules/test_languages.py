"""A language that no article has is a warning that names the right code."""

import pytest

from watchdesk.config.places import Problems, Severity
from watchdesk.rules import Query
from watchdesk.rules.files.rule_files import read_rules_text
from watchdesk.rules.lint import lint_query


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("a AND lang:german", "write lang:de"),
        ("a AND lang:Deutsch", "write lang:de"),
        ("a AND lang:deu", "write lang:de"),
        ("a AND lang:en-GB", "write lang:en"),
        ("a AND lang:(en OR français)", "write lang:fr"),
        ("a AND lang:ua", "write lang:uk"),
        ("a AND lang:klingon", "write its two letters, such as lang:en, lang:de or lang:uk"),
        ("a AND lang:qq*", "write its two letters, such as lang:en, lang:de or lang:uk"),
    ],
)
def test_a_language_that_no_article_has_is_a_warning(query: str, hint: str) -> None:
    (warning,) = lint_query(Query.parse(query))
    assert (warning.severity, warning.hint) == (Severity.WARNING, hint)


@pytest.mark.parametrize("query", ["a AND lang:de", "a AND lang:EN", "a AND lang:*", "a AND lang:e*"])
def test_a_language_that_articles_have_is_none(query: str) -> None:
    assert not [found for found in lint_query(Query.parse(query)) if "language" in found.message]


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("deu", "write de, its two letters"),
        ("ua", "write uk, its two letters"),
        ("xx", "write its two letters, such as en, de or uk"),
    ],
)
def test_a_rules_language_that_no_article_has_is_a_warning(code: str, hint: str) -> None:
    problems = Problems()
    read_rules_text(f"rules:\n  r:\n    query: a\n    languages: [{code}, fr]\n", "rules.yaml", problems)
    (warning,) = problems.warnings
    assert warning.message == f"no article's language is '{code}': it is two letters"
    assert warning.hint == hint


@pytest.mark.parametrize(("written", "code"), [("german", "de"), ("EN", "en"), ("en-GB", "en")])
def test_a_rules_language_by_name_is_told_its_code(written: str, code: str) -> None:
    problems = Problems()
    read_rules_text(f"rules:\n  r:\n    query: a\n    languages: [{written}]\n", "rules.yaml", problems)
    assert problems.errors[0].hint == f"write {code}, its two letters"
