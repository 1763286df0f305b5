"""Digests of our own set of events hold about as many items as an editor counts events."""

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "digest_days.py"


def test_ten_days_as_digests_are_within_a_quarter_of_the_events() -> None:
    done = subprocess.run([sys.executable, str(BENCHMARK)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    before, after = map(int, done.stdout.splitlines()[-1].split()[3:5])
    assert after < 0.75 * before
