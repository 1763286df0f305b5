"""Rendering by the desk's own templates, and remembering which of them cannot be used."""

from collections.abc import Iterator

from watchdesk import digests
from watchdesk.config.settings import DigestSettings
from watchdesk.digests import Rendering
from watchdesk.model import Digest, Rendered, Trouble
from watchdesk.pipeline.plan import Plan
from watchdesk.ports import Store

_NOTE = "template.broken:"


def rendering_of(plan: Plan, setting: DigestSettings, digest: Digest) -> Rendering:
    """The digest in its readers' zone and language."""
    return digests.render_by(plan.templates, digest, plan.zone_of(setting), plan.language_of(setting))


def noted(plan: Plan, store: Store, rendering: Rendering) -> Rendered:
    """What was rendered, once it is written down which templates are in trouble and which no longer are."""
    notes = store.notes()
    in_trouble = {trouble.file: trouble.sentence for trouble in rendering.troubles}
    for file, sentence in in_trouble.items():
        if notes.get(_NOTE + file) != sentence:
            store.set_note(_NOTE + file, sentence)
    used = {*rendering.used, *(trouble.file for trouble in rendering.troubles)}
    for name in notes:
        file = name.removeprefix(_NOTE)
        gone = file not in plan.templates.names or (file in used and file not in in_trouble)
        if name.startswith(_NOTE) and gone:
            store.set_note(name, None)
    return rendering.rendered


def template_troubles(store: Store) -> Iterator[Trouble]:
    """One for each template that could not be used when it was last needed."""
    for name, sentence in sorted(store.notes().items()):
        if name.startswith(_NOTE):
            yield Trouble(f"template:{name.removeprefix(_NOTE)}", sentence)
