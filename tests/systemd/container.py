"""Takes the steps of Containerfile in a root made by debootstrap, and runs what comes of it; no container engine needed.

`make container`, as root, where there is debootstrap. It knows as much of the format as our file uses. What it showed is
written beside it. The service then runs with that user, no capability, and a root that is read-only but for its state.
"""

import argparse
import json
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from systemd.boot import make_root

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
DESK = """\
timezone: UTC
web: {listen: "0.0.0.0:8765", token: a-token-of-this-test-alone}
channels: {shelf: {files: digests/}}
digests: {flash: {title: Flash, rules: all, at: once, to: [shelf]}}
"""
RULES = "rules: {nato: {title: NATO, query: NATO}}\n"


@dataclass
class Stage:
    """A root, and what the file says of whoever runs in it."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    user: str = "0:0"
    health: Sequence[str] = ()
    entry: Sequence[str] = ()
    command: Sequence[str] = ()


def built(work: Path) -> Stage:
    """The last stage of the file."""
    stages: dict[str, Stage] = {}
    stage = Stage(work)
    text = re.sub(r"^#.*\n", "", (REPOSITORY / "Containerfile").read_text("utf-8"), flags=re.MULTILINE)
    for line in filter(None, text.splitlines()):
        word, _, rest = line.partition(" ")
        print(f"{word} {rest[:100]}", flush=True)
        if word == "FROM":
            name = rest.partition(" AS ")[2] or "last"
            stage = stages[name] = Stage(work / name)
            shutil.rmtree(stage.root, ignore_errors=True)
            subprocess.run(["cp", "-a", str(work / "base"), str(stage.root)], check=True)
        elif word == "COPY":
            copy(stage, stages, rest.split())
        else:
            take(stage, word, rest)
    return stage


def copy(stage: Stage, stages: dict[str, Stage], words: list[str]) -> None:
    origin = REPOSITORY
    if words[0].startswith("--from="):
        origin = stages[words.pop(0).partition("=")[2]].root
    (found,) = origin.glob(words[0].lstrip("/"))
    subprocess.run(["cp", "-a", str(found), str(stage.root / words[1].lstrip("/"))], check=True)


def take(stage: Stage, word: str, rest: str) -> None:
    match word:
        case "RUN":
            subprocess.run(
                ["chroot", str(stage.root), "sh", "-c", rest], check=True, stdout=subprocess.DEVNULL
            )
        case "ENV":
            stage.environment |= dict(part.split("=", 1) for part in shlex.split(rest))
        case "USER":
            stage.user = rest
        case "HEALTHCHECK":
            stage.health = json.loads(rest.partition("CMD ")[2])
        case "ENTRYPOINT":
            stage.entry = json.loads(rest)
        case "CMD":
            stage.command = json.loads(rest)
        case "VOLUME" | "EXPOSE" | "STOPSIGNAL":
            pass
        case _:
            sys.exit(f"this script does not know {word}")


def run(stage: Stage, work: Path) -> None:
    """The service under a read-only root: it gets well, says so to the health check, and stops at SIGTERM."""
    state, config = work / "state", work / "config"
    shutil.rmtree(state, ignore_errors=True)
    shutil.rmtree(config, ignore_errors=True)
    uid, gid = stage.user.split(":")
    (config / "rules").mkdir(parents=True)
    (config / "watchdesk.yaml").write_text(DESK)
    (config / "sources.yaml").write_text("sources: {}\n")
    (config / "rules" / "desk.yaml").write_text(RULES)
    state.mkdir(mode=0o700)
    shutil.chown(state, int(uid), int(gid))
    root = stage.root
    mounts = (
        f"set -e; mount --bind {root} {root}; mount -t proc proc {root}/proc; mount -t tmpfs tmpfs {root}/tmp; "
        f"mount -t tmpfs tmpfs {root}/dev; mknod -m 666 {root}/dev/null c 1 3; mknod -m 444 {root}/dev/urandom c 1 9; "
        f"mkdir -m 1777 {root}/dev/shm; mount -t tmpfs tmpfs {root}/dev/shm; "
        f"mount --bind {config} {root}/etc/watchdesk; mount -o remount,bind,ro {root}/etc/watchdesk; "
        f"mount --bind {state} {root}/var/lib/watchdesk; mount -o remount,bind,ro {root}; ip link set lo up; "
    )
    confined = [
        "setpriv",
        f"--reuid={uid}",
        f"--regid={gid}",
        "--clear-groups",
        "--no-new-privs",
        "--bounding-set=-all",
    ]
    variables = [f"{name}={value}" for name, value in stage.environment.items()]
    within = ["chroot", str(root), *confined, "env", "-i", "PATH=/usr/bin:/bin", *variables]
    script = mounts + "exec " + shlex.join([*within, *stage.entry, *stage.command])
    log = work / "service.log"
    with log.open("wb") as to:
        service = subprocess.Popen(["unshare", "--mount", "--net", "sh", "-c", script], stdout=to, stderr=to)
    beside = ["nsenter", f"--target={service.pid}", "--mount", "--net", *within]
    try:
        for _ in range(60):
            time.sleep(1)
            health = subprocess.run([*beside, *stage.health], check=False, capture_output=True, text=True)
            if health.returncode == 0:
                break
        else:
            sys.exit(f"not well: {health.stderr}\n{log.read_text()}")
        print(f"HEALTHCHECK, with the page at another port: {health.stdout.strip()}", flush=True)
        touched = subprocess.run(
            [*beside, "touch", "/usr/lib/watchdesk/x"], check=False, capture_output=True, text=True
        )
        print(f"the root is read-only: {touched.stderr.strip()}", flush=True)
        who = subprocess.run(
            [*beside, "cat", "/proc/1/../self/status"], check=False, capture_output=True, text=True
        ).stdout
        print(
            "; ".join(
                " ".join(line.split()) for line in who.splitlines() if line.startswith(("Uid", "CapBnd"))
            )
        )
        version = subprocess.run(
            [*beside, *stage.entry, "--version"], check=True, capture_output=True, text=True
        )
        print(version.stdout.strip(), flush=True)
        status = subprocess.run(
            [*beside, *stage.entry, "status"], check=False, capture_output=True, text=True
        )
        print(status.stdout.strip() or status.stderr.strip(), flush=True)
    finally:
        service.terminate()
        print(f"SIGTERM: ended with {service.wait(30)}", flush=True)


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--work", type=Path, default=Path("/var/tmp/watchdesk-container"))
    work: Path = reader.parse_args().work
    if not (work / "base").exists():
        make_root(work / "base")
    run(built(work), work)


if __name__ == "__main__":
    main()
