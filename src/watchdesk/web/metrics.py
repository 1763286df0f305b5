"""/metrics for Prometheus, as text or as OpenMetrics. No label is without a bound.

What the service counted as it worked is shown as it is; what has to be looked up is looked up seldom, and
nothing that polls or sends waits for it.
"""

from collections import Counter as Tally
from collections.abc import Collection, Iterable, Mapping, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.responses import Response

from watchdesk import __version__, sources
from watchdesk.errors import StorageError
from watchdesk.model import DeliveryState
from watchdesk.plan import Configured
from watchdesk.polling.report import PollOutcome
from watchdesk.service.measuring.histogram import Counter, Histogram
from watchdesk.service.measuring.measurements import Measurements
from watchdesk.web.access.visitors import Visitor
from watchdesk.web.asked import Asked, Refusal
from watchdesk.web.desk import DeskView
from watchdesk.web.fleet_metrics import fleet_metrics
from watchdesk.web.kept import Kept

_FRESH = 10.0
"""Seconds for which what was looked up answers every scrape."""
_SELDOM = 300.0
"""Seconds for which the count of deliveries that are over does."""
_OVER = (DeliveryState.SENT, DeliveryState.DROPPED)
_HEALTHS = ("healthy", "failing", "paused")


class Metrics:
    """The registry of one server."""

    def __init__(self, desk: DeskView, measurements: Measurements) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Measured(desk, measurements))
        self.registry.register(_Looked(desk))

    def answer(self, asked: Asked, headers: Mapping[str, str]) -> Response:
        """All metrics, in the form that Accept asks for."""
        if asked.visitor is Visitor.STRANGER and not asked.configured.settings.web.metrics:
            raise Refusal(401, "This needs the token of the administrator.")
        encode, media_type = choose_encoder(headers.get("accept", ""))
        return Response(encode(self.registry), headers={"content-type": media_type})


class _Measured(Collector):
    """What the service counted since it started. Of rules and digests those in the files, each from 0 on."""

    def __init__(self, desk: DeskView, measurements: Measurements) -> None:
        self._desk = desk
        self._measurements = measurements

    def describe(self) -> Iterable[Metric]:
        """Nothing, as all is told by `collect`."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Without any look at the database."""
        configured, measured = self._desk.configured, self._measurements
        rules, digests = configured.rules.labels, configured.settings.digests
        yield _counter(
            "polls", "Polls of sources, by what they came to.", measured.polls, list(PollOutcome), "outcome"
        )
        yield _histogram(
            "poll", "From a poll's request until what was new was recorded.", measured.poll_seconds
        )
        lateness = "How long after its time a poll began."
        yield _histogram("poll_lateness", lateness, measured.poll_lateness)
        yield _counter("articles", "New articles.", measured.articles)
        found = "Articles that a rule found as they came."
        yield _counter("matches", found, measured.matches, rules, "rule")
        yield _histogram("match", "Putting all rules to one article.", measured.match_seconds)
        yield _counter("digests", "Digests put into the outbox.", measured.digests, digests, "digest")
        yield _histogram("delivery", "One attempt of a channel to send.", measured.delivery_seconds)
        delay = "From an article's publication until a digest that tells it was accepted."
        yield _histogram("publication_to_delivery", delay, measured.publication_to_delivery)
        yield InfoMetricFamily("watchdesk_build", "The watchdesk that runs.", {"version": __version__})
        told = self._desk.told().configuration
        yield GaugeMetricFamily(
            "watchdesk_config_last_reload_successful",
            "1 while the files in force are the last that were read, 0 while newer ones are refused.",
            told.refused is None and not told.folders,
        )
        if loaded := told.loaded:
            yield GaugeMetricFamily(
                "watchdesk_config_last_reload_success_timestamp_seconds",
                "When the configuration in force was read.",
                loaded.timestamp(),
            )


def _counter(
    name: str, help_text: str, counter: Counter, labels: Collection[str] = ("",), label: str | None = None
) -> Metric:
    counts = counter.counts
    family = CounterMetricFamily(f"watchdesk_{name}", help_text, labels=[label] if label else [])
    for value in labels:
        family.add_metric([str(value)] if label else [], counts.get(value, 0))
    return family


def _histogram(name: str, help_text: str, histogram: Histogram) -> Metric:
    observed = histogram.observed
    family = HistogramMetricFamily(f"watchdesk_{name}_seconds", help_text)
    buckets = [(_bound(bound), float(count)) for bound, count in observed.cumulative]
    family.add_metric([], buckets, observed.total)
    return family


def _bound(bound: float) -> str:
    return "+Inf" if bound == float("inf") else str(float(bound))


class _Looked(Collector):
    """What is in the database, each look at it as old as it may be."""

    def __init__(self, desk: DeskView) -> None:
        self._desk = desk
        self._found: Kept[Sequence[Metric]] = Kept(fresh=_FRESH)
        self._over: Kept[Mapping[tuple[DeliveryState, str], int]] = Kept(fresh=_SELDOM)
        """Those that are over are as many as the desk has ever sent and keeps."""

    def describe(self) -> Iterable[Metric]:
        """Nothing: it is not looked up to register it."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Nothing where the database cannot be used."""
        configured = self._desk.configured
        return self._found.get("", configured, lambda: self._look(configured))

    def _look(self, configured: Configured) -> Sequence[Metric]:
        now = self._desk.clock()
        try:
            with self._desk.reading() as store:
                conditions = store.conditions()
                deliveries = store.channel_counts(set(DeliveryState) - {*_OVER})
                hosts = store.hosts()
                over = self._over.get("", None, lambda: store.channel_counts(_OVER))
        except StorageError:
            return ()
        found = sources.health(configured.settings.sources.values(), conditions, now)
        healths = Tally("healthy" if one.healthy else "failing" for one in found)
        healths["paused"] = sum(source.paused for source in configured.settings.sources.values())
        by_health = GaugeMetricFamily("watchdesk_sources", "Sources by health.", labels=["health"])
        for health in _HEALTHS:
            by_health.add_metric([health], healths[health])
        by_state = GaugeMetricFamily(
            "watchdesk_deliveries", "Deliveries by state and channel.", labels=["state", "channel"]
        )
        counts = {**over, **deliveries}
        for channel in configured.settings.channels:
            for state in DeliveryState:
                by_state.add_metric([str(state), channel], counts.get((state, channel), 0))
        return by_health, by_state, *fleet_metrics(hosts)
