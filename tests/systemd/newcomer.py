"""Follows docs/getting-started.md in a Debian with nothing but Python and pipx, from the wheel to the first mail; timed.

`make newcomer`, as root, where there are debootstrap and OpenSMTPD. What it showed is written beside it. Two things are not as on the page: the
wheel is a file, and the newspapers and the mail server are on loopback, as a machine that tests has no others.
"""

import argparse
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from email import message_from_bytes, policy
from email.utils import formatdate
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from support.blocks import ROOT, blocks
from support.opensmtpd import MailSystem
from support.web import Answer, WebServer
from systemd.boot import make_root

HERE = Path(__file__).parent
PAGE = ROOT / "docs" / "getting-started.md"
HOME = "home/reader"
USER = "1000:1000"
TO = "desk@example.org"
MOST = 180
"""Seconds until the first mail."""
ENTER = 'set -e; mount -t proc proc $0/proc; mount --rbind /dev $0/dev; exec /usr/sbin/chroot --userspec=%s $0 sh -c "$1"'


class Newcomer:
    """Somebody at a prompt in a root of their own."""

    def __init__(self, root: Path) -> None:
        self._root, self._here, self._began = root, f"/{HOME}", time.monotonic()
        self.shown: list[str] = []

    @property
    def took(self) -> float:
        """Seconds until now."""
        return time.monotonic() - self._began

    @property
    def desk(self) -> Path:
        return self._root / self._here.removeprefix("/")

    def say(self, text: str) -> None:
        line = f"{self.took:6.1f} s  {text}"
        self.shown.append(line)
        print(line, flush=True)

    def type(self, command: str) -> str:
        """Types it, and shows the first lines of what it answers."""
        if command.startswith("cd "):
            self._here = f"{self._here}/{command.removeprefix('cd ')}"
            return ""
        answered = self._run(command)
        self.say(f"$ {command}")
        lines = [line.rstrip() for line in answered.splitlines() if line.strip()]
        self.shown += [f"          {line[:110]}" for line in lines[:3]] + ["          …"] * (len(lines) > 3)
        return answered

    def _run(self, command: str) -> str:
        passed = {
            name: value for name, value in os.environ.items() if name.startswith(("PIP_", "http", "HTTP"))
        }
        passed |= {"HOME": f"/{HOME}", "LANG": "C.UTF-8", "PATH": f"/{HOME}/.local/bin:/usr/bin:/bin"}
        within = f"cd {shlex.quote(self._here)} && {command}"
        enter = ["unshare", "--mount", "sh", "-c", ENTER % USER, str(self._root), within]
        done = subprocess.run(enter, env=passed, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def read_loopback(self, port: int) -> None:
        """Has our newspapers polled in the place of those in sources.yaml, each at a host of its own."""
        hosts, sources = count(1), self.desk / "config/sources.yaml"

        def newspaper(found: re.Match[str]) -> str:
            number = next(hosts)
            return f"{found[1]}http://127.0.0.{number}:{port}/{('harbour-post', 'capital-ledger')[number % 2]}.xml"

        sources.write_text(re.sub(r"(feed: )(https://\S+)", newspaper, sources.read_text()))
        settings = self.desk / "config/watchdesk.yaml"
        settings.write_text(
            settings.read_text().replace("private_addresses: refuse", "private_addresses: allow")
        )

    def add_channel(self, shown: str, port: int) -> None:
        """Writes what the page shows into watchdesk.yaml, with the mail server that there is here."""
        channel = re.search(r"^channels:\n(.*?)\n\n", shown, flags=re.DOTALL | re.MULTILINE)
        assert channel
        text = re.sub(r"smtp://\S+", f"smtp://127.0.0.1:{port}", channel[1])
        text = re.sub(r"\n *(?:user|password): .*", "", text)
        settings = self.desk / "config/watchdesk.yaml"
        before = settings.read_text()
        after = re.sub(
            r"^channels:\n", lambda found: f"{found[0]}{text}\n", before, count=1, flags=re.MULTILINE
        )
        assert after != before
        settings.write_text(after)
        self.say("the channel of the page is in config/watchdesk.yaml")


def newspaper(name: str) -> Answer:
    text = (ROOT / "tests/data/walkthrough" / name).read_text(encoding="utf-8")
    dated = re.sub(r"\{(\d+)\}", lambda hours: formatdate(time.time() - 3600 * int(hours[1])), text)
    return Answer(dated.encode(), 200, {"Content-Type": "application/rss+xml"})


def follow(reader: Newcomer, wheel: str, web: WebServer, mail: MailSystem) -> None:
    for block in blocks(PAGE):
        if block.language == "yaml":
            reader.add_channel(block.text, mail.port)
            break
        for command in re.findall(r"^\$ (.+)$", block.text, flags=re.MULTILINE):
            reader.type(command.replace("install watchdesk", f"install ./{wheel}"))
            if command.startswith("cd "):
                reader.read_loopback(urlsplit(web.url()).port or 0)
    reader.type("watchdesk check")
    reader.type("watchdesk doctor")
    reader.type("watchdesk digest morning --send --to desk")
    (letter,) = mail.delivered(TO, 1)
    reader.say(f"the first mail is there: {message_from_bytes(letter, policy=policy.default)['Subject']}")


def prepare(base: Path, root: Path, wheel: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "-a", str(base), str(root)], check=True)
    home = root / HOME
    home.mkdir()
    shutil.copy(wheel, home)
    # A network may have an authority of its own.
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", root / "etc/ssl/certs/ca-certificates.crt")
    (root / "etc/resolv.conf").write_bytes(Path("/etc/resolv.conf").read_bytes())
    (root / "etc/hosts").write_bytes(Path("/etc/hosts").read_bytes())
    for path in (home, *home.iterdir()):
        os.chown(path, *map(int, USER.split(":")))


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("wheel", type=Path)
    asks.add_argument("--work", type=Path, default=Path("/var/tmp/watchdesk-newcomer"))
    asked = asks.parse_args()
    base, root = asked.work / "base", asked.work / "root"
    if not base.exists():
        make_root(base, "python3 pipx ca-certificates")
    prepare(base, root, asked.wheel)
    copied = resource.getrusage(resource.RUSAGE_CHILDREN)
    before = copied.ru_utime + copied.ru_stime
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    with WebServer("0.0.0.0") as web, MailSystem(folder, TO) as mail:
        for name in ("harbour-post.xml", "capital-ledger.xml"):
            web.respond(f"/{name}", newspaper(name))
        reader = Newcomer(root)
        reader.say(f"Debian {(root / 'etc/debian_version').read_text().strip()}, with Python and pipx")
        follow(reader, asked.wheel.name, web, mail)
        took = reader.took
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = used.ru_utime + used.ru_stime - before
    told = f"{took / 60:.1f} minutes, of which a processor worked {worked:.0f} s"
    reader.shown.append(
        f"\nFROM pipx install TO THE FIRST MAIL: {told}; load of this machine {os.getloadavg()[0]:.0f}, {os.cpu_count()} processors"
    )
    (HERE / "newcomer.txt").write_text("\n".join(reader.shown) + "\n", "utf-8")
    print(reader.shown[-1])
    shutil.rmtree(folder)
    sys.exit(took > MOST)


if __name__ == "__main__":
    main()
