"""Pure: matches → digest → HTML, text and JSON. The doors are `due`, `compose` and `render`."""

from watchdesk.digests.compose import HISTORY, compose
from watchdesk.digests.document import webhook_schema
from watchdesk.digests.due import Decision, Reason, due
from watchdesk.digests.notice import notice_schema, render_notice
from watchdesk.digests.render import render
from watchdesk.digests.silences import silent_until
from watchdesk.digests.spikes import LOOK_BACK, Rise, could_spike, rises

__all__ = [
    "HISTORY",
    "LOOK_BACK",
    "Decision",
    "Reason",
    "Rise",
    "compose",
    "could_spike",
    "due",
    "notice_schema",
    "render",
    "render_notice",
    "rises",
    "silent_until",
    "webhook_schema",
]
