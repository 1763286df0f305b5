"""What a test does with a service that lives: starts it, hears what its commands say, waits for its news."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from torture.stage import Nursery, Stage, kill

MINUTE = timedelta(seconds=61)


@contextmanager
def service(on: Stage, nursery: Nursery, *, of_machine: bool = True) -> Iterator[int]:
    """The service, by the dial; `of_machine`: the rounds of its scheduler too."""
    log = on.desk.root / "service.log"
    child = nursery.start(on.desk.command("run")[3:], log, on.dial, tick=0.1, of_machine=of_machine)
    try:
        yield child
    finally:
        kill(child)
        nursery.wait(child)


def said(on: Stage, nursery: Nursery, command: str) -> str:
    log = on.desk.root / f"{command}{time.monotonic_ns()}.log"
    nursery.wait(nursery.start(on.desk.command(command)[3:], log, on.dial))
    return log.read_text()


def arrived(on: Stage) -> bool:
    return on.newsroom.published == on.newsroom.served.keys() and on.is_complete


def expect_news(on: Stage, what: str) -> None:
    """What is published now arrives in the digest that goes at once and, minutes later, in the other."""
    on.newsroom.publish()
    on.newsroom.publish({"nato-spending"})
    end = time.monotonic() + 60
    while not arrived(on):
        assert time.monotonic() < end, f"{what}: {[one.missing for one in on.accounts.values()]}"
        time.sleep(0.4)
        on.dial.forward(MINUTE)
