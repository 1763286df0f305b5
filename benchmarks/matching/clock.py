"""Timing: rounds, medians, percentiles; an engine that is slow is asked of fewer articles, and it is said."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from matching.peers.peer import Ids, Peer
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
    """Articles a second: the median of the rounds."""
    slowest: float
    fastest: float
    p50: float
    """Seconds that an article waits for its answer."""
    p99: float
    worst: float
    hits: float
    """Matches an article."""
    articles: int
    rounds: int
    answers: tuple[Ids, ...]


def timed(peer: Peer, texts: Sequence[Text], patience: Patience, *, batch: bool = False) -> Timing:
    """Asks `peer` of the articles: one round unmeasured, then the others.

    With `batch` the articles are never fewer, for a batch costs about the same however many are in it.
    """
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
    settle_collector()  # as the service does
    runs = [peer.run(chosen) for _ in range(rounds)]
    rates = [len(chosen) / run.seconds for run in runs]
    waits = sorted(wait for run in runs for wait in run.waits)
    answers = tuple(runs[0].answers)
    hits = sum(map(len, answers)) / len(answers)
    return Timing(
        statistics.median(rates), min(rates), max(rates),
        percentile(waits, 0.50), percentile(waits, 0.99), waits[-1],
        hits, len(chosen), rounds, answers,
    )  # fmt: skip


def percentile(rising: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    return rising[min(len(rising) - 1, int(share * len(rising)))]
