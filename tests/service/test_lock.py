"""One service a state directory, for as long as its process lives."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from watchdesk.service.lock import only_service

DIES_BEFORE_ITS_CHILD = """
import os, signal, sys, time
from pathlib import Path
from watchdesk.service.lock import only_service

with only_service(Path(sys.argv[1])):
    child = os.fork()
    if child == 0:
        os.close(1)
        time.sleep(60)
    print(child, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_service_may_start_as_soon_as_the_one_before_was_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DIES_BEFORE_ITS_CHILD, str(tmp_path)]
    killed = subprocess.run(command, stdout=subprocess.PIPE, timeout=30, check=False)
    assert killed.returncode == -signal.SIGKILL
    try:
        with only_service(tmp_path):
            pass
    finally:
        os.kill(int(killed.stdout), signal.SIGKILL)
