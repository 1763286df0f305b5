"""Boots a Debian 12 with systemd and drives the Debian package in it; takes root, debootstrap and systemd-nspawn.

`python tests/systemd/boot.py OLD.deb NEW.deb [--work DIR]`. OLD.deb is the package of the release before,
made by the same recipe (of one that had none: hatchling builds its wheel, and packaging/deb.py a package of that); by-hand.service
is the unit that README had installed before there was a package. What was shown is written beside this script, a file for each of the three roots. `inside.py` has the steps; the root is made once and kept in DIR.
"""

import argparse
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SCENARIOS = ("keep", "leave", "by-hand")
HERE = Path(__file__).parent
NEEDED = (
    "systemd systemd-sysv dbus libnss-systemd python3.11 python3 ca-certificates tzdata sudo opensmtpd man-db procps "
    "libstdc++6 iproute2"
)
SMTPD = """\
table everyone { "@" = "nobody" }
listen on lo port 25 hostname mail.example.org
action "keep" maildir "/var/mail/boxes/%{rcpt.user:lowercase}" virtual <everyone>
match from any for any action "keep"
"""
DRIVER = """\
[Unit]
Description=Drives watchdesk
After=multi-user.target opensmtpd.service
[Service]
Type=oneshot
StandardOutput=file:/root/drive/output.txt
StandardError=inherit
WorkingDirectory=/root/drive
ExecStart=-/usr/bin/python3 -m systemd.inside SCENARIO /root/drive/old.deb /root/drive/new.deb /root/drive/old.service
ExecStopPost=/usr/bin/systemctl --no-block poweroff
[Install]
WantedBy=default.target
"""


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("old", type=Path)
    reader.add_argument("new", type=Path)
    reader.add_argument("--work", type=Path, default=Path("/var/tmp/watchdesk-systemd"))
    reader.add_argument("--only", choices=SCENARIOS, action="append", help="this one alone")
    asked = reader.parse_args()
    names = asked.only or SCENARIOS
    base = asked.work / "base"
    if not base.exists():
        make_root(base, NEEDED)
    with ThreadPoolExecutor() as together:
        shown = dict(zip(names, together.map(lambda name: scenario(name, base, asked), names), strict=True))
    for name, text in shown.items():
        (HERE / f"{name}.txt").write_text(text, "utf-8")
        print(f"# {name}\n{text}")
    sys.exit(sum("STEPS PASSED" in text for text in shown.values()) < len(shown))


def scenario(name: str, base: Path, asked: argparse.Namespace) -> str:
    """What one of them showed, in a root of its own."""
    root = asked.work / name
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "-a", str(base), str(root)], check=True)
    prepare(root, asked.old, asked.new)
    unit = root / "etc/systemd/system/drive.service"
    unit.write_text(DRIVER.replace("SCENARIO", name))
    boot(root)
    output = root / "root/drive/output.txt"
    return output.read_text("utf-8") if output.exists() else "did not boot\n"


def make_root(base: Path, packages: str) -> None:
    """A small Debian 12 with these packages, from the sources of this machine's apt."""
    base.parent.mkdir(parents=True, exist_ok=True)
    sources = subprocess.run(["apt-get", "indextargets", "--format=$(REPO_URI)", "Created-By: Packages", "Codename: bookworm"],
        check=True, capture_output=True, text=True).stdout.split()  # fmt: skip
    include = ",".join(packages.split())
    options = ["--variant=minbase", f"--include={include}"]
    subprocess.run(
        ["debootstrap", *options, "bookworm", str(base), sources[0]], check=True, stdout=subprocess.DEVNULL
    )
    shutil.rmtree(base / "var/cache/apt/archives", ignore_errors=True)


def prepare(root: Path, old: Path, new: Path) -> None:
    drive = root / "root/drive"
    (drive / "systemd").mkdir(parents=True)
    for origin, name in ((old, "old.deb"), (new, "new.deb"), (HERE / "by-hand.service", "old.service")):
        shutil.copy(origin, drive / name)
    for script in ("inside.py", "keeping.py", "world.py"):
        shutil.copy(HERE / script, drive / "systemd" / script)
    boxes = root / "var/mail/boxes"
    boxes.mkdir(parents=True)
    os.chown(boxes, 65534, 65534)
    (root / "etc/smtpd.conf").write_text(SMTPD)
    (root / "etc/hostname").write_text("desk.example.org\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost desk.example.org\n")
    wants = root / "etc/systemd/system/default.target.wants"
    wants.mkdir(parents=True, exist_ok=True)
    (wants / "drive.service").symlink_to("../drive.service")
    (root / "etc/apt/sources.list").write_text("")
    # This disk need not survive a loss of power, and waiting for it is most of an installation.
    (root / "etc/dpkg/dpkg.cfg.d/fast").write_text("force-unsafe-io\n")


def boot(root: Path) -> None:
    """Until the driver has ended and powered it off."""
    command = [
        "systemd-nspawn",
        "--quiet",
        f"--directory={root}",
        "--boot",
        "--private-network",
        "--register=no",
    ]
    command += ["--keep-unit", "--resolv-conf=off", "--timezone=off", "--console=pipe"]
    with root.with_suffix(".console").open("wb") as console:
        subprocess.run(
            command, check=False, stdout=console, stderr=console, stdin=subprocess.DEVNULL, timeout=3000
        )


if __name__ == "__main__":
    main()
