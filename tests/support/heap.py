"""The garbage collector, kept from searching the tests: thousands of objects that all stay alive."""

import gc
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Pauses it while tests are collected, a third of that work, and exempts for good what is there then."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
