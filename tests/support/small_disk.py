"""A file system of some megabytes."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SIZE = "6m"


@contextmanager
def small_disk(folder: Path, size: str = SIZE) -> Iterator[None]:
    """A file system of some megabytes (tmpfs); skips where this user may not mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount program")
    if done.returncode:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        # Lazily: readers of a service that was killed take a moment to notice.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
