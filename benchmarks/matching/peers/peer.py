"""What is asked of every engine, so that all are timed and checked in the same way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Protocol

from matching.texts import Text
from watchdesk.rules import Rule

Ids = frozenset[str]


@dataclass(frozen=True, slots=True)
class Run:
    """The answers to some articles, in their order, and how long they took."""

    answers: list[Ids]
    cpu: float
    """Seconds of processor time, which other load on the machine hardly changes."""
    wall: float
    """Seconds by the clock."""
    waits: list[float]
    """Seconds of processor time before each article's answer; in a batch, all of the batch's."""


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


def one_by_one(
    texts: Sequence[Text], matching: Callable[[Text], Ids], cpu: Callable[[], float] = process_time
) -> Run:
    """Asks article after article. `cpu`: the processor time that the engine has used so far, in seconds."""
    answers: list[Ids] = []
    waits: list[float] = []
    wall = 0.0
    for text in texts:
        started, before = perf_counter(), cpu()
        found = matching(text)
        waits.append(cpu() - before)
        wall += perf_counter() - started
        answers.append(found)
    return Run(answers, sum(waits), wall, waits)
