"""What surrounds the service in the booted root: a feed, a receiver of webhooks, mailboxes, and systemd."""

import base64
import hashlib
import hmac
import json
import subprocess
import threading
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

HOOK_SECRET = "a secret that only systemd hands over"
MAIL = Path("/var/mail/boxes")
UNIT = "watchdesk.service"
CONFIG, STATE = Path("/etc/watchdesk"), Path("/var/lib/watchdesk")


class Failed(Exception):
    """A step did not show what it is there to show."""


class World(BaseHTTPRequestHandler):
    """Serves /feed, and takes digests at /hook whose signature is right."""

    items: ClassVar[list[str]] = []
    hooked: ClassVar[list[str]] = []
    """The titles of stories that came with a signature by `HOOK_SECRET`."""

    def do_GET(self) -> None:
        items = "".join(
            f"<item><guid>{title}</guid><title>{title}</title><link>http://127.0.0.1:8000/{number}</link>"
            f"<description>{title}: ministers of NATO agreed on defence spending.</description></item>"
            for number, title in enumerate(self.items)
        )
        body = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>"
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        self.wfile.write(body.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        code = hmac.new(HOOK_SECRET.encode(), signed, hashlib.sha256).digest()
        is_right = self.headers["webhook-signature"] == f"v1,{base64.b64encode(code).decode()}"
        if is_right:
            rules = json.loads(body).get("rules", ())
            self.hooked.extend(story["article"]["title"] for rule in rules for story in rule["stories"])
        self.send_response(204 if is_right else 401)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


def serve_world() -> None:
    """Until the script ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 8000), World)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def publish(title: str) -> None:
    """The feed has one more article, which the rule matches."""
    World.items.insert(0, title)


def mails(user: str) -> list[str]:
    """The messages in the mailbox, oldest first."""
    new = MAIL / user / "new"
    return [_text(path.read_bytes()) for path in sorted(new.glob("*"))]


def _text(letter: bytes) -> str:
    message = message_from_bytes(letter, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    return f"{message['Subject']}\n{body.get_content() if body else ''}"


def mails_with(user: str, words: str) -> int:
    """How many messages have these words, wherever their lines end."""
    return sum(words in " ".join(mail.split()) for mail in mails(user))


def do(*command: str, status: int | None = 0) -> str:
    """Runs it and gives what it said; `status`: what it has to end with, None: anything."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200)
    if status is not None and done.returncode != status:
        raise Failed(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def shown(unit: str, name: str) -> str:
    """A property of a unit."""
    return do("systemctl", "show", "--value", f"--property={name}", unit).strip()


def wait_for(happened: Callable[[], object], what: str, seconds: float = 300) -> None:
    """Until it is true; `Failed` when it takes longer."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            raise Failed(f"waited in vain for {what}")
        time.sleep(0.25)


def active(unit: str) -> bool:
    """Whether systemd says that it is up."""
    return shown(unit, "ActiveState") == "active"


def journal(unit: str) -> str:
    """What the unit has logged since the boot, messages alone."""
    return do("journalctl", "--boot", "--output=cat", "--no-pager", f"--unit={unit}")


def as_user(*command: str, status: int | None = 0) -> str:
    """A command of watchdesk beside the service, as its user."""
    places = ("--config", "/etc/watchdesk", "--state", "/var/lib/watchdesk")
    return do("sudo", "-u", "watchdesk", "watchdesk", *places, *command, status=status)


def say(text: str) -> None:
    """A line of what was shown."""
    print(f"  {text}", flush=True)


def check(is_so: object, what: str) -> None:
    """Says it, if it is so; ends the run if not."""
    if not is_so:
        raise Failed(what)
    say(what)


def came(title: str) -> None:
    """The article was published, and is mailed within a while, once."""
    publish(title)
    wait_for(lambda: mails_with("reader", title), f"a mail with {title!r}")
    time.sleep(6)
    check(mails_with("reader", title) == 1, f"'{title}' was served by the feed, and came by mail once")
