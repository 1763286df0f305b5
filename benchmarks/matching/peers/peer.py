"""What is asked of every engine, so that all are timed and checked in the same way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from matching.texts import Text
from watchdesk.rules import Rule

Ids = frozenset[str]


@dataclass(frozen=True, slots=True)
class Run:
    """The answers to some articles, in their order, and how long they took."""

    answers: list[Ids]
    seconds: float
    waits: list[float]
    """Seconds that each article waited for its answer; in a batch, all of the batch's."""


class Peer(Protocol):
    """An engine that finds the rules that match an article."""

    name: str
    setting: str
    """How it is set up, in a line of the report."""

    def absent(self) -> str | None:
        """Why it cannot be had on this machine; None when it can."""

    def takes(self, rule: Rule) -> bool:
        """Whether it can be asked this rule with the same meaning."""

    def build(self, rules: Sequence[Rule]) -> None:
        """Makes it ready for these rules, and no others."""

    def run(self, texts: Sequence[Text]) -> Run:
        """Raw texts to ids of rules."""

    def close(self) -> None:
        """Ends what it started."""


def one_by_one(texts: Sequence[Text], matching: Callable[[Text], Ids]) -> Run:
    """Asks article after article, each on its own clock."""
    answers: list[Ids] = []
    waits: list[float] = []
    for text in texts:
        start = perf_counter()
        found = matching(text)
        waits.append(perf_counter() - start)
        answers.append(found)
    return Run(answers, sum(waits), waits)
