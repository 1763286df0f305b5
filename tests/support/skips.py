"""Whether a test may be skipped: on a laptop that lacks a program, yes; under CI, never.

Tests skip as pytest has it (`skip`, `skipif`); that a skip fails where CI is set is said here alone.
"""

import os
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test fails where CI is set: `.ci/run` installs what tests need."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI"):
        report.outcome = "failed"
        where, _, reason = report.longrepr if isinstance(report.longrepr, tuple) else (item.nodeid, 0, "")
        report.longrepr = f"{where}: under CI nothing is skipped: {reason.removeprefix('Skipped: ')}"
    return report
