"""Renders a digest in the three forms that channels send; the same digest always gives the same bytes."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from watchdesk.digests.links import Links
from watchdesk.digests.rendering.desk_templates import Templates
from watchdesk.digests.rendering.environments import BUILT_IN, our_environment
from watchdesk.digests.rendering.inlining import inlined
from watchdesk.digests.rendering.json_document import document_of
from watchdesk.digests.rendering.page import view_of
from watchdesk.digests.rendering.phrases import Phrases
from watchdesk.digests.rendering.size_limit import fit_to_size
from watchdesk.digests.rendering.text import text_of
from watchdesk.digests.rendering.view import DigestView
from watchdesk.digests.rendering.written_templates import TemplateTrouble
from watchdesk.model import Digest, Rendered


@dataclass(frozen=True, slots=True)
class Rendering:
    """What goes out, and what happened with the desk's own templates."""

    rendered: Rendered
    used: tuple[str, ...] = ()
    """The files that were to be used."""
    troubles: tuple[TemplateTrouble, ...] = ()


def render(
    templates: Templates, digest: Digest, timezone: ZoneInfo, language: str, links: Links | None = None
) -> Rendering:
    """Subject, HTML, text and JSON, times in `timezone` and words in `language`.

    By the desk's own templates where it has any: for this digest, else for all. `links`: to the desk's page;
    None: readers reach none.
    """
    view = view_of(digest, timezone, language, links)
    phrases = Phrases(digest.composed_at, timezone, language)
    forms = Forms(templates, digest.name, {"view": view})
    html = forms.write("html")
    text = forms.write("txt")
    document = document_of(digest, view.subject, timezone, phrases.words.code, links)
    rendered = Rendered(
        view.subject,
        fit_to_size(view, phrases, _html) if html is None else html,
        fit_to_size(view, phrases, text_of) if text is None else text,
        document.model_dump_json(indent=2),
    )
    return Rendering(rendered, tuple(forms.used), tuple(forms.troubles))


class Forms:
    """Writes one digest or notice by the desk's templates, and remembers how they did."""

    def __init__(self, templates: Templates, name: str, values: dict[str, object], kind: str = "digest"):
        self._templates = templates
        self._names = (name, kind) if name not in ("digest", "notice") else (kind,)
        self._values = values
        self.used: list[str] = []
        self.troubles: list[TemplateTrouble] = []

    def write(self, ending: str) -> str | None:
        """`html` or `txt`; None where the built-in form is to be used."""
        name = self._templates.first_of(*(f"{stem}.{ending}.j2" for stem in self._names))
        if name is None:
            return None
        self.used.append(name)
        written = self._templates.write(name, **self._values)
        if isinstance(written, TemplateTrouble):
            self.troubles.append(written)
            return None
        self.troubles += [written.trouble] if written.trouble else []
        return written.content


def html_of(template: str, **values: object) -> str:
    """A page by a template of ours, with the styles that mail programs take."""
    return inlined(our_environment().get_template(f"{BUILT_IN}/{template}").render(values))


def _html(view: DigestView) -> str:
    return html_of("digest.html.j2", view=view)
