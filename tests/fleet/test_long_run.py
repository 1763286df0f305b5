"""Hosts with clocks of their own that are killed, frozen and cut off, as `long_run` has it."""

from pathlib import Path

import pytest

from fleet.ledger import written
from fleet.long_run import Shape, run
from fleet.namespaces import may_make
from support.postgresql import Cluster
from torture.stage import say

SMALL = Shape(
    minutes=0.7, clocks=(0.0, 90.0, -90.0), sites=12, feeds=3, every=5, news=6, between=14, restarts=0
)
MORE = Shape(minutes=3, sites=40, feeds=5, every=20, news=20, between=20, restarts=1)


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(SMALL, id="small", marks=pytest.mark.timeout(400)),
        pytest.param(MORE, id="more", marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
    ],
)
def test_hosts_that_die_freeze_and_are_cut_off_lose_nothing_and_ask_as_gently_as_one(
    tmp_path: Path,
    cluster: Cluster,
    shape: Shape,
) -> None:
    if not may_make():
        pytest.skip("network namespaces need root")
    outcome = run(shape, tmp_path)
    say(written(outcome))
    assert not outcome.lost
    assert not outcome.rude  # how late polls are, `long_run` judges: here the machine may be busy
