"""The benchmark of reading pages, on the pages of our own writing: it holds a floor."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOOR = 0.995


def test_pages_of_our_own_writing_are_read_above_the_floor() -> None:
    command = [sys.executable, "benchmarks/articles.py", "--misses", "--floor", str(FLOOR)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "our own: " in done.stdout
