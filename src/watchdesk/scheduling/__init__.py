"""When to try again: the next poll of a source, the next attempt of a delivery. Pure.

What the other side asks for (Retry-After, RFC 9110 §10.2.3; freshness, RFC 9111 §4.2) is obeyed within our
limits. `service` acts at these times.
"""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.scheduling.attempts import GIVE_UP_AFTER as GIVE_UP_AFTER
    from watchdesk.scheduling.attempts import LONGEST as LONGEST
    from watchdesk.scheduling.attempts import GiveUp as GiveUp
    from watchdesk.scheduling.attempts import next_attempt as next_attempt
    from watchdesk.scheduling.backoff import JITTER as JITTER
    from watchdesk.scheduling.learning import believable as believable
    from watchdesk.scheduling.learning import learned as learned
    from watchdesk.scheduling.pages import next_page_try as next_page_try
    from watchdesk.scheduling.polls import first_polls as first_polls
    from watchdesk.scheduling.polls import next_poll as next_poll
    from watchdesk.scheduling.polls import not_beyond as not_beyond
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".attempts": "GIVE_UP_AFTER LONGEST GiveUp next_attempt",
            ".backoff": "JITTER",
            ".learning": "believable learned",
            ".pages": "next_page_try",
            ".polls": "first_polls next_poll not_beyond",
        },
    )
