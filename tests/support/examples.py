"""On how many examples a property is tried: on some with every change, on all by `make test-slow`."""

import os
from collections.abc import Iterable

import pytest

FEWEST = 15


def is_long_run() -> bool:
    """Whether all is to be tried, as `make test-slow` asks."""
    return os.environ.get("WATCHDESK_EXAMPLES") == "all"


def tries(number: int) -> int:
    """So many in the long run; with every change a tenth of them, but no fewer than `FEWEST`."""
    if is_long_run():
        return number
    return min(number, max(FEWEST, number // 10))


def thinned(cases: Iterable[object], one_in: int) -> list[object]:
    """For `parametrize`: one in so many of them with every change, the others in the long run.

    A case of several values is a tuple.
    """
    return [
        pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.slow)
        if number % one_in
        else case
        for number, case in enumerate(cases)
    ]
