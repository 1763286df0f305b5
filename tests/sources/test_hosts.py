"""How hard a host is asked: what `Hosts` says, with a clock of its own."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.hosts import backoff_until
from watchdesk.model import Source, SourceState
from watchdesk.sources import Hosts, host_of
from watchdesk.sources.web.hosts import NoTurn
from watchdesk.sources.web.locations import host_by_parts
from watchdesk.sources.web.slots import LONGEST_REST

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOST = "news.example"


class Clocks:
    """A wall clock and a steady one that stand still until they are moved."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def ticks(self) -> float:
        return self.passed


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def hosts_of(clocks: Clocks, per_host: int = 1) -> Hosts:
    return Hosts(per_host, clocks.now, clocks.ticks)


def asked(
    hosts: Hosts, clocks: Clocks, took: float, host: str = HOST, crawl_delay: float | None = None
) -> None:
    with hosts.asking(host, 0, crawl_delay):
        clocks.passed += took


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://News.Example/feed", "news.example"),
        ("http://news.example:80/", "news.example"),
        ("https://news.example:443/", "news.example"),
        ("https://news.example./", "news.example"),
        ("http://news.example:8080/", "news.example:8080"),
        ("https://news.example:80/", "news.example:80"),
        ("http://desk:sesame@news.example/", "news.example"),
        ("http://bücher.example/", "xn--bcher-kva.example"),
        ("http://[::1]:8000/", "::1:8000"),
        ("http://www.news.example/", "www.news.example"),
        ("http://[broken/", ""),
        ("http://news.example:99999/", ""),
        ("no address", ""),
    ],
)
def test_requests_are_counted_by_host(url: str, host: str) -> None:
    assert host_of(url) == host


_PIECES = ["http", "https", "ftp", "://", "a", "b-c", "B", ".", "..", ":", ":80", ":443", "/", "?", "#", "@"]
_ODD = ["[", "]", "::1", "1.2.3.4", "é", "\t", "\n", " ", "%", "\\", "_", "℀", ""]


@given(st.lists(st.sampled_from(_PIECES + _ODD), max_size=8).map("".join), st.booleans())
@example("news.example/\n", True)
def test_a_plain_address_is_on_the_same_host_as_by_its_parts(url: str, begun: bool) -> None:
    url = f"http://{url}" if begun else url
    assert host_of(url) == host_by_parts(url)


def test_a_host_is_asked_by_per_host_at_a_time(clocks: Clocks) -> None:
    hosts = hosts_of(clocks, per_host=2)
    with hosts.asking(HOST, 0), hosts.asking(HOST, 0):
        assert not hosts.ready(HOST)
        assert hosts.ready("other.example")
        with pytest.raises(NoTurn), hosts.asking(HOST, 0):
            pass
    assert hosts.ready(HOST)


def test_a_place_rests_twice_as_long_as_the_answer_took(clocks: Clocks) -> None:
    hosts = hosts_of(clocks)
    asked(hosts, clocks, took=0.5)
    assert not hosts.ready(HOST)
    clocks.passed += 0.99
    assert not hosts.ready(HOST)
    clocks.passed += 0.01
    assert hosts.ready(HOST)


def test_no_place_rests_longer_than_five_seconds(clocks: Clocks) -> None:
    hosts = hosts_of(clocks)
    asked(hosts, clocks, took=60)
    clocks.passed += LONGEST_REST - 0.01
    assert not hosts.ready(HOST)
    clocks.passed += 0.01
    assert hosts.ready(HOST)


def test_the_other_places_need_not_rest(clocks: Clocks) -> None:
    hosts = hosts_of(clocks, per_host=2)
    asked(hosts, clocks, took=1)
    assert hosts.ready(HOST)
    asked(hosts, clocks, took=0.5)
    assert not hosts.ready(HOST)


def test_pages_are_apart_and_feeds_are_not_kept_waiting(clocks: Clocks) -> None:
    hosts = hosts_of(clocks)
    asked(hosts, clocks, took=0, crawl_delay=30)
    assert hosts.ready(HOST)
    with pytest.raises(NoTurn) as none, hosts.asking(HOST, 10, crawl_delay=30):
        pass
    assert none.value.until == clocks.now() + timedelta(seconds=30)
    clocks.passed += 30
    asked(hosts, clocks, took=0, crawl_delay=30)


