"""What came of a long run: the promises, counted, and a page that tells it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from fleet.manners import Asked, Doubles, Harm, by_cause, crowded, doubles, left_alone, polls
from fleet.sites import Sites, Visit
from torture.ledger import Account, account
from torture.receivers import Taken

if TYPE_CHECKING:
    from fleet.long_run import Fleet, Shape

PER_HOST = 2
PATIENCE = 60.0
"""Seconds: how late a poll in a hundred may be after a death; and what counts as after it."""
RULE = "nato-spending"


@dataclass
class Outcome:
    """Of one run. Moments are by `time.monotonic`."""

    shape: "Shape"
    times: tuple[float, float]
    web: Sites
    fleet: "Fleet"
    taken: Sequence[Taken]
    matched: Counter[str]
    """How often each article was matched."""
    misdated: int
    """Articles with a moment of no clock but a wrong one."""
    clocks: Mapping[str, float]
    failures: list[str] = field(default_factory=list)
    """Hosts whose log has a mistake of the program."""

    @property
    def began(self) -> float:
        return self.times[0]

    @property
    def ended(self) -> float:
        return self.times[1]

    @property
    def harms(self) -> Sequence[Harm]:
        return self.fleet.harms

    @property
    def account(self) -> Account:
        """Of the digests, as far as they have arrived."""
        return account(list(self.taken), {(RULE, key) for key in self.web.published}, ["flash"])

    @cached_property
    def late(self) -> Mapping[str, Sequence[float]]:
        """Seconds, by cause."""
        found = [one for one in polls(self.web, self.shape.every, self.ended) if one.due > self.began]
        return by_cause(found, self.harms, PATIENCE)

    @cached_property
    def doubles(self) -> Doubles:
        return doubles(self.web, self.harms)

    @cached_property
    def crowded(self) -> Sequence[tuple[Visit, float]]:
        """But for those of `doubles`."""
        known = {second for _, second in self.doubles.under_way}
        return [one for one in crowded(self.web, PER_HOST) if one[0] not in known]

    @cached_property
    def asked(self) -> Asked:
        return left_alone(self.web, self.harms)

    @property
    def broken(self) -> list[str]:
        """Promises that were not kept."""
        return [*self.lost, *self.rude, *self._late()]

    @property
    def lost(self) -> list[str]:
        """Those about what is found and told."""
        return list(self._lost())

    @property
    def rude(self) -> list[str]:
        """Those about how sites are asked."""
        return list(self._rude())

    @property
    def pauses(self) -> int:
        """How often a host was frozen or cut off."""
        return sum(harm.kind.startswith(("frozen", "cut")) for harm in self.harms)

    def _lost(self) -> Iterator[str]:
        if missing := self.web.published - self.matched.keys():
            yield f"articles that were not matched: {sorted(missing)[:5]}"
        if twice := [key for key, count in self.matched.items() if count > 1]:
            yield f"articles that were matched twice: {twice[:5]}"
        digests = self.account
        if not digests.is_complete:
            yield f"matches in no digest: {list(digests.missing['flash'])[:5]}"
        if digests.doubled["flash"]:
            yield f"matches in two digests: {list(digests.doubled['flash'].items())[:5]}"
        if digests.altered:
            yield f"deliveries that came again as others: {digests.altered[:5]}"
        if self.misdated:
            yield f"{self.misdated} articles with a time that no database had"
        if self.failures:
            yield f"mistakes in the logs of {self.failures}"

    def _rude(self) -> Iterator[str]:
        if self.doubles.others:
            yield f"two hosts at one site: {self.doubles.others[:5]}"
        if len(self.doubles.under_way) > PER_HOST * self.pauses:
            yield f"more than {PER_HOST} requests under way for each host that was frozen"
        if self.crowded:
            yield f"a site's rest was not kept: {self.crowded[:5]}"
        if self.asked.broken:
            yield f"a site that asked to be left alone was asked: {self.asked.broken[:5]}"

    def _late(self) -> Iterator[str]:
        for cause, seconds in self.late.items():
            if seconds and percentile(seconds, 99) > PATIENCE:
                yield f"lateness, {cause}: p99 is {percentile(seconds, 99):.1f} s"


def percentile(values: Sequence[float], part: int) -> float:
    """The value that so many of a hundred do not exceed."""
    return sorted(values)[min(len(values) - 1, len(values) * part // 100)]


def written(outcome: Outcome) -> str:
    """As a page of plain text."""
    parts = (_heading, _harms, _counts, _lateness)
    kept = "all kept" if not outcome.broken else "BROKEN: " + "; ".join(outcome.broken)
    return "\n\n".join(["\n".join(part(outcome)) for part in parts] + [f"Promises: {kept}"]) + "\n"


def _heading(outcome: Outcome) -> Iterator[str]:
    shape, loads = outcome.shape, outcome.fleet.loads
    yield "The long run of a fleet\n"
    yield f"{len(shape.clocks)} hosts; {shape.sites * shape.feeds:,} sources on {shape.sites} site names,"
    yield f"each polled every {shape.every} s: not more often, since hosts, PostgreSQL and sites share"
    yield f"two processors, whose load was {min(loads):.1f} to {max(loads):.1f}. An answer takes 0.1 to 1 s."
    yield f"{shape.minutes:g} minutes, a harm every {shape.between:g} s; seed {shape.seed}. Made by"
    yield "PYTHONPATH=tests .venv/bin/python -m fleet.long_run --ledger tests/fleet/long_run.txt"
    yield "Clocks: " + ", ".join(f"{name} {ahead:+g} s" for name, ahead in outcome.clocks.items())


def _harms(outcome: Outcome) -> Iterator[str]:
    yield "What was done, by minutes and seconds of the run"
    for harm in sorted(outcome.harms, key=lambda harm: harm.began):
        at, seconds = harm.began - outcome.began, harm.ended - harm.began
        yield f"  {int(at // 60):02d}:{at % 60:04.1f}  {harm.host or '-':3} {harm.kind} for {seconds:.1f} s"


def _counts(outcome: Outcome) -> Iterator[str]:
    digests, doubles, asked = outcome.account, outcome.doubles, outcome.asked
    visits = [visit for visit in outcome.web.since(outcome.began) if visit.began < outcome.ended]
    shares = ", ".join(f"{name} {count}" for name, count in sorted(Counter(v.host for v in visits).items()))
    rows = {
        "requests, from the sites' logs": f"{len(visits)} ({shares})",
        "articles served": len(outcome.web.published),
        "articles matched": len(outcome.matched),
        "most matches of one article": max(outcome.matched.values(), default=0),
        "digests": digests.digests,
        "matches in no digest": len(digests.missing["flash"]),
        "matches in two digests": len(digests.doubled["flash"]),
        "deliveries that came again, under the same id": digests.repeats,
        "the same with other bytes": len(digests.altered),
        "two hosts at one site at a time": len(doubles.others),
        "the same, of requests under way at a freeze or a cut": (
            f"{len(doubles.under_way)} (at most {PER_HOST} for each of {outcome.pauses})"
        ),
        "requests before a place at the site had rested": len(outcome.crowded),
        "Retry-After kept": asked.kept,
        "Retry-After broken": len(asked.broken),
        "Retry-After that a host could not record, harmed as it heard": asked.unheard,
        "articles dated by a wrong clock": outcome.misdated,
    }
    yield "Counts"
    for name, count in rows.items():
        yield f"  {name:62} {count}"


def _lateness(outcome: Outcome) -> Iterator[str]:
    yield "Lateness of polls in seconds, from the sites' logs: all, and those due within 60 s of a harm"
    yield f"  {'':28}{'polls':>8}{'p50':>8}{'p90':>8}{'p99':>8}{'most':>8}"
    for cause, seconds in outcome.late.items():
        if seconds:
            figures = "".join(f"{percentile(seconds, part):8.1f}" for part in (50, 90, 99))
            yield f"  {cause:28}{len(seconds):8}{figures}{max(seconds):8.1f}"
