"""The program in three steps: poll sources, make the digests that are due, send what waits.

It calls the rooms in their order and decides nothing itself: every decision is a function of a pure
room, every promise a transaction of the store. Each step may run twice. `polling` is where to begin.
"""

from watchdesk.pipeline.digesting import compose_digest, digest_troubles, make_digest, make_digests
from watchdesk.pipeline.documents import Document, Reading, make_articles, read_document, read_page
from watchdesk.pipeline.failing import failing_channel_troubles
from watchdesk.pipeline.fates import departure_of, look_up_fate
from watchdesk.pipeline.operators import mistakes_alone, tell_operators
from watchdesk.pipeline.overdue import overdue_troubles
from watchdesk.pipeline.own_pages import FORCED, fetch_pages, pages_by_source, pages_due, still_missing
from watchdesk.pipeline.plan import Clock, FoundMatch, Plan, PollOutcome, PollReport
from watchdesk.pipeline.polling import poll
from watchdesk.pipeline.repairing import drop_deliveries, retry_deliveries
from watchdesk.pipeline.spiking import SpikeWatch
from watchdesk.pipeline.trial import Trial, preview_digest, try_digest
from watchdesk.pipeline.typesetting import rendering_of, template_troubles

__all__ = [
    "FORCED",
    "Clock",
    "Document",
    "FoundMatch",
    "Plan",
    "PollOutcome",
    "PollReport",
    "Reading",
    "SpikeWatch",
    "Trial",
    "compose_digest",
    "departure_of",
    "digest_troubles",
    "drop_deliveries",
    "failing_channel_troubles",
    "fetch_pages",
    "look_up_fate",
    "make_articles",
    "make_digest",
    "make_digests",
    "mistakes_alone",
    "overdue_troubles",
    "pages_by_source",
    "pages_due",
    "poll",
    "preview_digest",
    "read_document",
    "read_page",
    "rendering_of",
    "retry_deliveries",
    "still_missing",
    "tell_operators",
    "template_troubles",
    "try_digest",
]
