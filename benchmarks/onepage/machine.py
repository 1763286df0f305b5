"""Where and with what a run was made: rows of the page's first table."""

import os
import platform
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

_PEERS = ("reader", "rss2email", "feed2exec", "mokaccino", "tantivy", "trafilatura", "requests")
_VERSIONS = """\
import sys
from importlib.metadata import PackageNotFoundError, version
for name in sys.argv[1:]:
    try:
        print(name, version(name))
    except PackageNotFoundError:
        pass
"""
_PROGRAMS = (("newsboat", "--version"), ("nginx", "-v"), ("psql", "--version"))


def machine(peers: Path) -> Iterator[tuple[str, str]]:
    """What it is called, and what it is."""
    yield "date", datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %z")
    yield "commit", commit()
    yield "processor", _processor()
    yield "cores", f"{len(os.sched_getaffinity(0))}"
    yield "memory", f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 1e9:.0f} GB"
    yield "system", f"{platform.system()} {platform.release().partition('-')[0]}, {platform.machine()}"
    yield "Python", f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    yield "beside it", ", ".join([*_packages(peers), *_programs()])
    yield "load when it began", f"{os.getloadavg()[0]:.1f}"


def commit() -> str:
    """Of the repository; with a mark when files differ from it, as they do once the page is written."""
    root = Path(__file__).parent
    told = _said(["git", "-C", str(root), "describe", "--always", "--dirty"])
    return told or "unknown"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _packages(peers: Path) -> list[str]:
    return _said([str(peers), "-c", _VERSIONS, *_PEERS]).splitlines()


def _programs() -> Iterator[str]:
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    for name, option in _PROGRAMS:
        program = shutil.which(name, path=path)
        if program and (told := _said([program, option])):
            words = told.splitlines()[0].replace("/", " ").split()
            version = next((word for word in words if word[0].isdigit()), "")
            yield f"{name} {version}".strip()


def _said(command: list[str]) -> str:
    """What it prints; empty when it cannot be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return (done.stdout or done.stderr).strip()
