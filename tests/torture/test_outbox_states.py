"""The outbox as a state machine, on the real stores: several holders, people, and clocks that are wrong.

A model says of each delivery where it is. After every step the store has to say the same: one owner at a
time, nothing that was sent is leased again, nothing vanishes, and a lease that was lost settles nothing.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from support.parcels import parcel
from support.postgresql import Cluster
from torture.trials import Databases, PostgresqlDatabase, SqliteFile
from watchdesk.delivery import deliveries_for
from watchdesk.delivery.outbox import LEASE
from watchdesk.model import DeliveryState, Digest
from watchdesk.scheduling import LONGEST
from watchdesk.store import open_store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SKEW = timedelta(hours=1)
YEARS = timedelta(days=1500)

WAITING, LEASED, SENT = DeliveryState.WAITING, DeliveryState.LEASED, DeliveryState.SENT
DEAD, DROPPED = DeliveryState.DEAD, DeliveryState.DROPPED

MOVES = {
    WAITING: {WAITING, LEASED, DEAD, DROPPED},
    LEASED: {LEASED, WAITING, SENT, DEAD},
    DEAD: {DEAD, WAITING, DROPPED},
    SENT: {SENT},
    DROPPED: {DROPPED},
}
"""As design has it: what a state may be after one step."""

CHANNELS = st.sampled_from(["mail", "hook"])
OWNERS = st.sampled_from(["one", "two", "three"])
STEPS = st.sampled_from(
    [timedelta(seconds=7), LEASE, timedelta(hours=7), 2 * LONGEST, YEARS, -timedelta(minutes=30), -YEARS]
)


@dataclass(frozen=True)
class Known:
    """A delivery in the model."""

    channel: str
    due: datetime
    state: DeliveryState = WAITING
    owner: str | None = None
    until: datetime | None = None
    attempts: int = 0

    def is_due(self, now: datetime) -> bool:
        return self.state is WAITING and (self.due <= now or self.due > now + LONGEST + SKEW)

    def is_overdue(self, now: datetime, *, hangs: bool) -> bool:
        if self.state is LEASED:
            assert self.until
            return self.until <= now or self.until > now + LEASE + SKEW
        return hangs and self.state is WAITING and self.due <= now - LEASE


class Outbox(RuleBasedStateMachine):
    """`databases` is set by the test that runs it."""

    databases: Databases
    state: Path
    numbers = itertools.count()

    deliveries = Bundle("deliveries")
    HANGING = st.lists(deliveries, max_size=2, unique=True)

    def __init__(self) -> None:
        super().__init__()
        self.databases.bring_back()
        self.store = open_store(self.databases.storage, self.state)
        self.now = NOW
        self.model: dict[str, Known] = {}
        self.stopped: set[str] = set()
        self.seen: dict[str, DeliveryState] = {}

    @rule(target=deliveries, to=st.lists(CHANNELS, min_size=1, max_size=2, unique=True))
    def lay(self, to: list[str]) -> object:
        digest = Digest("flash", "Flash", self.now, None, (), id=f"d{next(self.numbers)}")
        laid = deliveries_for(digest, to, self.now)
        assert self.store.commit_digest(digest, parcel().rendered, laid, [], None)
        self.model |= {one.id: Known(one.channel, self.now) for one in laid}
        return multiple(*(one.id for one in laid))

    @rule(owner=OWNERS, limit=st.integers(1, 3), hanging=HANGING)
    def lease(self, owner: str, limit: int, hanging: list[str]) -> None:
        due = {name for name, k in self.model.items() if k.is_due(self.now) and k.channel not in self.stopped}
        due.difference_update(hanging)
        until, mine = self.now + LEASE, {name: self.model[name].channel for name in hanging}
        got = [one.delivery.id for one in self.store.lease(owner, self.now, until, limit, {}, mine)]
        assert len(got) == len(set(got)) == min(limit, len(due))
        assert due.issuperset(got)
        for name in got:
            self._set(name, state=LEASED, owner=owner, until=until)

    @rule(hanging=HANGING, wait=st.sampled_from([None, timedelta(seconds=5), timedelta(hours=6)]))
    def what_does_not_come_back_has_failed(self, hanging: list[str], wait: timedelta | None) -> None:
        found = self.store.overdue(self.now, LEASE, hanging)
        assert {one.id for one in found} == {
            name for name, known in self.model.items() if known.is_overdue(self.now, hangs=name in hanging)
        }
        due = None if wait is None else self.now + wait
        for one in found:
            assert self.store.mark_overdue(one, self.now, LEASE, hanging, due, "late")
            assert not self.store.mark_overdue(one, self.now, LEASE, hanging, due, "late")
            self._settle(one.id, held=True, state=DEAD if due is None else WAITING)
            if due:
                self._set(one.id, due=due)

    @rule(name=deliveries, owner=OWNERS)
    def accepted(self, name: str, owner: str) -> None:
        held = self._is_held(name, owner)
        assert self.store.mark_sent(name, owner, self.now, None) is held
        self._settle(name, held, SENT)

    @rule(
        name=deliveries,
        owner=OWNERS,
        wait=st.sampled_from([timedelta(0), timedelta(seconds=5), timedelta(hours=6)]),
    )
    def put_off(self, name: str, owner: str, wait: timedelta) -> None:
        held = self._is_held(name, owner)
        assert self.store.mark_waiting(name, owner, self.now + wait, "later") is held
        self._settle(name, held, WAITING)
        if held:
            self._set(name, due=self.now + wait)

    @rule(name=deliveries, owner=OWNERS)
    def refused(self, name: str, owner: str) -> None:
        held = self._is_held(name, owner)
        assert self.store.mark_dead(name, owner, "no") is held
        self._settle(name, held, DEAD)

    @rule(owner=OWNERS)
    def release(self, owner: str) -> None:
        mine = [name for name in self.model if self._is_held(name, owner)]
        assert self.store.release(owner) == len(mine)
        for name in mine:
            self._set(name, state=WAITING, owner=None, until=None)

    @rule(step=STEPS)
    def time_passes(self, step: timedelta) -> None:
        self.now += step

    @rule(channel=CHANNELS)
    def stop(self, channel: str) -> None:
        self.store.stop_channel(channel, "410", self.now)
        self.stopped.add(channel)

    @rule(channel=CHANNELS)
    def restart(self, channel: str) -> None:
        assert self.store.restart_channel(channel) is (channel in self.stopped)
        self.stopped.discard(channel)

    @rule(names=st.lists(deliveries, max_size=3, unique=True))
    def a_person_retries(self, names: list[str]) -> None:
        done = self._open(names)
        assert set(self.store.retry(names, self.now)) == set(done)
        for name in done:
            self._set(name, state=WAITING, due=self.now, attempts=0)

    @rule(names=st.lists(deliveries, max_size=3, unique=True))
    def a_person_drops(self, names: list[str]) -> None:
        done = self._open(names)
        assert set(self.store.drop(names)) == set(done)
        for name in done:
            self._set(name, state=DROPPED)

    @rule()
    def the_process_starts_anew(self) -> None:
        self.store.close()
        self.store = open_store(self.databases.storage, self.state)

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        found = {one.id: one for one in self.store.deliveries()}
        assert {name: (one.state, one.channel, one.attempts) for name, one in found.items()} == {
            name: (known.state, known.channel, known.attempts) for name, known in self.model.items()
        }
        for name, one in found.items():
            assert one.state in MOVES[self.seen.get(name, WAITING)]
            self.seen[name] = one.state
        assert set(self.store.stopped_channels()) == self.stopped

    def teardown(self) -> None:
        self.store.close()

    def _is_held(self, name: str, owner: str) -> bool:
        return self.model[name].state is LEASED and self.model[name].owner == owner

    def _settle(self, name: str, held: bool, state: DeliveryState) -> None:
        if held:
            attempts = self.model[name].attempts + 1
            self._set(name, state=state, owner=None, until=None, attempts=attempts)

    def _open(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if self.model[name].state in (WAITING, DEAD)]

    def _set(self, name: str, **changes: object) -> None:
        self.model[name] = replace(self.model[name], **changes)  # type: ignore[arg-type]  # fields by name


ALL_BUT_SHRINKING = tuple(phase for phase in Phase if phase is not Phase.shrink)


def run(databases: Databases, state: Path, examples: int, phases: Sequence[Phase] = tuple(Phase)) -> None:
    open_store(databases.storage, state).close()
    databases.keep()

    class Here(Outbox):
        pass

    Here.databases, Here.state = databases, state
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("examples", [10, pytest.param(2000, marks=pytest.mark.slow)])
@pytest.mark.timeout(1200)
def test_the_outbox_moves_deliveries_as_it_is_designed_to(examples: int, tmp_path: Path) -> None:
    run(SqliteFile(tmp_path), tmp_path, examples)


@pytest.mark.parametrize("examples", [3, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.timeout(1200)
def test_and_so_it_does_on_postgresql(examples: int, cluster: Cluster, tmp_path: Path) -> None:
    run(PostgresqlDatabase(cluster), tmp_path, examples, ALL_BUT_SHRINKING)
