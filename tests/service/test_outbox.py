"""What a worker tells the service goes together where nothing is lost by it, and in its order."""

import subprocess
import sys
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


def test_a_process_that_cannot_say_what_it_found_ends() -> None:
    program = (
        "from multiprocessing import Pipe; from watchdesk.service.poll_workers.outbox import Outbox; "
        "Outbox(Pipe()[1]).send(lambda: 1); print('goes on')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "pickle" in done.stderr
