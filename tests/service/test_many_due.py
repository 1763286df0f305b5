"""However many sources are due at once, they are polled within manners, and queueing them stays cheap."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk.config.settings import PollingSettings, Settings
from watchdesk.model import Source
from watchdesk.plan import Plan
from watchdesk.polling.collecting import READ_HERE
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.rules import RuleSet
from watchdesk.service.host_queues import HostQueues
from watchdesk.service.places import MOST_BESIDE, Lane, Places
from watchdesk.service.poll_tasks import Polled, TaskResult, Work
from watchdesk.service.polling import Poller
from watchdesk.service.states_ahead import Group
from watchdesk.sources import Hosts, HttpFetcher
from watchdesk.store import SqlStore, open_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTS = "abcd"


@dataclass
class PlainQueues:
    """As `HostQueues`, by looking at every host each time."""

    hosts: list[tuple[str, list[int]]] = field(default_factory=list)

    def put(self, item: int, host: str) -> None:
        for name, waiting in self.hosts:
            if name == host:
                waiting.append(item)
                return
        self.hosts.append((host, [item]))

    def take(self, has_room: Callable[[str], bool]) -> tuple[str, int] | None:
        for place, (host, waiting) in enumerate(self.hosts):
            if has_room(host):
                item = waiting.pop(0)
                del self.hosts[place]
                if waiting:
                    self.hosts.append((host, waiting))
                return host, item
        return None


@given(st.lists(st.tuples(st.sampled_from(["put", "take", "fill", "free"]), st.sampled_from(HOSTS))))
def test_hosts_take_turns_as_by_a_look_at_each(steps: list[tuple[str, str]]) -> None:
    queues, plain, full = HostQueues[int](), PlainQueues(), set[str]()
    for number, (step, host) in enumerate(steps):
        match step:
            case "put":
                queues.put(number, host)
                plain.put(number, host)
            case "fill":
                full.add(host)
            case "free":
                full.discard(host)
                queues.freed(host)
            case _:
                assert queues.take(lambda name: name not in full) == plain.take(lambda name: name not in full)
        assert bool(queues) == bool(plain.hosts)
    queues.all_freed()
    while plain.hosts:
        assert queues.take(lambda _: True) == plain.take(lambda _: True)
    assert not queues


@dataclass
class PlainPlaces:
    """What `Places` with lanes promises, by counting everything each time."""

    size: int
    per_group: int
    jobs: dict[str, tuple[str, Lane, float, bool]] = field(default_factory=dict)

    def enter(self, key: str, group: str, lane: Lane, now: float) -> bool:
        share = max(1, self.size // 4)
        lanes = [job[1] for job in self.jobs.values() if now - job[2] < job[1].grace]
        beside = len(self.jobs) - len(lanes)
        taken = len(lanes) + max(0, beside - max(MOST_BESIDE, self.size))
        few_new = lanes.count(Lane.NEW) < max(1, self.size - share)
        has_place = {
            Lane.QUICK: taken < self.size,
            Lane.NEW: (taken < self.size and few_new) or len(self.jobs) < max(1, self.size - share),
            Lane.SLOW: beside < share or len(self.jobs) < share,
        }[lane]
        of_group = sum(job[0] == group and not job[3] for job in self.jobs.values())
        if not has_place or of_group >= self.per_group:
            return False
        self.jobs[key] = group, lane, now, False
        return True


_STEPS = st.tuples(
    st.sampled_from(["enter", "enter", "enter", "leave", "off", "back"]),
    st.sampled_from(HOSTS),
    st.sampled_from(Lane),
    st.sampled_from([0.0, 0.1, 0.6, 2.5]),
)


@given(st.integers(1, 9), st.integers(1, 3), st.lists(_STEPS, max_size=80), st.randoms(use_true_random=False))
def test_jobs_have_places_as_by_a_count_of_each(
    size: int, per_group: int, steps: list[tuple[str, str, Lane, float]], rng: random.Random
) -> None:
    now = 0.0
    places = Places(size, per_group, lanes=True, ticks=lambda: now)
    plain = PlainPlaces(size, per_group)
    for number, (step, group, lane, later) in enumerate(steps):
        now += later
        if step == "enter":
            key = f"job {number}"
            assert places.enter(key, group, lane) == plain.enter(key, group, lane, now)
        elif plain.jobs:
            key = rng.choice(list(plain.jobs))
            if step == "leave":
                places.leave(key)
                del plain.jobs[key]
            else:
                off = step == "off"
                (places.leave_group if off else places.rejoin_group)(key)
                plain.jobs[key] = (*plain.jobs[key][:3], off)


class Held:
    """A `Workforce` whose polls end when they are told to."""

    def __init__(self) -> None:
        self.begun: list[Work] = []
        self.order: list[str] = []

    def start(self, work: Work) -> bool:
        self.begun.append(work)
        self.order.append(work.group[0].id)
        return True

    def end(self, place: int) -> None:
        work = self.begun.pop(place)
        reports = [PollReport(source.id, PollOutcome.UNCHANGED) for source in work.group]
        work.ended(TaskResult(Polled(reports)))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SqlStore:
    return open_store("sqlite", tmp_path_factory.mktemp("store"))


def desk(polling: PollingSettings) -> Plan:
    fetcher = HttpFetcher(polling, "desk@example.org", Hosts(polling.per_host, lambda: NOW))
    return Plan(Settings(Path(), polling=polling), RuleSet(()), fetcher, {}, READ_HERE)


def groups_on(hosts: Sequence[str]) -> list[Group]:
    return [(Source(f"{host}-{n}", f"http://{host}.example/{n}"),) for n, host in enumerate(hosts)]


def host_of_id(name: str) -> str:
    return name.partition("-")[0]


@settings(max_examples=tries(60), deadline=None)
@given(
    st.lists(st.sampled_from(HOSTS), max_size=40),
    st.integers(1, 6),
    st.integers(1, 3),
    st.randoms(use_true_random=False),
)
def test_what_is_due_at_once_is_polled_in_the_order_of_a_plain_queue(
    store: SqlStore, hosts: list[str], size: int, per_host: int, rng: random.Random
) -> None:
    """All are new, so they leave a quarter of the places free."""
    held, plain = Held(), PlainQueues()
    poller = Poller(store, lambda: NOW, random.Random(1), lambda *_: None, workforce=held)
    groups = groups_on(hosts)
    for number, host in enumerate(hosts):
        plain.put(number, host)
    poller.enqueue(desk(PollingSettings(concurrency=size, per_host=per_host)), groups)
    expected: list[str] = []
    in_flight: list[str] = []
    while True:
        counts = Counter(map(host_of_id, in_flight))
        while len(in_flight) < max(1, size - max(1, size // 4)):
            found = plain.take(lambda host: counts[host] < per_host)  # noqa: B023 - called at once
            if found is None:
                break
            counts[found[0]] += 1
            in_flight.append(groups[found[1]][0].id)
            expected.append(in_flight[-1])
        assert [work.group[0].id for work in held.begun] == in_flight
        if not in_flight:
            break
        place = rng.randrange(len(in_flight))
        del in_flight[place]
        held.end(place)
    assert held.order == expected
    assert sorted(expected) == sorted(group[0].id for group in groups)


def test_more_room_at_a_host_is_used_at_the_next_look_at_what_is_due(store: SqlStore) -> None:
    held = Held()
    poller = Poller(store, lambda: NOW, random.Random(1), lambda *_: None, workforce=held)
    poller.enqueue(desk(PollingSettings(concurrency=8, per_host=1)), groups_on("aaaa"))
    assert len(held.begun) == 1
    poller.enqueue(desk(PollingSettings(concurrency=8, per_host=3)), [])
    assert len(held.begun) == 3


def test_a_task_that_does_not_ask_its_host_makes_room_for_another(store: SqlStore) -> None:
    held = Held()
    poller = Poller(store, lambda: NOW, random.Random(1), lambda *_: None, workforce=held)
    poller.enqueue(desk(PollingSettings(concurrency=8, per_host=1)), groups_on("aab"))
    held.begun[0].leave_host()
    assert held.order == ["a-0", "b-2", "a-1"]


@pytest.mark.parametrize("per_host", [1, 4])
def test_queueing_asks_a_few_times_for_each_source_however_many_are_due(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, per_host: int
) -> None:
    """Counted: looks at whether a host is full, with hosts in flight by the hundred."""
    asked = 0
    is_full = Places.is_full

    def counted(places: Places, group: str) -> bool:
        nonlocal asked
        asked += 1
        return is_full(places, group)

    monkeypatch.setattr(Places, "is_full", counted)
    each = {}
    for many in (1_000, 4_000):
        held, asked = Held(), 0
        poller = Poller(store, lambda: NOW, random.Random(1), lambda *_: None, workforce=held)
        names = [f"h{n // (2 * per_host)}" for n in range(many)]
        poller.enqueue(desk(PollingSettings(concurrency=1000, per_host=per_host)), groups_on(names))
        while held.begun:
            held.end(0)
        assert len(held.order) == many
        each[many] = asked / many
    assert each[4_000] < 6
    assert each[4_000] < 1.5 * each[1_000]


def test_nothing_that_waits_is_left_by_clearing_the_queue(tmp_path: Path) -> None:
    with closing(open_store("sqlite", tmp_path)) as store:
        held = Held()
        poller = Poller(store, lambda: NOW, random.Random(1), lambda *_: None, workforce=held)
        plan, groups = desk(PollingSettings(concurrency=2, per_host=1)), groups_on("aabbcc")
        poller.enqueue(plan, groups)
        poller.clear_queue()
        while held.begun:
            held.end(0)
        assert len(held.order) < len(groups)
        assert poller.enqueue(plan, groups) == []  # all may be queued again
