"""A digest in the three forms that channels send. The same digest always gives the same bytes.

Jinja2's and css-inline's home: mail readers want styles inlined, and what cannot be (dark mode, narrow
screens) stays in a style element.
"""

from collections.abc import Iterable
from functools import cache
from zoneinfo import ZoneInfo

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from watchdesk.digests.document import document_of
from watchdesk.digests.page import DigestView, Run, view_of
from watchdesk.digests.text import text_of
from watchdesk.model import Digest, Rendered


def render(digest: Digest, timezone: ZoneInfo, language: str) -> Rendered:
    """Subject, HTML, text and JSON, with times in `timezone` and words in `language`."""
    view = view_of(digest, timezone, language)
    document = document_of(digest, view.subject, timezone)
    return Rendered(view.subject, _html(view), text_of(view), document.model_dump_json(indent=2))


def _html(view: DigestView) -> str:
    return html_of("digest.html.j2", view=view)


def html_of(template: str, **values: object) -> str:
    """A page of ours, with the styles that mail readers take."""
    page = _environment().get_template(template).render(values)
    return CSSInliner(keep_style_tags=False, load_remote_stylesheets=False).inline(page)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("watchdesk.digests"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["runs"] = _runs
    return environment


def _runs(runs: Iterable[Run]) -> Markup:
    """Marked stretches within escaped text."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(run.text) if run.marked else escape(run.text) for run in runs
    )
