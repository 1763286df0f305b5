"""One thread that ends whatever takes too long."""

import socket
import threading
import time

from watchdesk.transport.deadline import Watch


def watching() -> int:
    return sum(thread.name == "deadlines" for thread in threading.enumerate())


def test_a_connection_ends_with_its_deadline() -> None:
    ours, theirs = socket.socketpair()
    before = time.monotonic()
    with ours, theirs, Watch(0.1).deadline() as deadline:
        deadline.watch(ours)
        assert ours.recv(1) == b""
        assert time.monotonic() - before >= 0.1
        assert deadline.expired
        assert deadline.left <= 0 < deadline.remaining


def test_a_connection_that_is_shown_too_late_ends_at_once() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, Watch(0.05).deadline() as deadline:
        time.sleep(0.2)
        deadline.watch(ours)
        assert ours.recv(1) == b""


def test_a_deadline_that_was_kept_leaves_the_connection_alone() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with Watch(0.1).deadline() as deadline:
            deadline.watch(ours)
        time.sleep(0.2)
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x"
        assert not deadline.expired


def test_one_thread_watches_them_all_each_to_its_own_end() -> None:
    watch, pairs = Watch(0.2), [socket.socketpair() for _ in range(10)]
    ends: dict[int, float] = {}
    before = watching()

    def exchange(number: int) -> None:
        with watch.deadline() as deadline:
            begun = time.monotonic()
            deadline.watch(pairs[number][0])
            pairs[number][0].recv(1)
            ends[number] = time.monotonic() - begun

    threads = [threading.Thread(target=exchange, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
        time.sleep(0.01)
    assert watching() <= before + 1
    for thread in threads:
        thread.join(5)
    for pair in pairs:
        pair[0].close()
        pair[1].close()
    assert len(ends) == 10
    assert all(0.15 < took < 1 for took in ends.values())


def test_descriptors_are_given_back() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        watch = Watch(30)
        numbers = set()
        for _ in range(5):
            with watch.deadline() as deadline:
                deadline.watch(ours)
            probe = socket.socket()
            numbers.add(probe.fileno())
            probe.close()
        assert len(numbers) == 1
