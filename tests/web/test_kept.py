"""Dear answers are made once, and again when they are old or of something else."""

import weakref
from itertools import count

from support.desk import wait_for
from watchdesk.web import kept
from watchdesk.web.kept import FRESH, Kept


def test_an_answer_is_made_again_when_it_is_old_or_of_another_configuration() -> None:
    now = [0.0]
    answers: Kept[int] = Kept(lambda: now[0])
    made = iter(range(10))
    first, second = object(), object()
    assert answers.get("a", first, lambda: next(made)) == 0
    assert answers.get("a", first, lambda: next(made)) == 0
    assert answers.get("b", first, lambda: next(made)) == 1
    assert answers.get("a", second, lambda: next(made)) == 2
    now[0] = FRESH
    assert answers.get("a", second, lambda: next(made)) == 3


def test_no_more_answers_are_kept_than_there_is_room_for() -> None:
    answers: Kept[int] = Kept()
    of, made = object(), count()
    for name in range(kept.MOST + 1):
        answers.get(name, of, lambda: next(made))
    assert answers.get(kept.MOST, of, lambda: next(made)) == kept.MOST
    assert answers.get(0, of, lambda: next(made)) == kept.MOST + 1


def test_how_long_an_answer_is_kept_may_be_said() -> None:
    now = [0.0]
    answers: Kept[int] = Kept(lambda: now[0], fresh=2.0)
    of, made = object(), count()
    assert answers.get("", of, lambda: next(made)) == 0
    now[0] = 1.9
    assert answers.get("", of, lambda: next(made)) == 0
    now[0] = 2.0
    assert answers.get("", of, lambda: next(made)) == 1


def test_an_answer_that_takes_long_to_make_serves_those_who_waited_for_it() -> None:
    now = [0.0]
    answers: Kept[int] = Kept(lambda: now[0], fresh=2.0)
    of, made = object(), count()

    def make() -> int:
        now[0] += 5.0
        return next(made)

    assert answers.get("", of, make) == 0
    assert answers.get("", of, make) == 0


def test_a_dear_answer_is_kept_for_longer() -> None:
    now = [0.0]
    answers: Kept[int] = Kept(lambda: now[0], fresh=0.0)
    of, made = object(), count()

    def make() -> int:
        now[0] += 0.5
        return next(made)

    assert answers.get("", of, make) == 0
    now[0] += 4.9
    assert answers.get("", of, make) == 0
    now[0] += 0.2
    assert answers.get("", of, make) == 1


def test_a_large_answer_takes_no_memory_once_it_is_old() -> None:
    answers: Kept[set[int]] = Kept(fresh=0.0, lets_go=True)
    made = answers.get("", None, lambda: {1})
    held = weakref.ref(made)
    del made
    wait_for(lambda: held() is None, "the end of the answer", 10)