def test_a_held_host_is_not_asked(clocks: Clocks) -> None:
    hosts = hosts_of(clocks)
    until = NOW + timedelta(hours=1)
    hosts.back_off(HOST, until)
    assert backoff_until(hosts, HOST) == until
    assert not hosts.ready(HOST)
    with pytest.raises(NoTurn) as none, hosts.asking(HOST, 5):
        pass
    assert none.value.until == until
    clocks.passed = 3600
    assert backoff_until(hosts, HOST) is None
    assert hosts.ready(HOST)


def test_a_hold_is_lengthened_never_cut_short_and_a_day_at_most(clocks: Clocks) -> None:
    hosts = hosts_of(clocks)
    for hours, held in ((2, 2), (1, 2), (3, 3), (1000, 24)):
        hosts.back_off(HOST, NOW + timedelta(hours=hours))
        assert backoff_until(hosts, HOST) == NOW + timedelta(hours=held)


def test_a_hold_ends_the_wait_of_those_who_wait() -> None:
    hosts = Hosts(1, lambda: datetime.now(UTC))
    ends: list[float] = []

    def wait() -> None:
        with pytest.raises(NoTurn), hosts.asking(HOST, 30):
            pass
        ends.append(time.monotonic())

    with hosts.asking(HOST, 0):
        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.05)
        held = time.monotonic()
        hosts.back_off(HOST, datetime.now(UTC) + timedelta(hours=1))
        thread.join(5)
    assert ends[0] - held < 1


def test_holds_are_rebuilt_from_what_is_remembered(clocks: Clocks) -> None:
    later = NOW + timedelta(hours=1)
    sources = [
        Source("held", "https://held.example/feed"),
        Source("past", "https://past.example/feed"),
        Source("moved", "https://old.example/feed"),
        Source("readdressed", "https://new.example/feed"),
        Source("never", "https://never.example/feed"),
    ]
    states = {
        "held": SourceState("held", held_until=later),
        "past": SourceState("past", held_until=NOW - timedelta(hours=1)),
        "moved": SourceState("moved", moved_to="https://there.example/", moved_polls=3, held_until=later),
        "readdressed": SourceState("readdressed", url="https://was.example/", held_until=later),
    }
    hosts = hosts_of(clocks)
    hosts.restore_backoffs(sources, states)
    names = ("held", "past", "old", "there", "new", "was", "never")
    assert [name for name in names if backoff_until(hosts, f"{name}.example")] == ["held", "there"]


def test_turns_come_to_all_who_wait_and_to_no_more_at_a_time_than_are_allowed() -> None:
    hosts = Hosts(2, lambda: datetime.now(UTC))
    lock, now_asking, most = threading.Lock(), 0, 0

    def ask() -> None:
        nonlocal now_asking, most
        with hosts.asking(HOST, 10):
            with lock:
                now_asking += 1
                most = max(most, now_asking)
            time.sleep(0.005)
            with lock:
                now_asking -= 1

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == 2
    assert not any(thread.is_alive() for thread in threads)


def test_hosts_at_rest_are_forgotten(clocks: Clocks) -> None:
    hosts = hosts_of(clocks)
    for number in range(1000):
        asked(hosts, clocks, took=0.1, host=f"host{number}.example", crawl_delay=1 if number % 2 else None)
        hosts.back_off(f"held{number}.example", clocks.now() + timedelta(seconds=1))
    clocks.passed += 60
    asked(hosts, clocks, took=0)
    clocks.passed += 1
    asked(hosts, clocks, took=0)
    hosts.back_off(HOST, clocks.now() + timedelta(seconds=1))
    assert hosts.size <= 1


def test_failing_in_a_turn_gives_it_back(clocks: Clocks) -> None:
    hosts = hosts_of(clocks)
    with pytest.raises(ZeroDivisionError), hosts.asking(HOST, 0):
        raise ZeroDivisionError
    clocks.passed += 1
    assert hosts.ready(HOST)
