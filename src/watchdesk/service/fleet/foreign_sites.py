"""Sites of shards that this host does not hold: a redirect, an article or a robots.txt leads there.

It claims such a site in the database, and asks it by its own manners until it gives it back, with the rest
that is left. Who polls the site's shard is called, or sees the claim with its next heartbeat, begins nothing
more there, and grants it when the site has answered and rested. So one host at a time asks a site.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchdesk.errors import StorageError
from watchdesk.logger import get_logger
from watchdesk.service.fleet.member import LAPSE, Member
from watchdesk.sources import Hosts
from watchdesk.store.fleet_shards import shard_of
from watchdesk.store.fleet_sites import AskedSite, SiteRows

log = get_logger(__name__)

LONGEST = 4.0
"""Seconds in which a host begins requests at a site that it claimed; then others have a turn."""
AGAIN = 4.0
"""Seconds after which a poll comes again to a site that another host asks."""
BETWEEN = 8.0
"""Seconds between two times that who polls a site lets go of it, where it wants to ask the site itself."""
SOON = 10.0
"""Seconds that a request waits for a site that is to be left alone; if it is longer, it comes again."""


@dataclass(slots=True)
class _Claim:
    """A site that this host may ask. Times are of `time.monotonic`."""

    since: float
    until: float
    is_ending: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """A site of a shard held here that another host asks, or that is to be left alone."""

    shard: int
    until: float
    is_rest: bool


class ForeignSites:
    """An `Admission` of `Hosts`. Safe to use from many threads."""

    def __init__(
        self,
        rows: SiteRows,
        host: str,
        member: Member,
        hosts: Hosts,
        polled: Callable[[str], bool],
        lost: Callable[[str], bool],
        clock: Callable[[], datetime],
    ) -> None:
        """`host`: the id of this one. `polled`: whether a site has sources; who holds its shard asks it then.

        `lost`: whether a site belongs to a shard that this host has lost.
        """
        self._rows, self._host, self._member, self._hosts = rows, host, member, hosts
        self._polled, self._lost, self._clock = polled, lost, clock
        self._changed = threading.Condition()
        self._claims: dict[str, _Claim] = {}
        self._wanted: Counter[str] = Counter()
        """How many requests wait for each site."""
        self._refused: dict[str, datetime] = {}
        """Sites that are wanted, and to be left alone until then."""
        self._asked: dict[str, _Asked] = {}
        self._granted: dict[str, float] = {}
        """When this host last let go of sites that it polls."""
        self._missed: set[str] = set()
        """Those of them that it wanted to ask meanwhile."""
        self._busy: set[str] = set()
        """Sites that it is to let go of once they have answered and rested."""
        self._looking = threading.Lock()
        self._resting: dict[str, datetime] = {}
        """Sites that asked to be left alone, which the others have not been told yet."""

    def until(self, site: str) -> datetime | None:
        """See `Admission.until`."""
        if self._lost(site) or not self._member.lives:
            return self._member.until()
        asked = self._asked.get(site)
        if asked is None or not self._member.holds(asked.shard):
            return None
        left = asked.until - time.monotonic()
        if left <= 0:
            return None
        if not asked.is_rest:
            self._missed.add(site)
        wait = left if asked.is_rest else min(left, AGAIN)
        return self._clock() + timedelta(seconds=wait)

    def may(self, site: str) -> bool:
        """See `Admission.may`."""
        if self._member.holds(shard_of(site)) and self._polled(site):
            return True
        claim = self._claims.get(site)
        return claim is not None and not claim.is_ending and time.monotonic() < claim.until

    def enter(self, site: str, patience: float) -> datetime | None:
        """See `Admission.enter`; one statement, where nobody else asks the site."""
        if self.may(site):
            return None
        with self._changed:
            self._wanted[site] += 1
            is_first = self._wanted[site] == 1
        try:
            if is_first:
                self._claim([site])
            with self._changed:
                self._changed.wait_for(
                    lambda: self.may(site) or site in self._refused or not self._member.lives, patience
                )
                if self.may(site):
                    return None
                return self._refused.get(site) or self._member.until()
        except StorageError:
            return self._member.until()
        finally:
            with self._changed:
                self._wanted[site] -= 1
                if self._wanted[site] == 0:
                    del self._wanted[site]
                    self._refused.pop(site, None)

    def backed_off(self, site: str, until: datetime) -> None:
        """See `Admission.backed_off`."""
        with self._changed:
            self._resting[site] = max(until, self._resting.get(site, until))

    def asked_already(self, sites: Iterable[AskedSite]) -> None:
        """Others ask these, of a shard that has just been taken."""
        now = time.monotonic()
        with self._changed:
            self._asked |= {one.site: _asked(one, now) for one in sites if one.host != self._host}

    def tell_rests(self) -> None:
        """Tells the others which sites asked to be left alone. Raises `StorageError`."""
        with self._changed:
            resting, self._resting = self._resting, {}
        if not resting:
            return
        try:
            self._rows.leave_alone({site: (shard_of(site), end) for site, end in resting.items()})
        except StorageError:
            with self._changed:
                self._resting = resting | self._resting
            raise

    def look(self) -> None:
        """Keeps and gives back what it claimed, and lets others ask; with each heartbeat, and when called.

        Raises `StorageError`.
        """
        with self._looking:
            self._look()

    @property
    def waits(self) -> bool:
        """Whether others wait for a site that has not answered and rested yet."""
        return bool(self._busy)

    def look_again(self) -> None:
        """Lets others ask sites that have answered and rested by now. Raises `StorageError`."""
        if any(self._is_quiet(site) for site in list(self._busy)):
            self.look()

    def _is_quiet(self, site: str) -> bool:
        use = self._hosts.use_of(site)
        return not use.in_flight and use.rest <= 0

    def _look(self) -> None:
        self.tell_rests()
        self._keep()
        self._claim(list(self._wanted))
        shards = self._member.held()
        wanted = set(self._wanted)
        if shards or wanted:
            found = [one for one in self._rows.asked(shards, wanted) if one.host != self._host]
            self._let_go([one for one in found if one.shard in shards], shards)
            self._refuse([one for one in found if one.site in wanted])
        with self._changed:
            self._changed.notify_all()

    def lapse(self) -> None:
        """This host has lost all it had."""
        with self._changed:
            self._claims, self._asked = {}, {}
            self._changed.notify_all()

    def _claim(self, sites: Collection[str]) -> None:
        missing = {site: shard_of(site) for site in sites if not self.may(site)}
        if not missing:
            return
        began = time.monotonic()
        got = self._rows.claim(self._host, missing, [site for site in missing if self._polled(site)])
        with self._changed:
            for site in (site for site, granted in got.items() if granted):
                claim = self._claims.setdefault(site, _Claim(began, began))
                claim.until = began + LAPSE
            self._changed.notify_all()

    def _keep(self) -> None:
        """Keeps claims that are used, and gives up those that are not, or that others should have."""
        began, rests = time.monotonic(), dict[str, float]()
        with self._changed:
            claims = dict(self._claims)
            for claim in claims.values():
                claim.is_ending = True  # nothing begins there while it is looked at
        for site, claim in claims.items():
            use, is_over = self._hosts.use_of(site), began - claim.since > LONGEST
            if not use.in_flight and (is_over or not use.waiting):
                rests[site] = use.rest
        used = claims.keys() - rests.keys()
        kept = self._rows.keep(self._host, used, rests) if claims else ()
        with self._changed:
            for site, claim in claims.items():
                if site in rests or site not in kept:
                    del self._claims[site]
                else:
                    claim.until, claim.is_ending = began + LAPSE, began - claim.since > LONGEST

    def _let_go(self, found: Collection[AskedSite], shards: Collection[int]) -> None:
        """Begins nothing more at sites that others ask, and lets them begin where it has ended."""
        now = time.monotonic()
        self._granted = {site: at for site, at in self._granted.items() if now - at < BETWEEN}
        self._missed &= self._granted.keys()
        heard = [one for one in found if one.granted or one.site not in self._missed]
        with self._changed:
            others = {site: asked for site, asked in self._asked.items() if asked.shard not in shards}
            self._asked = others | {one.site: _asked(one, now) for one in heard}
        waited = {one.site for one in heard if not one.granted}
        quiet = [site for site in waited if self._is_quiet(site)]
        self._busy = waited.difference(quiet)
        if quiet:
            self._rows.grant(self._host, quiet)
            self._granted |= dict.fromkeys(quiet, now)

    def _refuse(self, found: Collection[AskedSite]) -> None:
        with self._changed:
            for one in found:
                if one.is_rest and one.seconds > SOON and one.site in self._wanted:
                    self._refused[one.site] = self._clock() + timedelta(seconds=one.seconds)


def _asked(one: AskedSite, now: float) -> _Asked:
    return _Asked(one.shard, now + one.seconds, one.is_rest)
