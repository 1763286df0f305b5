"""Dear work is done by few at once, and once for all who ask the same; the others keep no thread waiting."""

import threading
from contextlib import ExitStack
from itertools import count

import pytest

from support.desk import wait_for
from watchdesk.web.alike import LONGEST, SHORTEST, STALE, Alike
from watchdesk.web.turns import Turns
from watchdesk.web.workers import TooBusy

OF = object()


def test_an_answer_is_given_for_ten_times_as_long_as_it_took() -> None:
    now, made = [0.0], count()

    def make(seconds: float) -> int:
        now[0] += seconds
        return next(made)

    alike: Alike[int] = Alike(lambda: now[0])
    for seconds, fresh in ((0.0, SHORTEST), (2.0, 20.0), (90.0, LONGEST)):
        number = alike.get("NATO", OF, lambda: make(seconds))  # noqa: B023 - called at once
        now[0] += fresh - 0.1
        assert alike.get("NATO", OF, lambda: make(0.0)) == number
        now[0] += STALE
    assert alike.get("NATO", object(), lambda: make(0.0)) == 3


def test_while_an_answer_is_made_anew_the_old_one_is_given_and_without_one_few_wait() -> None:
    now, let, began = [0.0], threading.Event(), threading.Event()

    def make() -> int:
        began.set()
        assert let.wait(30)
        return 2

    alike: Alike[int] = Alike(lambda: now[0])
    assert alike.get("NATO", OF, lambda: 1) == 1
    now[0] = SHORTEST
    found: list[int] = []
    makes = threading.Thread(target=lambda: found.append(alike.get("NATO", OF, make)))
    makes.start()
    assert began.wait(30)
    assert alike.get("NATO", OF, make) == 1
    now[0] = SHORTEST + STALE
    waits = threading.Thread(target=lambda: found.append(alike.get("NATO", OF, make)))
    waits.start()
    wait_for(lambda: alike._waits, "the one that waits")
    with pytest.raises(TooBusy):
        alike.get("NATO", OF, make)
    assert alike.get("grain", OF, lambda: 3) == 3
    let.set()
    makes.join(30)
    waits.join(30)
    assert found == [2, 2]


def test_of_those_without_a_turn_few_wait_and_the_others_hear_it_at_once() -> None:
    turns = Turns(1, waiting=1, patience=30.0)
    done = threading.Event()

    def take() -> None:
        with turns.taken():
            done.set()

    with ExitStack() as held:
        held.enter_context(turns.taken())
        waits = threading.Thread(target=take)
        waits.start()
        wait_for(lambda: not turns._seats._value, "the one that waits")
        with pytest.raises(TooBusy), turns.taken():
            pass
        assert not done.is_set()
    waits.join(30)
    assert done.is_set()
