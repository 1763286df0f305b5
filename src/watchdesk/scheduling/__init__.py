"""When to try again: the next poll of a source, the next attempt of a delivery. Pure.

What the other side asks for (Retry-After, RFC 9110 §10.2.3; freshness, RFC 9111 §4.2) is obeyed within our
limits. `service` acts at these times.
"""

from watchdesk.scheduling.attempts import GIVE_UP_AFTER, LONGEST, GiveUp, next_attempt
from watchdesk.scheduling.backoff import JITTER
from watchdesk.scheduling.learning import believable, learned
from watchdesk.scheduling.pages import next_page_try
from watchdesk.scheduling.polls import first_polls, next_poll, not_beyond

__all__ = [
    "GIVE_UP_AFTER",
    "JITTER",
    "LONGEST",
    "GiveUp",
    "believable",
    "first_polls",
    "learned",
    "next_attempt",
    "next_page_try",
    "next_poll",
    "not_beyond",
]
