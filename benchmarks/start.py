"""How soon the service runs, by the clock: `.venv/bin/python benchmarks/start.py --help`.

From the command until the log says that it is running, and until there is a process that polls; on the
shipped configuration, whose sources are not asked: nothing is polled before its time. Medians of starts.
"""

import argparse
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import figures
from figures import Figure

_CONFIG = Path(__file__).resolve().parent.parent / "config"
_MOST = 1.5
"""Seconds until it runs."""
_PATIENCE = 120.0
_WORKERS = 3
"""Processes below the service, once there are the one that forks, a poll worker and the one for upkeep."""


def main() -> int:
    """Exit status 0; 1 when the limit is missed."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="start-") as name:
        folder = Path(name)
        config = _quiet_copy(folder / "config")
        state = options.state or folder / "state"
        _started(config, state)  # not counted: it makes the database, and fills the caches of files
        runs = [_started(config, state) for _ in range(options.rounds)]
    what = f"beside {options.state.name}" if options.state else "without articles"
    running, polling, cpu = (statistics.median(column) for column in zip(*runs, strict=True))
    told = [
        Figure(f"a start, {what}: until it is running", running, "s", most=_MOST),
        Figure(f"a start, {what}: until poll workers are up", polling, "s"),
        Figure(f"a start, {what}: CPU of the service's own process until it is running", cpu, "s"),
    ]
    for one in told:
        print(f"  {one.name:70}{one.value:8.2f} {one.unit}")
    print("\n".join(figures.lines(told)))
    if options.json:
        data = f"the shipped rules, medians of {options.rounds} starts, by the clock"
        figures.write(options.json, figures.Told(told, data))
    return int(not all(one.holds for one in told))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--state", type=Path, help="a state directory, such as archive/load.py makes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    return parser.parse_args()


def _quiet_copy(config: Path) -> Path:
    """The shipped configuration, with every source paused."""
    shutil.copytree(_CONFIG, config)
    sources = config / "sources.yaml"
    written = sources.read_text(encoding="utf-8")
    sources.write_text(re.sub(r"(?m)^(  [\w-]+:)$", r"\1\n    paused: true", written), encoding="utf-8")
    return config


def _started(config: Path, state: Path) -> tuple[float, float, float]:
    """Seconds until it runs and until its workers are up; seconds of CPU."""
    command = [
        str(Path(sys.executable).with_name("watchdesk")),
        "--config",
        str(config),
        "--state",
        str(state),
    ]
    began = time.monotonic()
    with subprocess.Popen([*command, "run"], stderr=subprocess.PIPE, text=True) as service:
        try:
            assert service.stderr
            if not any("watchdesk is running" in line for line in service.stderr):
                raise RuntimeError("the service did not start")
            running, cpu = time.monotonic() - began, _cpu(service.pid)
            while len(_below(service.pid)) < _WORKERS:
                if time.monotonic() - began > _PATIENCE:
                    raise TimeoutError("no poll worker came up")
                time.sleep(0.005)
            return running, time.monotonic() - began, cpu
        finally:
            service.send_signal(signal.SIGTERM)
            service.communicate()


def _below(process: int) -> Sequence[int]:
    """All processes that come from it."""
    found: list[int] = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found += [child, *_below(child)]
    return found


def _cpu(process: int) -> float:
    """Seconds, user and system, of this process alone."""
    own, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(own) + int(system)) / 100


if __name__ == "__main__":
    sys.exit(main())
