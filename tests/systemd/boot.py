"""Boots a Debian 12 with systemd and drives the Debian package in it, from the package of the release before.

`make boot` as root, where there are debootstrap and systemd-container (apt); about ten minutes on two processors.
The release before is the newest other one that CHANGELOG.md dates: its tag, or the last commit of that day where it has
none. `make boot OLD=…` takes another commit, or the file of a package. Of a commit the wheel is built, and packed by its
own packaging/deb.py; one from before there were packages by that of today. by-hand.service is the unit that README had
installed then.

`inside.py` has the steps. What was shown is written beside this script, a file for each of the three roots that are
booted. A minimal root is made once and kept in /var/tmp/watchdesk-systemd (WORK=…), with what was shown by those that failed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SCENARIOS = ("keep", "leave", "by-hand")
HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
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
    reader.add_argument("new", type=Path, help="the package of today")
    reader.add_argument("--old", help="the package of before, or the commit that it is made of")
    reader.add_argument("--work", type=Path, default=Path("/var/tmp/watchdesk-systemd"))
    reader.add_argument("--only", choices=SCENARIOS, action="append", help="this one alone")
    asked = reader.parse_args()
    names = asked.only or SCENARIOS
    base = asked.work / "base"
    if not base.exists():
        make_root(base, NEEDED)
    old = (
        Path(asked.old)
        if (asked.old or "").endswith(".deb")
        else package_of(asked.old or before(), asked.work)
    )
    print(f"from {old.name} to {asked.new.name}", flush=True)

    def showed(name: str) -> str:
        return scenario(name, asked.work, old, asked.new)

    with ThreadPoolExecutor() as together:
        shown = dict(zip(names, together.map(showed, names), strict=True))
    for name, text in shown.items():
        (HERE / f"{name}.txt").write_text(text, "utf-8")
        print(f"# {name}\n{text}")
    sys.exit(sum("STEPS PASSED" in text for text in shown.values()) < len(shown))


def before() -> str:
    """The commit of the newest release in CHANGELOG.md, but for one that this tree is."""
    now = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changes = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    dated = re.findall(r"^## \[(\d[^\]]*)\] - (\S+)$", changes, flags=re.MULTILINE)
    version, date = next(one for one in dated if one[0] != now)
    tag = git("tag", "--list", f"v{version}")
    return tag or git("rev-list", "--max-count=1", f"--before={date}T23:59:59Z", "HEAD")


def package_of(commit: str, work: Path) -> Path:
    """The package of a commit."""
    tree, out = work / "before", work / "packages"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    tree.mkdir(parents=True)
    archive = subprocess.run(
        ["git", "archive", commit], cwd=REPOSITORY, check=True, capture_output=True
    ).stdout
    subprocess.run(["tar", "--extract", f"--directory={tree}"], input=archive, check=True)
    build = [sys.executable, "-m", "hatchling", "build", "--target=wheel", f"--directory={out}"]
    subprocess.run(build, cwd=tree, check=True)
    (wheel,) = out.glob("*.whl")
    recipe = tree / "packaging" / "deb.py"
    origin = tree if recipe.exists() else REPOSITORY
    packed = [sys.executable, str(origin / "packaging" / "deb.py"), str(wheel), str(out)]
    subprocess.run(packed, env={**os.environ, "PYTHONPATH": str(origin / "src")}, check=True)
    (package,) = out.glob("*.deb")
    return package


def git(*asks: str) -> str:
    return subprocess.run(
        ["git", *asks], cwd=REPOSITORY, check=True, capture_output=True, text=True
    ).stdout.strip()


def scenario(name: str, work: Path, old: Path, new: Path) -> str:
    """What one of them showed, in a root of its own."""
    root = work / name
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "-a", str(work / "base"), str(root)], check=True)
    prepare(root, old, new)
    unit = root / "etc/systemd/system/drive.service"
    unit.write_text(DRIVER.replace("SCENARIO", name))
    boot(root)
    output = root / "root/drive/output.txt"
    text = output.read_text("utf-8") if output.exists() else "did not boot\n"
    if "STEPS PASSED" in text:
        shutil.rmtree(root)
    return text


def make_root(base: Path, packages: str = "") -> None:
    """A small Debian 12 with these packages, from the sources of this machine's apt."""
    base.parent.mkdir(parents=True, exist_ok=True)
    begun = base.with_name(f"{base.name}.begun")  # so that one that was interrupted is not taken for whole
    shutil.rmtree(begun, ignore_errors=True)
    sources = subprocess.run(["apt-get", "indextargets", "--format=$(REPO_URI)", "Created-By: Packages", "Codename: bookworm"],
        check=True, capture_output=True, text=True).stdout.split()  # fmt: skip
    options = ["--variant=minbase", *([f"--include={','.join(packages.split())}"] if packages else [])]
    subprocess.run(
        ["debootstrap", *options, "bookworm", str(begun), sources[0]], check=True, stdout=subprocess.DEVNULL
    )
    shutil.rmtree(begun / "var/cache/apt/archives", ignore_errors=True)
    begun.rename(base)


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
