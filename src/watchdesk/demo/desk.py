"""The demo's configuration, and the real service running on it as a process of its own.

The world that it polls and sends to is in `servers`.
"""

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchdesk.demo.newsroom import SOURCES, WITH_PAGES, security_rules

SECRET_NAME = "WATCHDESK_DEMO_SECRET"  # noqa: S105 - the variable's name, not a secret

_SETTINGS = """\
timezone: Europe/Brussels
contact: demo@localhost
polling:
  every: 2s
  fastest: 1s
  first_poll: all
  private_addresses: allow
channels:
  desk:
    email: {{to: [Night desk <night@example.org>], from: watchdesk@example.org, server: "{mail}"}}
  hook:
    webhook: {{url: "{web}/hook", secret: {{env: {secret}}}}}
  shelf:
    files: digests/
digests:
  flash:
    title: Flash
    rules: all
    at: once
    gather: 4s
    to: [desk, hook, shelf]
web: {{listen: "127.0.0.1:0"}}
"""


def write_configuration(directory: Path, web: str, mail: str) -> None:
    """Writes the three files as a person would."""
    (directory / "rules").mkdir(parents=True)
    settings = _SETTINGS.format(web=web, mail=mail, secret=SECRET_NAME)
    (directory / "watchdesk.yaml").write_text(settings, encoding="utf-8")
    sources = "".join(
        f"  {name}:\n    feed: {web}{path}\n" + ("" if name == WITH_PAGES else "    full_text: never\n")
        for name, path in SOURCES.items()
    )
    (directory / "sources.yaml").write_text(f"sources:\n{sources}", encoding="utf-8")
    (directory / "rules" / "security.yaml").write_text(security_rules(), encoding="utf-8")


@contextmanager
def running_service(config: Path, state: Path, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs `watchdesk run` as a real process with its log in a file; stops it with SIGTERM at the end."""
    command = [sys.executable, "-m", "watchdesk", "--config", str(config), "--state", str(state), "run"]
    environment = {**os.environ, SECRET_NAME: "whsec_" + base64.b64encode(b"the demo's signing key").decode()}
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)  # noqa: S603 - ourselves
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=12)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
