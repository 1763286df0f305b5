"""How many times as fast things are as others, in turns: no ratio sinks to half unnoticed.

`config/test_two_readers.py` holds one of these for files; `cli/test_light_start.py` and
`polling/test_statements.py` hold counts.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.timeout(300)  # it measures again what seems too slow
@pytest.mark.parametrize("subject", ["engine", "reading", "polls", "commands"])
def test_every_ratio_is_above_its_floor(subject: str) -> None:
    command = [sys.executable, "benchmarks/ratios.py", subject]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("  holds  ") == len(done.stdout.splitlines()) > 0
