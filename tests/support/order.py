"""The order of the tests: the longest first and dealt out, so that no worker ends long after the others.

Each worker collects all of them, beginning with another folder: what one has compiled the others find.

With pytest-xdist's `--dist worksteal` each worker begins with an equal part of the list, from its front;
what it does not come to, others take from the end.
"""

import os
from itertools import chain

import pytest

LONG = (
    "tests/service/test_poll_workers.py",
    "tests/service/test_pass_processes.py",
    "tests/service/test_upkeep.py",
    "tests/service/test_chores_survive.py",
    "tests/torture/",
    "tests/demo/",
    "tests/store/test_statement_costs.py",
    "tests/digesting/test_digest_days.py",
    "tests/web/test_api.py",
    "tests/test_ratios.py",
    "tests/field/test_running.py",
    "tests/service/",
    "tests/web/test_service.py",
    "tests/rules/test_lint.py",
    "tests/rules/test_hostile.py",
)
"""Where the tests are that take seconds each, the longest first; before them those that fork this process,
which must have no threads of others then."""
TOGETHER = (
    "tests/fleet/test_long_run.py",
    "tests/web/test_looks.py",
    "tests/web/test_playground_browser.py",
    "tests/digests/test_looks.py",
)
"""Files whose tests share what is dear to make, as a browser: each is one worker's, after the long ones."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Has each worker begin elsewhere, where all tests are asked for."""
    config, root = session.config, session.config.rootpath
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    asked = [root / argument for argument in config.args]
    if not worker or asked != [root / folder for folder in config.getini("testpaths")]:
        return
    tests = sorted(path for folder in asked for path in folder.glob("*"))
    places = [path for path in tests if path.match("test_*.py") or any(path.glob("test_*.py"))]
    first = len(places) * int(worker) // _workers()
    config.args = [str(path) for path in (*places[first:], *places[:first])]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts its share of the long ones at the front of each worker's part, the same with each."""
    workers = _workers()
    items.sort(key=lambda item: item.path)
    long = sorted((item for item in items if item.nodeid.startswith(LONG)), key=_rank)
    together = [[item for item in items if item.nodeid.startswith(place)] for place in TOGETHER]
    others = [item for item in items if not item.nodeid.startswith((*LONG, *TOGETHER))]
    left = len(items)
    dealt: list[pytest.Item] = []
    for worker in range(workers):
        part = left // (workers - worker)
        left -= part
        share = [*long[worker::workers], *chain.from_iterable(together[worker::workers])]
        room = max(0, part - len(share))
        dealt += share + others[:room]
        del others[:room]
    items[:] = dealt + others


def _workers() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def _rank(item: pytest.Item) -> int:
    return next(number for number, place in enumerate(LONG) if item.nodeid.startswith(place))
