"""Coverage-guided fuzzing of the rule language: `python fuzz/rules.py [-max_total_time=600] [CORPUS]`.

Needs atheris (`pip install atheris`), which the tests do not. Any bytes make a query and an article; what
must hold is asserted below. A finding becomes a case in tests/rules/test_hostile.py.
"""

import sys

import atheris

with atheris.instrument_imports(include=["watchdesk.rules"]):
    from watchdesk.config.places import Place
    from watchdesk.model import Article
    from watchdesk.rules import Query, Rule, RuleSet
    from watchdesk.rules.language.parse import parse
    from watchdesk.rules.matching.reading import Reading
    from watchdesk.rules.rule import match_of

SPELLED = (
    *(
        "nato",
        "aid",
        "AND",
        "OR",
        "NOT",
        "NEAR/3",
        "ONEAR/2",
        "NOT NEAR/4",
        "SAME/S",
        "SAME/P",
        "NOT SAME/S",
        "ABOUT",
        "(",
        ")",
        "^2",
    ),
    *("FIRST/3", "LAST/3", "ATLEAST/2", "title:", "lead:", "source:", "stem("),
    *('"', "=", "*", "?", "/", "#", ":", "5%"),
)
LANGUAGES = (None, "en", "de", "fr", "ru", "tr", "zh")


def try_one(given: bytes) -> None:
    """One query and one article made of the bytes."""
    bytes_left = atheris.FuzzedDataProvider(given)
    words = []
    for _ in range(bytes_left.ConsumeIntInRange(1, 12)):
        if bytes_left.ConsumeBool():
            words.append(bytes_left.PickValueInList(list(SPELLED)))
        else:
            words.append(bytes_left.ConsumeUnicode(6))
    query = " ".join(words)
    language = bytes_left.PickValueInList(list(LANGUAGES))
    article = Article.from_text(
        bytes_left.ConsumeUnicode(20), bytes_left.ConsumeUnicode(300), language=language
    )

    found = parse(query, {})
    assert all(0 <= mistake.offset <= len(query) for mistake in found.mistakes), query
    if found.node is None:
        assert found.mistakes, query
        return
    rule = Rule("a", "a", Query(query, found.node), Place("query", 1, 1))
    rules = RuleSet((rule,))
    alone = match_of(rule, Reading(article))
    assert rules.matching(article) == ({"a"} if alone else set()), query
    texts = {"title": article.title, "body": article.text}
    for span in alone.spans if alone else ():
        assert span.field not in texts or 0 <= span.start < span.end <= len(texts[span.field]), query
    rules.explain("a", article).render()


if __name__ == "__main__":
    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()
