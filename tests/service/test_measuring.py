"""Histograms are those of Prometheus' own client, and what is counted of polls, articles and deliveries."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client import Histogram as ClientsHistogram

from support.digests import NOW, ordinary
from watchdesk.errors import StorageError
from watchdesk.model import Delivery, DeliveryState, PublishedKnown, Retry, Sent, Stored
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.service.measuring.histogram import Histogram
from watchdesk.service.measuring.measurements import LATENESS, Measurements
from watchdesk.service.poll_tasks import Polled, TaskResult, Unrecorded

DELIVERY = Delivery("d1", "x", "flash", "desk", DeliveryState.LEASED, NOW, NOW)


@given(st.lists(st.floats(0, 5000) | st.sampled_from(LATENESS)))
def test_a_histogram_counts_as_the_client_of_prometheus_does(values: list[float]) -> None:
    registry = CollectorRegistry()
    theirs, ours = ClientsHistogram("x", "x", buckets=LATENESS, registry=registry), Histogram(LATENESS)
    for value in values:
        theirs.observe(value)
    ours.observe_all(values)
    for bound, count in ours.observed.cumulative:
        said = "+Inf" if bound == float("inf") else str(float(bound))
        assert registry.get_sample_value("x_bucket", {"le": said}) == count
    assert registry.get_sample_value("x_sum") == ours.observed.total


def test_a_time_before_its_beginning_counts_as_none() -> None:
    histogram = Histogram((1,))
    histogram.observe(-5)
    assert (histogram.observed.cumulative[0], histogram.observed.total) == ((1, 1), 0)


def test_a_share_of_the_values_is_below_a_quantile_as_prometheus_estimates_it() -> None:
    histogram = Histogram((1, 2, 4))
    assert histogram.observed.quantile(0.5) is None
    histogram.observe_all([0.5] * 5)
    before = histogram.observed
    histogram.observe_all([3.0] * 5)
    assert histogram.observed.quantile(0.5) == 1
    assert histogram.observed.quantile(0.75) == 3
    assert histogram.observed.since(before).quantile(0.5) == 3
    histogram.observe_all([100.0] * 90)
    assert histogram.observed.quantile(0.99) == 4  # beyond the last bound nothing is known


def test_a_poll_that_was_made_is_timed_and_every_one_is_counted() -> None:
    measured = Measurements()
    new = PollReport("a", PollOutcome.NEW, match_seconds=(0.002, 0.004))
    page = PollReport("a", PollOutcome.NEW, match_seconds=(0.2,))
    failed = PollReport("b", PollOutcome.FAILED)
    measured.task_ended(TaskResult(Polled([new, failed], seconds=0.3), {"a": page}), [new, failed])
    measured.task_ended(TaskResult(Unrecorded(StorageError("full"))), [failed])
    assert measured.polls.counts == {"new": 1, "failed": 2}
    assert measured.poll_seconds.observed.total == 0.3
    assert dict(measured.poll_seconds.observed.cumulative)[float("inf")] == 1
    assert dict(measured.match_seconds.observed.cumulative) == {
        **dict.fromkeys((0.0001, 0.00025, 0.0005, 0.001), 0),
        0.0025: 1,
        **dict.fromkeys((0.005, 0.01, 0.025, 0.1), 2),
        **dict.fromkeys((0.5, 1, float("inf")), 3),
    }


def test_what_was_recorded_is_counted_by_rule() -> None:
    measured = Measurements()
    measured.stored([Stored(1, new=True, matched=("a", "b")), Stored(2, new=False, matched=("a",))])
    measured.stored([Stored(0, new=False, refused="no")])
    assert measured.articles.counts == {"": 1}
    assert measured.matches.counts == {"a": 2, "b": 1}


def test_from_publication_to_delivery_is_measured_once_an_article_when_it_is_accepted() -> None:
    measured, digest = Measurements(), replace(ordinary(), id="x")
    measured.composed(digest)
    assert measured.digests.counts == {digest.name: 1}
    later = digest.composed_at + timedelta(minutes=1)
    measured.attempted(DELIVERY, Retry("busy"), 3.0, later)
    assert measured.publication_to_delivery.observed.total == 0
    measured.attempted(DELIVERY, Sent(), 1.0, later)
    told = {
        match.article.id: match.article
        for part in digest.parts
        for story in (*part.stories, *part.more, *part.updates)
        for match in (story.best, *story.others)
    }
    exact = [
        (later - article.published_at).total_seconds()
        for article in told.values()
        if article.published_at and article.published_known is not PublishedKnown.DAY
    ]
    assert exact
    assert measured.publication_to_delivery.observed.total == sum(exact)
    assert measured.publication_to_delivery.observed.cumulative[-1][1] == len(exact)
    assert measured.delivery_seconds.observed.total == 4.0


def test_the_digests_of_long_ago_are_forgotten() -> None:
    measured, digest = Measurements(), ordinary()
    for number in range(100):
        measured.composed(replace(digest, id=str(number)))
    measured.attempted(replace(DELIVERY, digest_id="0"), Sent(), 1.0, NOW)
    assert measured.publication_to_delivery.observed.cumulative[-1][1] == 0
    measured.attempted(replace(DELIVERY, digest_id="99"), Sent(), 1.0, NOW)
    assert measured.publication_to_delivery.observed.cumulative[-1][1] > 0
