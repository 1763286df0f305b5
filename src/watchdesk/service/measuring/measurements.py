"""All that one service counts and times, since it started. Reloads do not begin it anew.

Polls are made in other processes; they are counted in the service's own, by what is handed over.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from watchdesk.model import Delivery, Digest, DigestPart, PublishedKnown, SendOutcome, Sent, Stored
from watchdesk.polling.report import PollReport
from watchdesk.service.measuring.histogram import Counter, Histogram
from watchdesk.service.poll_tasks import Polled, TaskResult

POLL = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60)
LATENESS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)
MATCH = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1)
DELIVERY = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
PUBLICATION = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 57600, 86400)
"""Upper bounds in seconds: the longest are what a poll and a channel may take, and a daily digest."""
_MOST_DIGESTS = 64
"""Digests whose articles' times are remembered until they are sent."""
_HAS_TIME = (PublishedKnown.EXACT, PublishedKnown.ZONE_ASSUMED)


class Measurements:
    """Safe to use from many threads. All times are in seconds."""

    def __init__(self) -> None:
        self.polls = Counter()
        """By `PollOutcome`."""
        self.poll_seconds = Histogram(POLL)
        self.poll_lateness = Histogram(LATENESS)
        self.articles = Counter()
        """New ones, by no label: ''."""
        self.matches = Counter()
        """By rule."""
        self.match_seconds = Histogram(MATCH)
        self.digests = Counter()
        """By name."""
        self.delivery_seconds = Histogram(DELIVERY)
        self.publication_to_delivery = Histogram(PUBLICATION)
        self.heard: Callable[[str | None], object] | None = None
        """Called when something was stored (None), and with the id of a delivery that was tried."""
        self._published: OrderedDict[str, tuple[datetime, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def task_ended(self, result: TaskResult, reports: Sequence[PollReport]) -> None:
        """A task has come to this; `reports`: of the sources that it polled."""
        for report in reports:
            self.polls.add(report.outcome)
        polled = result.poll if isinstance(result.poll, Polled) else None
        if polled:
            self.poll_seconds.observe(polled.seconds)
        for report in (*result.pages.values(), *(polled.reports if polled else ())):
            if report.match_seconds:
                self.match_seconds.observe_all(report.match_seconds)

    def stored(self, found: Sequence[Stored]) -> None:
        """These were recorded."""
        self.articles.add("", sum(one.new for one in found))
        self.matches.add_all(rule for one in found for rule in one.matched)
        self._tell(None)

    def composed(self, digest: Digest) -> None:
        """A digest is in the outbox."""
        self.digests.add(digest.name)
        with self._lock:
            self._published[digest.id] = _published(digest.parts)
            while len(self._published) > _MOST_DIGESTS:
                self._published.popitem(last=False)

    def attempted(self, delivery: Delivery, outcome: SendOutcome, seconds: float, now: datetime) -> None:
        """A channel has come back with this."""
        self.delivery_seconds.observe(seconds)
        self._tell(delivery.id)
        if isinstance(outcome, Sent):
            with self._lock:
                published = self._published.get(delivery.digest_id, ())
            self.publication_to_delivery.observe_all((now - at).total_seconds() for at in published)

    def _tell(self, delivery: str | None) -> None:
        if heard := self.heard:
            with suppress(RuntimeError):  # its event loop has ended
                heard(delivery)


def _published(parts: Sequence[DigestPart]) -> tuple[datetime, ...]:
    """When the articles were published that the digest is the first to tell, each once."""
    stories = (story for part in parts for story in (*part.stories, *part.more, *part.updates))
    articles = (match.article for story in stories for match in (story.best, *story.others))
    times = {
        article.id: article.published_at
        for article in articles
        if article.published_at and article.published_known in _HAS_TIME
    }
    return tuple(times.values())
