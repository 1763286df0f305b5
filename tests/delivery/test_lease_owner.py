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
from watchdesk.delivery import deliveries_for, lease_owner_name, release_dead_leases
from watchdesk.model import DeliveryState, Digest, Rendered
from watchdesk.ports import Store
from watchdesk.store import open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store("sqlite", tmp_path)) as opened:
        opened.know_digests(["morning"], NOW)
        put(opened, "desk")
        yield opened


def put(store: Store, channel: str) -> None:
    digest = Digest("morning", "Morning brief", NOW, None, (), id=channel)
    laid = deliveries_for(digest, [channel], NOW)
    store.commit_digest(digest, Rendered("s", "h", "t", "{}"), laid, [], None)


def held_by(store: Store, owner: str) -> int:
    store.lease(owner, NOW, NOW + timedelta(hours=1), 1)
    return release_dead_leases(store, NOW + timedelta(seconds=1))


def another(then: str = "") -> "subprocess.Popen[str]":
    """A process that says its name, and what `then` is."""
    say = f"from watchdesk.delivery import lease_owner_name; print(lease_owner_name(), flush=True); {then}"
    return subprocess.Popen(
        [sys.executable, "-c", say], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_what_a_process_that_is_gone_was_sending_is_sent_again_at_once(store: Store) -> None:
    with another() as process:
        name, _ = process.communicate()
    assert held_by(store, name.strip()) == 1
    assert [delivery.state for delivery in store.deliveries()] == [DeliveryState.WAITING]


def test_what_a_process_died_of_goes_behind_all_else_that_is_due(store: Store) -> None:
    with another() as process:
        name, _ = process.communicate()
    assert held_by(store, name.strip()) == 1
    put(store, "other")
    (first,) = store.lease("me", NOW + timedelta(minutes=1), NOW + timedelta(minutes=5), 1)
    assert first.delivery.channel == "other"


def test_what_a_living_process_is_sending_is_left_to_it(store: Store) -> None:
    with another("input()") as living:
        assert living.stdout
        assert held_by(store, living.stdout.readline().strip()) == 0
        living.communicate("\n")


def test_what_this_process_is_sending_is_left_to_it(store: Store) -> None:
    assert held_by(store, lease_owner_name()) == 0


def test_a_process_that_has_the_number_of_one_before_it_is_not_taken_for_that_one(store: Store) -> None:
    where, number, started, mark = lease_owner_name().rsplit(":", 3)
    before = f"{where}:{number}:{int(started) - 1}:{mark}"
    assert held_by(store, before) == 1


def test_a_process_of_the_same_name_and_number_in_another_container_is_left_alone(store: Store) -> None:
    """Which runs on this machine or on another, and the number is nobody's here."""
    host, boot, space, _, started, mark = lease_owner_name().split(":")
    nobody = 2**22 + 1
    for where in (f"{host}:{boot}:{int(space) + 1}", f"{host}:{boot[::-1]}:{space}"):
        assert held_by(store, f"{where}:{nobody}:{started}:{mark}") == 0
        store.release(f"{where}:{nobody}:{started}:{mark}")
    assert held_by(store, f"{host}:{boot}:{space}:{nobody}:{started}:{mark}") == 1


def test_no_two_names_are_alike() -> None:
    assert len({lease_owner_name() for _ in range(100)}) == 100


@pytest.mark.parametrize("owner", ["elsewhere:1", "elsewhere", f"{socket.gethostname()}:4194305", ""])
def test_what_another_machine_is_sending_is_left_to_it(store: Store, owner: str) -> None:
    assert held_by(store, owner) == 0
