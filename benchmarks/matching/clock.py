"""Timing: rounds, medians, percentiles; an engine that is slow is asked of fewer articles, and it is said.

Processor time is what counts, for other load on the machine changes it least; clock time is told beside it.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from matching.peers.peer import Ids, Peer, Run
from matching.texts import Text
from watchdesk.rules import settle_collector

_LEAST_ARTICLES = 2


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to measure: rounds, and seconds that one engine may take for all of them."""

    rounds: int = 5
    seconds: float = 40.0


@dataclass(frozen=True, slots=True)
class Timing:
    """What a clock said of one engine at one set of rules."""

    rate: float
    """Articles in a second of processor time: the median of the rounds."""
    slowest: float
    fastest: float
    wall_rate: float
    """Articles a second by the clock: the median of the rounds."""
    p50: float
    """Seconds of processor time before an article has its answer."""
    p99: float
    worst: float
    hits: float
    """Matches an article."""
    articles: int
    rounds: int
    answers: tuple[Ids, ...]


def timed(peer: Peer, texts: Sequence[Text], patience: Patience) -> Timing:
    """Asks `peer` of the articles: one round unmeasured, then the others."""
    return timed_in_turns([peer], texts, patience)[0]


def timed_in_turns(peers: Sequence[Peer], texts: Sequence[Text], patience: Patience) -> list[Timing]:
    """The same for several, round by round, so that all meet the same load."""
    asked = [_affordable(peer, texts, patience) for peer in peers]
    rounds = min(affordable for _, affordable in asked)
    settle_collector()  # as the service does
    runs: list[list[Run]] = [[] for _ in peers]
    for _ in range(rounds):
        for peer, (chosen, _), its in zip(peers, asked, runs, strict=True):
            its.append(peer.run(chosen))
    return [_timing(its, len(chosen)) for its, (chosen, _) in zip(runs, asked, strict=True)]


def _affordable(peer: Peer, texts: Sequence[Text], patience: Patience) -> tuple[Sequence[Text], int]:
    """The articles and rounds for which there is patience, after an unmeasured round.

    For a batch the articles are never fewer: it costs about the same however many are in it.
    """
    batch = "batches" in peer.name
    probe = _LEAST_ARTICLES if not batch else len(texts)
    peer.run(texts[:1])  # what is made when it is first asked
    start = perf_counter()
    peer.run(texts[:probe])
    each = (perf_counter() - start) / probe
    affordable = patience.seconds / (patience.rounds + 1) / each
    chosen = texts if batch else texts[: max(_LEAST_ARTICLES, int(affordable))]
    rounds = max(1, min(patience.rounds, int(patience.seconds / (each * len(chosen)))))
    if rounds == patience.rounds:
        peer.run(chosen)
    return chosen, rounds


def _timing(runs: Sequence[Run], articles: int) -> Timing:
    rates = [articles / run.cpu for run in runs]
    waits = sorted(wait for run in runs for wait in run.waits)
    answers = tuple(runs[0].answers)
    return Timing(
        statistics.median(rates),
        min(rates),
        max(rates),
        wall_rate=statistics.median(articles / run.wall for run in runs),
        p50=percentile(waits, 0.50),
        p99=percentile(waits, 0.99),
        worst=waits[-1],
        hits=sum(map(len, answers)) / len(answers),
        articles=articles,
        rounds=len(runs),
        answers=answers,
    )


def percentile(rising: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    return rising[min(len(rising) - 1, int(share * len(rising)))]
