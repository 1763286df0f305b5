"""Pure: matches → digest → HTML, text and JSON. The doors are `due`, `compose` and `render`."""

from watchdesk.digests.compose import HISTORY, compose, history_starts
from watchdesk.digests.due import Decision, Departure, Reason, departure, due, in_quiet_hours
from watchdesk.digests.rendering.desk_templates import (
    TEMPLATE_FOLDER,
    Templates,
    TemplateTrouble,
    load_templates,
)
from watchdesk.digests.rendering.json_document import webhook_schema
from watchdesk.digests.rendering.languages import LANGUAGES
from watchdesk.digests.rendering.notice import notice_schema, render_notice
from watchdesk.digests.rendering.render import Rendering, render
from watchdesk.digests.rendering.trial import try_templates
from watchdesk.digests.silences import silent_until
from watchdesk.digests.spikes import HOUR, WEEKS, Rise, could_spike, looked_at, rises
from watchdesk.digests.width import widest

__all__ = [
    "HISTORY",
    "HOUR",
    "LANGUAGES",
    "TEMPLATE_FOLDER",
    "WEEKS",
    "Decision",
    "Departure",
    "Reason",
    "Rendering",
    "Rise",
    "TemplateTrouble",
    "Templates",
    "compose",
    "could_spike",
    "departure",
    "due",
    "history_starts",
    "in_quiet_hours",
    "load_templates",
    "looked_at",
    "notice_schema",
    "render",
    "render_notice",
    "rises",
    "silent_until",
    "try_templates",
    "webhook_schema",
    "widest",
]
