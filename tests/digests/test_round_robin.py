"""How stories are dealt to rules."""

from hypothesis import given
from hypothesis import strategies as st

from watchdesk.digests.round_robin import round_robin, shares

COUNTS = st.lists(st.integers(0, 8), max_size=6)


def test_the_best_of_every_rule_comes_before_any_second_one() -> None:
    assert list(round_robin([2, 0, 1])) == [(0, 0), (2, 0), (0, 1)]
    assert shares([5, 1, 3], 6) == [3, 1, 2]


@given(COUNTS, st.integers(-1, 60))
def test_all_that_may_be_shown_is_and_no_rule_gets_more_than_one_beyond_another_that_has_some_left(
    available: list[int], most: int
) -> None:
    given_to = shares(available, most)
    assert sum(given_to) == min(max(most, 0), sum(available))
    assert all(0 <= got <= count for got, count in zip(given_to, available, strict=True))
    short = [got for got, count in zip(given_to, available, strict=True) if got < count]
    assert all(got <= least + 1 for least in short for got in given_to)
