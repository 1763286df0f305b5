"""Whether engines give the same answers: each other's, and those of watchdesk reading rule by rule."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from matching.peers.peer import Ids
from matching.texts import Text
from watchdesk.rules import Rule
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.rule import match_of


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many answers were compared, and the first ones that differ, in words."""

    compared: int
    different: int
    shown: tuple[str, ...]

    @property
    def told(self) -> str:
        """In a column of the report."""
        return f"{self.compared:,} alike" if not self.different else f"{self.different:,} DIFFER"


def agree(
    ours: Sequence[Ids], theirs: Sequence[Ids], rules: Sequence[Rule], texts: Sequence[Text]
) -> Agreement:
    """Compares two engines rule by rule on the same articles."""
    queries = {rule.id: rule.query.text for rule in rules}
    differing = [
        f"'{queries[rule_id]}' on '{text.title}': only {'we' if rule_id in mine else 'they'} match"
        for mine, other, text in zip(ours, theirs, texts, strict=False)
        for rule_id in sorted(mine ^ other)
    ]
    compared = len(rules) * min(len(ours), len(theirs))
    return Agreement(compared, len(differing), tuple(differing[:3]))


def naive(rules: Sequence[Rule], text: Text) -> Ids:
    """The rules that match, each asked of the article by its own tree, without an index."""
    reading = Reading(text.article())
    return frozenset(rule.id for rule in rules if match_of(rule, reading) is not None)


def agrees_with_naive(
    answers: Sequence[Ids], rules: Sequence[Rule], texts: Sequence[Text], *, pairs: int, seed: int
) -> Agreement:
    """Compares about `pairs` answers, rules and articles drawn by lot, every matching rule among them."""
    rng = random.Random(seed)
    places = rng.sample(range(len(texts)), min(len(texts), 20))
    some = set(rng.sample(range(len(rules)), min(len(rules), max(1, pairs // len(places)))))
    compared, differing = 0, []
    for place in places:
        asked = [rule for number, rule in enumerate(rules) if number in some or rule.id in answers[place]]
        ids = {rule.id for rule in asked}
        wrong = (answers[place] & ids) ^ naive(asked, texts[place])
        compared += len(asked)
        differing += [f"{rule_id} on '{texts[place].title}'" for rule_id in sorted(wrong)]
    return Agreement(compared, len(differing), tuple(differing[:3]))
