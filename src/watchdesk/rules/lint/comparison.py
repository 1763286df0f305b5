"""The languages for which queries are compared, and whether one word finds all that another finds."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple, assert_never

from watchdesk.rules.language.syntax import How, Listed, Node, Or, Part
from watchdesk.rules.lint.forms import english_forms
from watchdesk.rules.lint.marks import Offered, alternatives
from watchdesk.rules.lint.remembered import ByNode, ByPair
from watchdesk.rules.lint.siblings import Siblings
from watchdesk.rules.lint.wildcards import fits, wider
from watchdesk.rules.text.folding import folding_language, keys, plain, stem, stems_only_on_request

MOST_STEPS = 200_000
"""Nodes compared for one rule; no claims after these, so that a hostile rule costs little."""


@dataclass(slots=True)
class Comparison:
    """The languages that a claim must hold in, and the steps that are left."""

    languages: tuple[str, ...] = ("en",)
    """As `folding_language` gives them."""
    steps: int = MOST_STEPS
    offered: Offered = field(default_factory=Offered)
    covers: ByPair[bool] = field(default_factory=ByPair)
    """Answers of `covers`."""
    slack: ByPair["Slack | None"] = field(default_factory=ByPair)
    """Answers of `inside`."""
    _siblings: ByNode[Siblings] = field(default_factory=ByNode)

    @classmethod
    def of(cls, languages: Collection[str]) -> "Comparison":
        """For a rule's languages, and always English, in which articles of unknown language are read."""
        return cls(("en", *sorted({folding_language(language) for language in languages} - {"en"})))

    def step(self) -> bool:
        """Takes a step; False when none is left."""
        self.steps -= 1
        return self.steps >= 0

    def that_may_cover(self, wide: Or | Listed, narrow: Node) -> Iterator[Node]:
        """Those alternatives of `wide` that may cover `narrow`, in their order."""
        each = alternatives(wide)
        siblings = self._siblings.of(wide, lambda: Siblings(each, self.offered))
        return (each[number] for number in siblings.covering_one_with(self.offered.of(narrow)))


class Slack(NamedTuple):
    """The most words that the outer occurrence may have before and after the inner one."""

    before: float
    after: float


def word_covers(wide: Part, narrow: Part, comparison: Comparison) -> bool:
    """Whether every word of an article that fits `narrow` fits `wide`."""
    return all(_covers(wide, narrow, language) for language in comparison.languages)


def _unstemmed(part: Part) -> Part:
    """The part as it is compared in languages that stem every word."""
    return replace(part, how=How.FOLDED) if part.how is How.STEM else part


def _covers(wide: Part, narrow: Part, language: str) -> bool:
    if not stems_only_on_request(language):
        wide, narrow = _unstemmed(wide), _unstemmed(narrow)
    match wide.how:
        case How.FOLDED:
            return _folded_covers(wide, narrow, language)
        case How.EXACT:
            return narrow.how is How.EXACT and narrow.text == wide.text
        case How.STEM:
            return _stem_covers(wide, narrow, language)
        case How.WILDCARD:
            return _wildcard_covers(wide, narrow, language)
        case _:
            assert_never(wide.how)


def _folded_covers(wide: Part, narrow: Part, language: str) -> bool:
    match narrow.how:
        case How.FOLDED:
            return set(keys(narrow.text, language)) <= set(keys(wide.text, language))
        case How.EXACT:
            return not set(keys(narrow.text, language)).isdisjoint(keys(wide.text, language))
        case How.STEM | How.WILDCARD:
            return False
        case _:
            assert_never(narrow.how)


def _stem_covers(wide: Part, narrow: Part, language: str) -> bool:
    wanted = stem(wide.text, language)
    match narrow.how:
        case How.FOLDED:
            return _every_form(narrow.text, language, lambda form: stem(form, language) == wanted)
        case How.EXACT | How.STEM:
            return stem(narrow.text, language) == wanted
        case How.WILDCARD:
            return False
        case _:
            assert_never(narrow.how)


def _wildcard_covers(wide: Part, narrow: Part, language: str) -> bool:
    match narrow.how:
        case How.FOLDED:
            return _every_form(narrow.text, language, lambda form: fits(wide.text, form))
        case How.EXACT:
            return fits(wide.text, plain(narrow.text))
        case How.STEM:
            return False
        case How.WILDCARD:
            return wider(wide.text, narrow.text)
        case _:
            assert_never(narrow.how)


def _every_form(word: str, language: str, fitting: Callable[[str], bool]) -> bool:
    """Whether every form that a text may have of a word fits; False when that is not certain."""
    is_one_word = len(keys(word, "en")) == 1
    if not is_one_word or language not in ("en", "und") or not fitting(plain(word)):
        return False
    return language == "und" or all(map(fitting, english_forms(word)))
