"""Metrics of the machines that share the work: every one of them tells the same of all."""

from collections import Counter
from collections.abc import Iterable, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from watchdesk.model.hosts import FleetHost

_QUANTILES = ("0.5", "0.99")


def fleet_metrics(hosts: Sequence[FleetHost]) -> Iterable[Metric]:
    """None where one machine does the work on SQLite. Machines with a name in common count together."""
    if not hosts:
        return
    alive = [host for host in hosts if host.lives]
    by_state = GaugeMetricFamily(
        "watchdesk_fleet_hosts", "Machines that share the work, by state.", labels=["state"]
    )
    by_state.add_metric(["alive"], len(alive))
    by_state.add_metric(["silent"], len(hosts) - len(alive))
    yield by_state
    names = list(dict.fromkeys(host.name for host in alive))
    shards = GaugeMetricFamily("watchdesk_fleet_shards", "Shards that a machine holds.", labels=["host"])
    pace = GaugeMetricFamily(
        "watchdesk_fleet_polls_per_second",
        "Polls a second of a machine, over the last five minutes.",
        labels=["host"],
    )
    lapsed = CounterMetricFamily(
        "watchdesk_fleet_shards_lapsed", "Shards that a machine has lost, frozen or cut off.", labels=["host"]
    )
    lateness = GaugeMetricFamily(
        "watchdesk_fleet_poll_lateness_seconds",
        "How long after its time a poll of the last five minutes began.",
        labels=["host", "quantile"],
    )
    for name in names:
        of_name = [host for host in alive if host.name == name]
        shards.add_metric([name], sum(host.shards for host in of_name))
        pace.add_metric([name], sum(host.pace for host in of_name))
        lapsed.add_metric([name], sum(host.lapsed for host in of_name))
        for quantile, values in zip(
            _QUANTILES,
            ([host.lateness_p50 for host in of_name], [host.lateness_p99 for host in of_name]),
            strict=True,
        ):
            if known := [value for value in values if value is not None]:
                lateness.add_metric([name, quantile], max(known))
    yield from (shards, pace, lapsed, lateness)
    files = {(host.version, host.configuration) for host in alive if host.configuration}
    versions = Counter(version for version, _ in files)  # marks are compared within a version
    yield GaugeMetricFamily(
        "watchdesk_fleet_configurations",
        "Different files that living machines of one version go by.",
        max(versions.values(), default=0),
    )
