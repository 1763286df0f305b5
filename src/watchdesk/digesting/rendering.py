"""Rendering by the desk's own templates, and remembering which of them cannot be used."""

from watchdesk import digests
from watchdesk.config.settings import DigestSettings
from watchdesk.digests import Rendering
from watchdesk.model import Digest, Rendered
from watchdesk.plan import Plan
from watchdesk.ports import Store
from watchdesk.remembered import BrokenTemplate, forget, remember, remembered


def rendering_of(plan: Plan, setting: DigestSettings, digest: Digest) -> Rendering:
    """The digest in its readers' zone and language."""
    return digests.render(plan.templates, digest, plan.zone_of(setting), plan.language_of(setting))


def noted(plan: Plan, store: Store, rendering: Rendering) -> Rendered:
    """What was rendered, once it is written down which templates are in trouble and which no longer are.

    A template that failed once is in trouble until somebody changes the templates, and it then does well:
    many a mistake shows with some stories only, and would be told again and again.
    """
    known = {broken.file: broken for broken in remembered(store).broken_templates}
    troubled = {trouble.file: trouble.sentence for trouble in rendering.troubles}
    for file, sentence in troubled.items():
        if not _is_of(plan, known.get(file)):
            remember(store, BrokenTemplate(file, plan.templates.fingerprint, sentence))
    for file, broken in known.items():
        tried = file in rendering.used or (bool(rendering.used) and not _stands_alone(plan, file))
        does_well = tried and file not in troubled and not _is_of(plan, broken)
        if does_well or file not in plan.templates.names:
            forget(store, broken)
    return rendering.rendered


def _is_of(plan: Plan, broken: BrokenTemplate | None) -> bool:
    """Whether it was found of the templates as they are now."""
    return broken is not None and broken.fingerprint == plan.templates.fingerprint


def _stands_alone(plan: Plan, file: str) -> bool:
    """Whether digests or notices are written by it; others are files that these extend or include."""
    return file.partition(".")[0] in ("digest", "notice", *plan.settings.digests)
