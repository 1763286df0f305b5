"""The program in three steps: poll sources, make the digests that are due, send what waits.

It calls the rooms in their order and decides nothing itself: every decision is a function of a pure
room, every promise a transaction of the store. Each step may run twice. `polling` is where to begin.
"""

from watchdesk.pipeline.digesting import compose_digest, make_digest, make_digests
from watchdesk.pipeline.documents import Document, Reader, read_document
from watchdesk.pipeline.operators import tell_operators
from watchdesk.pipeline.plan import Clock, FoundMatch, Plan, PollOutcome, PollReport
from watchdesk.pipeline.polling import poll
from watchdesk.pipeline.typesetting import rendering_of, template_troubles

__all__ = [
    "Clock",
    "Document",
    "FoundMatch",
    "Plan",
    "PollOutcome",
    "PollReport",
    "Reader",
    "compose_digest",
    "make_digest",
    "make_digests",
    "poll",
    "read_document",
    "rendering_of",
    "tell_operators",
    "template_troubles",
]
