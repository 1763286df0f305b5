"""Our own set of events and hard pairs: the benchmark's floors hold. Counts, not seconds."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_floors_of_our_own_set_hold() -> None:
    script = ROOT / "benchmarks" / "stories.py"
    order = [sys.executable, str(script), "--window", "0"]
    ended = subprocess.run(order, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "copies: false                      0 of" in ended.stdout
