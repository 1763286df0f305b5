"""The order of the tests: the longest first and dealt out, so that no worker ends long after the others.

With pytest-xdist's `--dist worksteal` each worker begins with an equal part of the list, from its front;
what it does not come to, others take from the end.
"""

import os

import pytest

LONG = (
    "tests/service/test_poll_workers.py",
    "tests/service/test_pass_processes.py",
    "tests/service/test_upkeep.py",
    "tests/service/test_chores_survive.py",
    "tests/torture/",
    "tests/demo/",
    "tests/field/test_running.py",
    "tests/service/",
    "tests/rules/test_lint.py",
    "tests/rules/test_hostile.py",
)
"""Where the tests are that take seconds each, the longest first; before them those that fork this process,
which must have no threads of others then."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts its share of the long ones at the front of each worker's part."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = sorted((item for item in items if item.nodeid.startswith(LONG)), key=_rank)
    others = [item for item in items if not item.nodeid.startswith(LONG)]
    left = len(items)
    dealt: list[pytest.Item] = []
    for worker in range(workers):
        part = left // (workers - worker)
        left -= part
        share = long[worker::workers]
        room = max(0, part - len(share))
        dealt += share + others[:room]
        del others[:room]
    items[:] = dealt + others


def _rank(item: pytest.Item) -> int:
    return next(number for number, place in enumerate(LONG) if item.nodeid.startswith(place))
