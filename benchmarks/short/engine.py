"""Matching, beside a loop over regular expressions."""

from collections.abc import Iterator

from matching.comparable import ironed
from matching.lexicon import Lexicon
from matching.newswire import newswire
from matching.peers.own import Watchdesk
from matching.peers.regex_loop import RegexLoop
from matching.rulebook import write_rules

from short.turns import Pair
from watchdesk.rules import RuleSet

_RULES, _ARTICLES = 300, 4


def pairs() -> Iterator[Pair]:
    """Answers are compared by match.py."""
    texts = newswire(100 + _ARTICLES, 1)
    rules = RuleSet.from_yaml(write_rules("narrow", _RULES, Lexicon(texts[_ARTICLES:]), 1).yaml)
    asked = [ironed(text) for text in texts[:_ARTICLES]]
    ours, loop = Watchdesk(rules), RegexLoop()
    loop.build(rules.rules)

    def several_times() -> None:
        for _ in range(20):
            ours.run(asked)

    yield Pair(
        f"{_RULES} rules, a loop over regular expressions",
        60,
        several_times,
        lambda: loop.run(asked),
        1 / 20,
    )
