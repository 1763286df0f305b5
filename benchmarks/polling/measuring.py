"""A program's run as its operating system accounts for it: wall and CPU time, peak memory."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LAUNCHER = Path(__file__).with_name("launcher.py")


@dataclass(frozen=True, slots=True)
class Run:
    """One run, with all processes that it started and waited for."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, user and system."""
    memory: int
    """Bytes, of its largest process."""
    status: int
    said: str
    """The end of what it printed."""


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Run:
    """Runs a program to its end."""
    figures, output = folder / "figures.json", folder / "output"
    launch = [sys.executable, "-I", "-S", str(_LAUNCHER), str(figures), str(output), *command]
    own = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **environment}
    subprocess.run(launch, env=own, cwd=folder, check=True)
    return Run(**json.loads(figures.read_text()), said=output.read_text(errors="replace")[-600:])
