"""A desk by a clock that the test turns: real files, a real store, real servers, and every step of a pass."""

import json
import random
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from support.desk import DeskFiles, item
from watchdesk import pipeline, sources
from watchdesk.app import build_plan
from watchdesk.configuration import read_configuration
from watchdesk.delivery import Report
from watchdesk.digesting.fates import departure_of
from watchdesk.digests import Departure, silent_until
from watchdesk.model import Digest, SourceState
from watchdesk.plan import Plan
from watchdesk.polling.report import PollReport
from watchdesk.service import poll_now, send_now
from watchdesk.sources import Hosts, HttpFetcher
from watchdesk.store import SqlStore, open_store


@dataclass
class TimedDesk:
    """What `watchdesk once --send` does, at the moment that `now` is set to."""

    files: DeskFiles
    now: datetime
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    _open: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Reads the files and opens the store, as a new process does."""
        self._open.close()
        self.files.state.mkdir(exist_ok=True)
        configuration = read_configuration(self.files.config)
        self.store: SqlStore = open_store(configuration.settings.storage, self.files.state)
        self._open.callback(self.store.close)
        self.follow()

    def follow(self) -> None:
        """Reads the files anew, as a reload does."""
        plan = build_plan(read_configuration(self.files.config), self.files.state)
        polling = plan.settings.polling
        hosts = Hosts(polling.per_host, self.clock)
        self.plan: Plan = replace(plan, fetcher=HttpFetcher(polling, plan.settings.contact, hosts))

    def clock(self) -> datetime:
        return self.now

    def close(self) -> None:
        self._open.close()

    def at(self, moment: datetime) -> "TimedDesk":
        """Turns the clock."""
        self.now = moment
        return self

    def after(self, **span: float) -> "TimedDesk":
        """Lets time pass."""
        return self.at(self.now + timedelta(**span))

    @property
    def due(self) -> Sequence[str]:
        """Ids of the sources that are to be polled now."""
        configured = self.plan.settings.sources.values()
        return [source.id for source in sources.due(configured, self.store.appointments(), self.now)]

    def poll(self) -> Sequence[PollReport]:
        """Polls what is due."""
        wanted = [self.plan.settings.sources[name] for name in self.due]
        return poll_now(self.plan, self.store, wanted, self.clock, self.rng)

    def send(self) -> tuple[Sequence[Digest], Sequence[Report]]:
        """Makes the digests that are due, and sends the deliveries that are."""
        return send_now(self.plan, self.store, "here", self.clock, self.rng)

    def once(self) -> Sequence[Digest]:
        """Polls, makes and sends; the digests that were made."""
        self.poll()
        return self.send()[0]

    def made_until(self, end: datetime, step: timedelta) -> Sequence[tuple[datetime, Digest]]:
        """What is made from now to `end`, looking at each step; when, and what."""
        made: list[tuple[datetime, Digest]] = []
        while self.now <= end:
            made += [(self.now, digest) for digest in self.send()[0]]
            self.now += step
        return made

    def state(self, source_id: str = "wire") -> SourceState:
        return self.store.source_states([source_id])[source_id]

    def promised(self, digest: str = "flash", rule_id: str | None = None) -> Departure:
        """When the digest goes out, as `watchdesk explain` says it now; of a rule, when its matches do."""
        setting, mark = self.plan.settings.digests[digest], self.store.digest_marks()[digest]
        silent = silent_until(self.store.silences(self.now), self.now)
        return departure_of(self.plan, self.store, setting, mark, self.now, silent, rule_id)

    def silence(self, rule_id: str, until: datetime) -> None:
        self.store.silence(rule_id, self.now, until)

    def troubles(self) -> Sequence[str]:
        """The causes that the operators are told of now."""
        pipeline.tell_operators(self.plan, self.store, self.now)
        return sorted(self.store.reported_troubles())

    def sent(self, digest: str = "flash") -> Sequence[Any]:
        """Documents of this digest on the shelf, by the time of their making."""
        shelf = self.files.state / "digests"
        documents = [json.loads(path.read_text()) for path in shelf.glob("*.json")]
        own = [document for document in documents if document["digest"] == digest]
        return sorted(own, key=lambda document: document["composed_at"])


def titles(document: Any) -> Sequence[str]:
    """Of all stories that a digest shows in full."""
    return [story["article"]["title"] for rule in document["rules"] for story in rule["stories"]]


def entry(guid: str, title: str, published: datetime | None, text: str = "") -> str:
    """An RSS item of that time; None: undated."""
    return item(guid, title, text, date=format_datetime(published) if published else "")
