"""Commands as somebody runs them who has no entry in passwd(5), no right of root's and no environment."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from support.blocks import ROOT
from support.desk import STRANGER, Answered

_RUN = """\
import contextlib, io, json, sys
from unittest.mock import patch
from watchdesk.cli import main
answers = []
for arguments in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    changed = [patch.object(sys, "argv", ["watchdesk", *arguments]), patch.object(sys, "stdout", out)]
    with changed[0], changed[1], contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            answers.append([int(ended.code or 0), out.getvalue(), err.getvalue()])
print(json.dumps(answers))
"""


def answers_to_stranger(commands: Sequence[Sequence[str]], within: Path | None = None) -> Sequence[Answered]:
    """What each command says to them: one process runs all, for its start costs more than they do.

    `within`: its working directory.
    """
    asked = [*STRANGER, f"PYTHONPATH={ROOT / 'src'}", sys.executable, "-c", _RUN]
    done = subprocess.run(
        asked, input=json.dumps(commands), capture_output=True, text=True, check=False, cwd=within
    )
    assert done.returncode == 0, done.stderr
    return [Answered(*answer) for answer in json.loads(done.stdout)]
