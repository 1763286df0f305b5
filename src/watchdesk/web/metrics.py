"""/metrics for Prometheus, as text or as OpenMetrics. No label is without a bound.

What is counted as it happens is registered with `registry`; what is looked up is in `_Looked`.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.responses import Response

from watchdesk import __version__, sources
from watchdesk.errors import StorageError
from watchdesk.web.access.visitors import Visitor
from watchdesk.web.asked import Asked, Refusal
from watchdesk.web.desk import DeskView


class Metrics:
    """The registry of one server."""

    def __init__(self, desk: DeskView) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Looked(desk))

    def answer(self, asked: Asked, headers: Mapping[str, str]) -> Response:
        """All metrics, in the form that Accept asks for."""
        if asked.visitor is Visitor.STRANGER and not asked.configured.settings.web.metrics:
            raise Refusal(401, "This needs the token of the administrator.")
        encode, media_type = choose_encoder(headers.get("accept", ""))
        return Response(encode(self.registry), headers={"content-type": media_type})


class _Looked(Collector):
    """What is looked up when it is asked for."""

    def __init__(self, desk: DeskView) -> None:
        self._desk = desk

    def describe(self) -> Iterable[Metric]:
        """Nothing: it is not looked up to register it."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """What can be read; where the database cannot be used, the rest."""
        desk = self._desk
        yield InfoMetricFamily("watchdesk_build", "The watchdesk that runs.", {"version": __version__})
        loaded = desk.told().configuration.loaded
        if loaded:
            yield GaugeMetricFamily(
                "watchdesk_config_last_reload_success_timestamp_seconds",
                "When the configuration in force was read.",
                loaded.timestamp(),
            )
        try:
            yield from self._of_database()
        except StorageError:
            return

    def _of_database(self) -> Iterable[Metric]:
        configured, now = self._desk.configured, self._desk.clock()
        with self._desk.reading() as store:
            conditions, deliveries = store.conditions(), store.channel_counts()
        found = sources.health(configured.settings.sources.values(), conditions, now)
        healths = Tally("healthy" if one.healthy else "failing" for one in found)
        healths["paused"] = sum(source.paused for source in configured.settings.sources.values())
        by_health = GaugeMetricFamily("watchdesk_sources", "Sources by health.", labels=["health"])
        for health in ("healthy", "failing", "paused"):
            by_health.add_metric([health], healths[health])
        yield by_health
        by_state = GaugeMetricFamily(
            "watchdesk_deliveries", "Deliveries by state and channel.", labels=["state", "channel"]
        )
        for (state, channel), count in sorted(deliveries.items()):
            # Of channels that are gone from the files there may be any number.
            if channel in configured.settings.channels:
                by_state.add_metric([str(state), channel], count)
        yield by_state
