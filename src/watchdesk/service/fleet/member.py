"""This host's membership: its heartbeat, the shards that it holds, and whether it may ask the web for them.

A host asks nobody any more when its heartbeat has not reached the database for `LAPSE` seconds; others take
its shards only after `fleet_lives.DEAD`. It goes by the monotonic clock, which no one sets, and they by the
database's.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from watchdesk.errors import LostShard, StorageError, UnusableStorage
from watchdesk.logger import get_logger
from watchdesk.service.fleet.common_clock import CommonClock
from watchdesk.sources import Lease
from watchdesk.store.fleet_lives import DEAD
from watchdesk.store.fleet_rows import Beat, FleetRows, HostSaid

log = get_logger(__name__)

BEAT = 2.0
"""Seconds between two heartbeats."""
LAPSE = DEAD - 10.0
"""Seconds after the last good heartbeat for which this host may go on."""
REST = 5.0
"""Seconds for which a shard that was given up in a hurry is left alone: the longest rest of a slot."""
LEAP = timedelta(seconds=5)
"""By how much the server's clock may differ from what this host takes it to be before it counts as set."""
PUT_BACK = timedelta(minutes=1)
"""By how much it has to be put back before all that was noted by it is moved."""
HOLD_OFF = 10.0
"""Seconds after a leap in which no shard of a host that counts as dead is taken: by the new time all do
that have not told of themselves since.
"""


