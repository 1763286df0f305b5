"""Pure: matches → digest → HTML, text and JSON. The doors are `due`, `compose` and `render`."""

from watchdesk.digests.compose import HISTORY, compose
from watchdesk.digests.desk_templates import TEMPLATE_FOLDER, Templates, TemplateTrouble, load_templates
from watchdesk.digests.document import webhook_schema
from watchdesk.digests.due import Decision, Reason, due
from watchdesk.digests.notice import notice_schema, render_notice, render_notice_by
from watchdesk.digests.render import Rendering, render, render_by
from watchdesk.digests.silences import silent_until
from watchdesk.digests.spikes import LOOK_BACK, Rise, could_spike, rises
from watchdesk.digests.trial import try_templates

__all__ = [
    "HISTORY",
    "LOOK_BACK",
    "TEMPLATE_FOLDER",
    "Decision",
    "Reason",
    "Rendering",
    "Rise",
    "TemplateTrouble",
    "Templates",
    "compose",
    "could_spike",
    "due",
    "load_templates",
    "notice_schema",
    "render",
    "render_by",
    "render_notice",
    "render_notice_by",
    "rises",
    "silent_until",
    "try_templates",
    "webhook_schema",
]
