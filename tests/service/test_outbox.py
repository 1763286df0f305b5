"""What a worker tells the service goes together where nothing is lost by it, and in its order."""

from multiprocessing import Pipe

from watchdesk.service.poll_workers.messages import LeaveHost, Up
from watchdesk.service.poll_workers.outbox import Outbox
from watchdesk.service.poll_workers.wire import receive

SOON = [LeaveHost(number, back=False) for number in range(50)]


def test_what_may_wait_goes_out_by_itself_in_few_messages() -> None:
    ours, theirs = Pipe()
    outbox = Outbox(theirs)
    for message in SOON:
        outbox.send_soon(message)
    received: list[tuple[object, ...]] = []
    while sum(len(together) for together in received) < len(SOON):
        assert ours.poll(10)
        received.append(receive(ours))
    assert [message for together in received for message in together] == SOON
    assert len(received) < len(SOON) / 2


def test_what_waits_goes_out_before_what_may_not() -> None:
    ours, theirs = Pipe()
    outbox = Outbox(theirs)
    outbox.send_soon(*SOON)
    outbox.send(Up())
    received: list[object] = []
    while Up() not in received:
        assert ours.poll(10)
        received += receive(ours)
    assert received == [*SOON, Up()]


def test_nothing_is_raised_once_nobody_listens() -> None:
    ours, theirs = Pipe()
    ours.close()
    Outbox(theirs).send(Up())
