"""`.ci/run` installs every program without which a test is skipped: there a skip fails."""

import re
import subprocess

from support.blocks import ROOT

RUN = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
INSTEAD = {"google-chrome", "chromium-browser", "initdb", "dpkg"}
"""Other names of a browser, PostgreSQL's own (looked for apart), and what every Debian has."""


def test_it_names_every_program_that_tests_look_for() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("*.py"))]
    sought = {name for text in texts for name in re.findall(r'\bwhich\("([\w.-]+)"', text)}
    assert sought > {"openssl", "promtool", "ip"}
    named = set(re.findall(r"\[([\w-]+)\]=", RUN))
    assert sought - named - INSTEAD == set()


def test_bash_can_read_it() -> None:
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)
