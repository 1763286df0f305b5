"""A command loads what it uses: loading is most of the work of a pass that finds nothing new."""

import subprocess
import sys

HEAVY = ("alembic", "apprise", "apscheduler", "dateparser", "feedparser", "trafilatura", "watchdesk.demo")


def test_commands_leave_heavy_libraries_to_those_that_need_them() -> None:
    code = f"import sys, watchdesk.cli.root; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
