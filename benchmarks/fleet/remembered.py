"""What a host keeps in memory of its sources: their settings, and when each is due."""

import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import processes
from figures import Figure

from fleet import desk
from watchdesk import app
from watchdesk.configuration import read_configuration
from watchdesk.model import Appointment, Source
from watchdesk.plan import Plan
from watchdesk.service.poll_schedule import PollSchedule


def measured(sources: int) -> Iterator[Figure]:
    """In a process of its own."""
    folders = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-m", "fleet.remembered", str(sources)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": folders},
    )
    told = json.loads(done.stdout)
    yield Figure(f"{sources:,} sources in a host: memory of their settings", told["settings"] / 1e6, "MB")
    yield Figure(f"{sources:,} sources in a host: memory of the schedule", told["schedule"] / 1e6, "MB")
    yield Figure(f"{sources:,} sources in a host: making the schedule", told["seconds"], "s of CPU")


def _measure(sources: int) -> dict[str, float]:
    plan = _plan()
    gc.disable()
    before = processes.size(os.getpid())
    made = {desk.name(n): Source(desk.name(n), f"https://{desk.host(n)}/rss/{n}.xml") for n in range(sources)}
    plan = replace(plan, settings=replace(plan.settings, sources=made))
    settings = processes.size(os.getpid())
    now = datetime.now(UTC)
    known = {name: Appointment(source.url, now + desk.EVERY, None, False) for name, source in made.items()}
    appointed = processes.size(os.getpid())
    began = time.process_time()
    schedule = PollSchedule(plan, known, now, random.Random(1))
    seconds = time.process_time() - began
    size = processes.size(os.getpid())
    assert len(schedule.dues()) == sources
    return {"settings": settings - before, "schedule": size - appointed, "seconds": seconds}


def _plan() -> Plan:
    """Of a desk without sources."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "watchdesk.yaml").write_text("channels: {desk: {files: out}}\n")
        (folder / "sources.yaml").write_text("sources: {paper: {feed: 'https://paper.example/feed'}}\n")
        (folder / "rules.yaml").write_text("rules: {budget: {title: Budget, query: budget}}\n")
        return app.build_plan(read_configuration(folder), folder)


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]))))
