"""Postings find what a dictionary of lists would find, in whatever parts they are."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.stories.postings import Postings

Member = tuple[bool, dict[int, float]]
"""Whether it is alive, and its keys with their weights."""

members = st.lists(
    st.tuples(st.booleans(), st.dictionaries(st.integers(-3, 12), st.floats(0, 1, width=32), max_size=6)),
    max_size=40,
)


def _found(postings: Postings, asked: list[int]) -> list[tuple[int, int, float]]:
    """Key, place and weight of each posting, those of a place in the order of the keys."""
    found = postings.find(np.array(asked, dtype=np.int64))
    postings_found = zip(found.number.tolist(), found.places.tolist(), found.weights.tolist(), strict=True)
    return [(asked[number], place, weight) for number, place, weight in postings_found]


@given(members, st.lists(st.integers(-3, 12), unique=True))
def test_what_is_found_is_what_was_added(every: list[Member], asked: list[int]) -> None:
    postings, alive, expected = Postings(), [], defaultdict(list)
    for place, (is_alive, weights) in enumerate(every):
        alive.append(is_alive)
        keys = sorted(weights)
        postings.add(
            [place],
            [np.array(keys, dtype=np.int64)],
            [np.array([weights[key] for key in keys], dtype=np.float32)],
        )
        postings.merge(np.array(alive, dtype=np.bool_))
        for key in keys if is_alive else ():
            expected[key].append((key, place, weights[key]))
    found = [one for one in _found(postings, asked) if alive[one[1]]]
    assert sorted(found) == sorted(one for key in asked for one in expected[key])
    for place in range(len(every)):
        assert [asked.index(key) for key, at, _ in found if at == place] == sorted(
            asked.index(key) for key, at, _ in found if at == place
        )


@given(members, st.data())
def test_places_are_numbered_anew(every: list[Member], data: st.DataObject) -> None:
    postings = Postings()
    for place, (_, weights) in enumerate(every):
        keys = np.array(sorted(weights), dtype=np.int64)
        postings.add([place], [keys], [np.ones(len(keys), dtype=np.float32)])
        postings.merge(np.ones(place + 1, dtype=np.bool_))
    kept = [data.draw(st.booleans()) for _ in every]
    new_places = np.cumsum(kept, dtype=np.int32) - np.int32(1)
    new_places[~np.array(kept, dtype=np.bool_)] = -1
    before = _found(postings, list(range(-3, 13)))
    postings.renumber(new_places)
    after = _found(postings, list(range(-3, 13)))
    expected = [(key, int(new_places[place]), weight) for key, place, weight in before if kept[place]]
    assert sorted(after) == sorted(expected)


@given(members, st.integers(0, 40))
def test_many_at_once_are_as_one_after_the_other(every: list[Member], first: int) -> None:
    alive, asked = np.ones(len(every), dtype=np.bool_), list(range(-3, 13))
    keys = [np.array(sorted(weights), dtype=np.int64) for _, weights in every]
    weights = [np.array([weights[key] for key in sorted(weights)], dtype=np.float32) for _, weights in every]
    one_by_one, at_once = Postings(), Postings()
    for place in range(len(every)):
        one_by_one.add([place], [keys[place]], [weights[place]])
        one_by_one.merge(alive)
    for places in (range(min(first, len(every))), range(min(first, len(every)), len(every))):
        if places:
            of_these = slice(places.start, places.stop)
            at_once.add(places, keys[of_these], weights[of_these])
            at_once.merge(alive)
    assert sorted(_found(at_once, asked)) == sorted(_found(one_by_one, asked))
