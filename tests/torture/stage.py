"""A desk among its newsroom and its receivers, and processes of it that are killed and started again."""

import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from support import warm
from support.desk import ORDINARY, DeskFiles, environment
from support.dial import Dial
from support.web import WebServer
from torture.ledger import Account, account
from torture.newsroom import CALM, RULES, Newsroom
from torture.receivers import NONE, SECRET, Hook, Mail

SUBSCRIPTIONS = ("flash", "minutely")

SETTINGS = """\
timezone: Europe/Brussels
contact: desk@example.org
storage: {storage}
polling:
  {{every: 1s, fastest: 1s, slowest: 2s, first_poll: all, private_addresses: allow, timeout: 5s, per_host: 8}}
articles: {{full_text: never}}
channels:
  mail: {{email: {{to: editors@example.org, from: desk@example.org, server: "smtp://127.0.0.1:{port}"}}}}
  hook: {{webhook: {{url: "{hook}", secret: {{env: HOOK_SECRET}}}}}}
digests:
  flash: {{title: Flash, rules: all, at: once, to: [mail, hook], most: 100000}}
  minutely: {{title: Each minute, rules: all, at: "* * * * *", to: [mail, hook], most: 100000}}
"""


def say(figures: str) -> None:
    """For who reads the output of a test."""
    sys.stdout.write(f"{figures}\n")


class Nursery:
    """Processes that are children of `nursery.py`."""

    def __init__(self) -> None:
        self._running: set[int] = set()

    def start(
        self,
        arguments: list[str],
        log: Path,
        dial: Dial | None = None,
        tick: float | None = None,
        *,
        paces: Mapping[str, float] = ORDINARY,
        of_machine: bool = False,
        dies_at_write: int = 0,
        written: bool = False,
    ) -> int:
        """Starts `watchdesk ARGUMENTS…`; its process id.

        `dial`: the clock of the program, and the machine's if so told. `tick`: seconds between its rounds.
        `paces`: of some of its constants, such as `service.telling.LATE`, in seconds.
        `dies_at_write`, `written`: see `nursery.die_at_write`.
        """
        log.touch()
        [child] = warm.nursery().ask(
            arguments=arguments,
            log=str(log),
            dial=str(dial.path) if dial else None,
            tick=tick,
            paces=paces,
            of_machine=of_machine,
            dies_at_write=dies_at_write,
            written=written,
            environment={**environment(), "HOOK_SECRET": SECRET},
        )
        self._running.add(child)
        return child

    def wait(self, child: int) -> int:
        """Its exit status, as waitpid(2) has it."""
        [status] = warm.nursery().ask(wait=child)
        self._running.discard(child)
        return status

    def end(self) -> None:
        """Ends what is left, as of a test that failed."""
        for child in sorted(self._running):
            kill(child)
            self.wait(child)


@dataclass
class Stage:
    """All of it."""

    desk: DeskFiles
    newsroom: Newsroom
    mail: Mail
    hook: Hook
    dial: Dial
    rng: random.Random
    web: WebServer
    kills: int = 0
    channels: tuple[str, ...] = ("mail", "hook")
    """Those that are to hold every match. A mail names only some of the articles of one story."""
    _began: float = field(default_factory=time.monotonic)

    def write(self, storage: str = "sqlite", settings: str = SETTINGS) -> None:
        """The desk's configuration."""
        hook = self.hook.serve(self.web)
        text = settings.format(storage=storage, port=self.mail.port, hook=hook)
        self.desk.write(self.newsroom.urls, text, RULES)

    def calm(self) -> None:
        """Everyone behaves from now on."""
        self.newsroom.moods, self.mail.faults, self.hook.faults = CALM, NONE, NONE

    @property
    def accounts(self) -> dict[str, Account]:
        """By channel."""
        served = set(self.newsroom.served)
        receivers = {"mail": self.mail, "hook": self.hook}
        return {name: account(list(receivers[name].taken), served, SUBSCRIPTIONS) for name in self.channels}

    @property
    def is_complete(self) -> bool:
        return all(one.is_complete for one in self.accounts.values())

    def hold(self) -> None:
        """Asserts every promise, and says what it took."""
        took = time.monotonic() - self._began
        lost = self.mail.lost_answers + self.hook.lost_answers
        say(
            f"{self.kills} kills, {len(self.newsroom.served)} matches served, "
            f"{self.newsroom.failures} failed polls, "
            f"{self.mail.failures + self.hook.failures} failed deliveries, {lost} answers lost, {took:.0f} s"
        )
        for name, one in self.accounts.items():
            say(f"{name}: {one.digests} digests, {one.repeats} repeats")
        for one in self.accounts.values():
            one.hold()
        assert self.hook.forged == 0


@contextmanager
def stage(root: Path, seed: int) -> Iterator[Stage]:
    """Everyone in place, and nothing running yet."""
    rng = random.Random(seed)
    dial = Dial(root / "dial")
    with WebServer() as web, Mail(random.Random(rng.random())) as mail:
        newsroom = Newsroom(web, random.Random(rng.random()), dial.now)
        hook = Hook(random.Random(rng.random()))
        yield Stage(DeskFiles(root), newsroom, mail, hook, dial, rng, web)


def kill(process_id: int) -> None:
    """SIGKILL."""
    os.kill(process_id, signal.SIGKILL)
