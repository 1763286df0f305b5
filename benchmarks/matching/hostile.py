"""The worst that somebody could write, on the worst that could come: whether one rule stalls the service.

Each rule is asked alone of each article by `RuleSet.answers`, the way the service asks, which also tells
what was looked at only in part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from matching.texts import Text
from watchdesk.errors import ConfigurationError
from watchdesk.rules import RuleSet

RULES: Mapping[str, str] = {
    "near of everything": "(the OR of OR and) NEAR/10000 (to OR in OR a)",
    "chain of nears": " NEAR/1000 ".join(("the", "of", "and", "to", "in", "that", "is")),
    "not near": "the NOT NEAR/10000 of",
    "nested repeats": r"/((a|e|i|o|u)+[a-z]*)+zz\b/",
    "wide expression": r"/\w+ \w+ \w+ \w+ \w+ \w+ \w+ zzz/",
    "wildcards": " AND ".join(f"{start}*" for start in ("th", "co", "re", "in", "ma", "de", "pr", "st")),
    "inner wildcards": "th*e AND co*n OR st*g".replace(" OR ", " AND "),
    "one sentence": "the SAME/S of SAME/S and",
    "at least": "ATLEAST/100000 (the OR of OR and OR to OR in)",
    "long list": " OR ".join(f"zz{number}" for number in range(5_000)),
    "long list near": f"({' OR '.join(f'zz{number}*' for number in range(2_000))}) NEAR/50 the",
    "phrases": " OR ".join(f'"the of and to {number}"' for number in range(2_000)),
}


@dataclass(frozen=True, slots=True)
class Ordeal:
    """One rule on one article."""

    rule: str
    article: str
    seconds: float
    told: str
    """What was said of what could not be looked at in full."""


def ordeals(texts: Sequence[Text], *, made_to_hurt: bool) -> list[Ordeal]:
    """Every hostile rule on the longest article, and on ones `made_to_hurt`; the slowest first."""
    longest = max(texts, key=lambda text: text.words)
    articles = {"the longest here": longest}
    if made_to_hurt:
        articles |= _made_to_hurt(texts)
    found = [
        _ordeal(name, rules, article, text)
        for name, rules in _hostile_rules()
        for article, text in articles.items()
    ]
    return sorted(found, key=lambda ordeal: -ordeal.seconds)


def as_the_service_asks(rules: RuleSet, texts: Sequence[Text]) -> str:
    """The articles asked of all rules at once, spans and snippets included; what was seen only in part."""
    waits: list[float] = []
    in_part: set[str] = set()
    articles = 0
    for text in texts:
        start = perf_counter()
        answers = rules.answers(text.article())
        waits.append(perf_counter() - start)
        in_part.update(answers.cut_short)
        articles += bool(answers.cut_short)
    return (
        f"with spans and snippets: {sum(waits) / len(waits) * 1e3:,.1f} ms an article, worst "
        f"{max(waits) * 1e3:,.1f} ms; {len(in_part)} rules cut short, in {articles} articles"
    )


def _made_to_hurt(texts: Sequence[Text]) -> Mapping[str, Text]:
    return {
        "200,000 words": Text("Minutes", "\n\n".join([text.body for text in texts] * 400)[:1_200_000]),
        "one word 100,000 times": Text("The", "the " * 100_000),
        "six words in turn": Text("The", "the of and to in a " * 17_000),
        "one sentence of letters": Text("A", "aeiou" * 100_000),
    }


def _hostile_rules() -> list[tuple[str, RuleSet]]:
    """Each rule alone; one that is refused stalls nothing."""
    accepted = []
    for name, query in RULES.items():
        try:
            rules = RuleSet.from_yaml(f"rules:\n  hostile:\n    query: >-\n      {query}\n")
        except ConfigurationError:
            continue
        rules.matching(Text("", "").article())
        accepted.append((name, rules))
    return accepted


def _ordeal(name: str, rules: RuleSet, article: str, text: Text) -> Ordeal:
    start = perf_counter()
    answers = rules.answers(text.article())
    seconds = perf_counter() - start
    told = [f"rule cut short: {', '.join(answers.cut_short)}"] if answers.cut_short else []
    told += ["article cut"] if answers.article_cut else []
    return Ordeal(name, article, seconds, "; ".join(told))
