"""What the logs of the sites say of a fleet: who asked whom when, how late, and whether as gently as told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fleet.sites import Sites, Visit

LONGEST_REST = 5.0
REST = 2.0
"""A place at a site rests so many times as long as the answer took, up to the longest rest."""
BLUR = 0.05
"""Seconds by which what a server notes may be later than what it did: it has other work as well."""
TOLD = 2.5
"""Seconds within which a host has recorded what it was told."""


@dataclass(frozen=True, slots=True)
class Harm:
    """What was done to a host, or to the database, which is every host's. By `time.monotonic`."""

    kind: str
    host: str
    began: float
    ended: float

    def befell(self, host: str) -> bool:
        return self.host in (host, "")


@dataclass(frozen=True, slots=True)
class Late:
    """A poll."""

    due: float
    seconds: float


def polls(web: Sites, every: float, until: float) -> list[Late]:
    """How late each poll began that was due by then; also one that never came."""
    before: dict[str, Visit] = {}
    found: list[Late] = []
    for visit in sorted(web.since(0), key=lambda visit: visit.began):
        source = web.source(visit)
        if (last := before.get(source)) and not last.retry_after and last.ended + every < until:
            found.append(Late(last.ended + every, max(0.0, visit.began - last.ended - every)))
        before[source] = visit
    left = [last.ended + every for last in before.values() if not last.retry_after]
    return found + [Late(due, until - due) for due in left if due < until]


def by_cause(late: Sequence[Late], harms: Sequence[Harm], patience: float) -> Mapping[str, list[float]]:
    """Seconds, by the kinds of harm after which they were due: within so many seconds of its beginning."""
    found: dict[str, list[float]] = {"all": [one.seconds for one in late]}
    for kind in sorted({harm.kind for harm in harms}):
        began = [harm.began for harm in harms if harm.kind == kind]
        found[kind] = [
            one.seconds for one in late if any(-5 < one.due - moment < patience for moment in began)
        ]
    return found


@dataclass(frozen=True, slots=True)
class Doubles:
    """Times at which two hosts asked one site at a time."""

    under_way: Sequence[tuple[Visit, Visit]]
    """The first was under way when its host was frozen or cut off."""
    others: Sequence[tuple[Visit, Visit]]


def doubles(web: Sites, harms: Sequence[Harm]) -> Doubles:
    """All of them, parted by whether the program can help it."""
    every = web.double_visits()
    under_way = [pair for pair in every if any(_was_under_way(pair[0], harm) for harm in harms)]
    return Doubles(under_way, [pair for pair in every if pair not in under_way])


def _was_under_way(visit: Visit, harm: Harm) -> bool:
    return harm.befell(visit.host) and visit.began - BLUR < harm.began < visit.ended


def crowded(web: Sites, per_host: int) -> list[tuple[Visit, float]]:
    """Visits for which no place was free at their site, and by how many seconds too early they came.

    A place that another host had is free when all of that host's have rested.
    """
    found: list[tuple[Visit, float]] = []
    for visits in web.by_site().values():
        for number, visit in enumerate(visits):
            before = visits[max(0, number - 40) : number]
            own = sorted(_free_at(one) for one in before if one.host == visit.host)
            others = [_free_at(one) for one in before if one.host != visit.host]
            place = own[-per_host] if len(own) >= per_host else 0.0
            free_at = max([place, *others])
            if visit.began < free_at - BLUR:
                found.append((visit, free_at - visit.began))
    return found


def _free_at(visit: Visit) -> float:
    return visit.ended + min(REST * (visit.ended - visit.began), LONGEST_REST)


@dataclass(frozen=True, slots=True)
class Asked:
    """How often sites asked to be left alone."""

    kept: int
    unheard: int
    """Who was told died, was frozen or cut off, before it could record it, and another host came sooner."""
    broken: Sequence[tuple[Visit, Visit]]


def left_alone(web: Sites, harms: Sequence[Harm]) -> Asked:
    """Whether they were."""
    kept = unheard = 0
    broken: list[tuple[Visit, Visit]] = []
    for visits in web.by_site().values():
        for told in (visit for visit in visits if visit.retry_after):
            until = told.ended + (told.retry_after or 0)
            sooner = [visit for visit in visits if told.ended + 5 * BLUR < visit.began < until - BLUR]
            if not sooner:
                kept += 1
            elif any(
                harm.befell(told.host) and harm.began - TOLD < told.ended < harm.ended for harm in harms
            ):
                unheard += 1
            else:
                broken.append((told, sooner[0]))
    return Asked(kept, unheard, broken)