class Member:
    """Safe to use from many threads."""

    def __init__(
        self,
        rows: FleetRows,
        clock: CommonClock,
        said: Callable[[], HostSaid],
        lapsed: Callable[[], object],
        outdated: Callable[[UnusableStorage], object],
        looks: Callable[[], object],
        lost: Callable[[Collection[int]], object],
        older: Callable[[], object],
        lease: Lease,
    ) -> None:
        """`said`: what it tells of itself. `lapsed` is called when it has lost its shards.

        `outdated`: when a newer watchdesk has changed the database so that this one may not go on.
        `looks`: after each heartbeat; it may raise `StorageError`.
        `lost` is told of shards that are another's; `older` is called when the database does not know
        what it had confirmed: it is an older copy of itself. `lease`: by which all processes of this
        host ask the web.
        """
        self._rows, self._clock, self._said = rows, clock, said
        self._lapsed, self._outdated, self._looks = lapsed, outdated, looks
        self._lost, self._older = lost, older
        self._lease = lease
        self._lock = threading.Lock()
        self._tokens: dict[int, int] = {}
        self._beaten = -1e9
        self._leads = False
        self._others_reach = False
        self._noted: datetime | None = None
        """The last heartbeat, as the database has it."""
        self._leapt = -1e9
        self._unknown: Mapping[int, int] = {}
        """What the database had as this host's at the last heartbeat, and this host did not know of."""
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat of the fleet", daemon=True)

    def join(self) -> None:
        """Becomes a host of the fleet. Raises `StorageError`."""
        self._beat(time.monotonic())
        self._thread.start()

    def leave(self) -> None:
        """Gives all shards back. Raises `StorageError`."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()
        self._rows.leave(self._said().id)

    @property
    def lives(self) -> bool:
        """Whether what it holds is still its own for certain."""
        return time.monotonic() - self._beaten < LAPSE

    @property
    def leads(self) -> bool:
        """Whether it does what one host does for all."""
        return self._leads and self.lives

    @property
    def others_reach(self) -> bool:
        """Whether another host polls, and reaches the sites."""
        return self._others_reach and self.lives

    @property
    def may_inherit(self) -> bool:
        """Whether it may take shards of a host that counts as dead."""
        return self.lives and time.monotonic() - self._leapt > HOLD_OFF

    def hold(self, shard: int, token: int) -> None:
        """The shard was taken under this token."""
        with self._lock:
            self._tokens[shard] = token

    def drop(self, shards: Iterable[int]) -> None:
        """The shards are held no more."""
        with self._lock:
            for shard in shards:
                self._tokens.pop(shard, None)

    def holds(self, shard: int) -> bool:
        """Whether the shard is its own."""
        return shard in self._tokens

    def held(self) -> Collection[int]:
        """The shards that are its own."""
        with self._lock:
            return set(self._tokens)

    def tokens(self, shards: Iterable[int]) -> Mapping[int, int]:
        """By shard. Raises `LostShard` where one is not held."""
        with self._lock:
            try:
                return {shard: self._tokens[shard] for shard in shards}
            except KeyError:
                raise LostShard from None

    def until(self) -> datetime:
        """When to ask again what may not be asked now."""
        return self._clock() + timedelta(seconds=DEAD)

    def _run(self) -> None:
        while not self._closing.wait(BEAT):
            try:
                began = time.monotonic()  # of the look and the heartbeat alike: it may freeze in between
                if began - self._beaten >= LAPSE:
                    self._lapse(began)
                self._beat(began)
                self._looks()
            except UnusableStorage as error:
                self._give_up(error)
                return
            except StorageError as error:
                log.debug("the heartbeat did not reach the database", why=str(error))
            except Exception:  # whatever it is, the next one may reach it
                log.exception("the heartbeat failed by a mistake in it")

    def _beat(self, began: float) -> None:
        with self._lock:
            believed = dict(self._tokens)
        heard = self._rows.beat(self._said())
        if self._noted:
            self._judge(heard, self._noted, believed, began)
        self._clock.set(heard.now, time.monotonic())
        self._noted = heard.noted
        self._beaten, self._leads, self._others_reach = began, heard.leads, heard.others_reach
        self._lease.renew(began + LAPSE)

    def _judge(self, heard: Beat, noted: datetime, believed: Mapping[int, int], began: float) -> None:
        """What the heartbeat says of the time, and of what this host holds. Raises `StorageError`."""
        leap = heard.now - self._clock()
        if abs(leap) >= LEAP:
            self._leapt = time.monotonic()
        if leap <= -PUT_BACK and heard.leads:
            log.warning("the database's clock was put back", seconds=round(-leap.total_seconds()))
            self._rows.put_back(-leap)
        if heard.before is None or heard.before < noted:
            log.error("the database is an older copy of itself: this host takes its shards anew")
            self._lapse(began)
            self._older()
        elif (heard.noted - heard.before).total_seconds() >= LAPSE:  # it was frozen, and its clock with it
            self._lapse(began)
        else:
            self._compare(believed, heard.held)

    def _compare(self, believed: Mapping[int, int], held: Mapping[int, int]) -> None:
        """Gives back what it does not know of, and drops what it has no more."""
        with self._lock:
            tokens = dict(self._tokens)
        lost = {s for s, token in believed.items() if tokens.get(s) == token and held.get(s) != token}
        unknown = {shard: token for shard, token in held.items() if shard not in tokens}
        # What is just being taken or given back is known a heartbeat later.
        stray = [shard for shard, token in unknown.items() if self._unknown.get(shard) == token]
        self._unknown = unknown
        if lost:
            self._lost(lost)
        if stray:
            log.warning("the database had shards as this host's that it did not know of", shards=len(stray))
            self._rows.free_doubtful(self._said().id, stray)

    def _give_up(self, error: UnusableStorage) -> None:
        self._beaten = -1e9
        with suppress(StorageError):  # then others have its shards when it counts as dead
            self._lapse(time.monotonic())
        self._outdated(error)

    def _lapse(self, now: float) -> None:
        """It was frozen or cut off: others may have its shards by now."""
        self._lease.void(now)
        with self._lock:
            held, self._tokens = len(self._tokens), {}
        if held:
            log.warning("shards were given up: no heartbeat reached the database", shards=held)
        self._lapsed()
        self._rows.let_go(self._said().id, REST)
