"""`make bench` writes its page whatever becomes of a part."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_a_part_that_fails_is_told_on_the_page_and_the_others_stand(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    options = ["--quick", "--only", "engine", "rules", "--page", str(page), "--kept", str(tmp_path / "kept")]
    command = [sys.executable, "benchmarks/bench.py", *options, "--peers", str(tmp_path / "python")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    text = page.read_text(encoding="utf-8")
    assert "- **Matching rules: `match.py --quick` failed**" in text
    assert "It could not be started: No such file or directory." in text
    assert "| rules-unseen, nato-spending: precision | **0." in text
    assert "| cores |" in text
    assert "The page has no pictures" in done.stdout
    assert str(ROOT) not in text
