"""Pure: matches → digest → HTML, text and JSON. The doors are `due`, `compose` and `render`."""

from watchdesk.digests.compose import compose
from watchdesk.digests.document import webhook_schema
from watchdesk.digests.due import Decision, Reason, due
from watchdesk.digests.notice import notice_schema, render_notice
from watchdesk.digests.render import render

__all__ = [
    "Decision",
    "Reason",
    "compose",
    "due",
    "notice_schema",
    "render",
    "render_notice",
    "webhook_schema",
]
