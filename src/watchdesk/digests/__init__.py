"""Pure: matches → digest → HTML, text and JSON. The doors are `due`, `compose` and `render`."""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.digests.compose import HISTORY as HISTORY
    from watchdesk.digests.compose import compose as compose
    from watchdesk.digests.compose import history_starts as history_starts
    from watchdesk.digests.due import Decision as Decision
    from watchdesk.digests.due import Departure as Departure
    from watchdesk.digests.due import Reason as Reason
    from watchdesk.digests.due import departure as departure
    from watchdesk.digests.due import due as due
    from watchdesk.digests.due import in_quiet_hours as in_quiet_hours
    from watchdesk.digests.links import LASTS as LASTS
    from watchdesk.digests.links import Links as Links
    from watchdesk.digests.rendering.desk_templates import Templates as Templates
    from watchdesk.digests.rendering.desk_templates import load_templates as load_templates
    from watchdesk.digests.rendering.desk_templates import template_files as template_files
    from watchdesk.digests.rendering.json_document import webhook_schema as webhook_schema
    from watchdesk.digests.rendering.languages import LANGUAGES as LANGUAGES
    from watchdesk.digests.rendering.notice import notice_schema as notice_schema
    from watchdesk.digests.rendering.notice import render_notice as render_notice
    from watchdesk.digests.rendering.render import Rendering as Rendering
    from watchdesk.digests.rendering.render import render as render
    from watchdesk.digests.rendering.trial import try_templates as try_templates
    from watchdesk.digests.rendering.written_templates import TEMPLATE_FOLDER as TEMPLATE_FOLDER
    from watchdesk.digests.rendering.written_templates import TemplateTrouble as TemplateTrouble
    from watchdesk.digests.silences import silent_until as silent_until
    from watchdesk.digests.spikes import HOUR as HOUR
    from watchdesk.digests.spikes import WEEKS as WEEKS
    from watchdesk.digests.spikes import Rise as Rise
    from watchdesk.digests.spikes import could_spike as could_spike
    from watchdesk.digests.spikes import looked_at as looked_at
    from watchdesk.digests.spikes import rises as rises
    from watchdesk.digests.width import widest as widest
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".compose": "HISTORY compose history_starts",
            ".due": "Decision Departure Reason departure due in_quiet_hours",
            ".links": "LASTS Links",
            ".rendering.desk_templates": "Templates load_templates template_files",
            ".rendering.json_document": "webhook_schema",
            ".rendering.languages": "LANGUAGES",
            ".rendering.notice": "notice_schema render_notice",
            ".rendering.render": "Rendering render",
            ".rendering.trial": "try_templates",
            ".rendering.written_templates": "TEMPLATE_FOLDER TemplateTrouble",
            ".silences": "silent_until",
            ".spikes": "HOUR WEEKS Rise could_spike looked_at rises",
            ".width": "widest",
        },
    )
