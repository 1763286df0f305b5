"""How often the costly steps of matching are taken: counts, which no busy machine changes."""

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable

from watchdesk.model import Article
from watchdesk.rules import RuleSet

ARTICLE = Article.from_text(
    title="Ministers meet in the harbour",
    text="The treaty was signed on Tuesday, and the treaties of other towns too.\n\nNobody spoke of tariffs.",
    language="en",
)


def calls(work: Callable[[], object]) -> Counter[str]:
    """Of each function, by its name."""
    profile = cProfile.Profile()
    profile.enable()
    work()
    profile.disable()
    counted: Counter[str] = Counter()
    for (_, _, name), (_, number, *_) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        counted[name] += number
    return counted


def test_forms_are_noted_for_new_lexemes_only_once_rules_are_added_after_an_article() -> None:
    rules = RuleSet.from_yaml("rules: {a: {query: treaty}, b: {query: 'tar*'}}")
    rules.prepare()
    engine = rules.engine("en")
    assert calls(lambda: engine.match(ARTICLE))["_note"] == 0
    assert engine.matching(ARTICLE) == {"a", "b"}
    added = RuleSet.from_yaml(
        "rules: {c: {query: harbor}, d: {query: 'spok*'}, e: {query: '\"nobody spoke\"'}}"
    )
    for rule in added.rules:
        engine.add(rule)
        assert rule.id in engine.matching(ARTICLE)
    assert engine.matching(ARTICLE) == {"a", "b", "c", "d", "e"}
