"""Leases of processes that died: given back at the next start, and those of the living are not."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from support.parcels import NOW
from watchdesk.delivery import deliveries_for, holder_name, release_of_the_dead
from watchdesk.model import DeliveryState, Digest, Rendered
from watchdesk.ports import Store
from watchdesk.store import open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store("sqlite", tmp_path)) as opened:
        digest = Digest("morning", "Morning brief", NOW, None, (), id="d1")
        opened.know_digests(["morning"], NOW)
        opened.commit_digest(
            digest, Rendered("s", "h", "t", "{}"), deliveries_for(digest, ["desk"], NOW), [], None
        )
        yield opened


def held_by(store: Store, holder: str) -> int:
    store.lease(holder, NOW, NOW + timedelta(hours=1), 1)
    return release_of_the_dead(store)


def test_what_a_process_that_is_gone_was_sending_is_sent_again_at_once(store: Store) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert held_by(store, f"{socket.gethostname()}:{ended.pid}") == 1
    assert [delivery.state for delivery in store.deliveries()] == [DeliveryState.WAITING]


def test_a_process_takes_the_name_of_one_before_it_for_that_one(store: Store) -> None:
    assert held_by(store, holder_name()) == 1


def test_what_a_living_process_is_sending_is_left_to_it(store: Store) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as living:
        assert held_by(store, f"{socket.gethostname()}:{living.pid}") == 0
        living.communicate(b"\n")


@pytest.mark.parametrize("holder", ["elsewhere:1", "elsewhere", f"{socket.gethostname()}:x", ""])
def test_what_another_machine_is_sending_is_left_to_it(store: Store, holder: str) -> None:
    assert held_by(store, holder) == 0
