"""Filters of a feed → a draft of a rule. Pure."""

from collections.abc import Sequence

from watchdesk.importing.found import Draft
from watchdesk.importing.regexes import any_of

ITS_SOURCE = "source:THIS"
"""Stands for the source itself in a draft's query: all that it brings."""


def draft_of(
    name: str, program: str, keep: Sequence[str], block: Sequence[str], notes: Sequence[str] = ()
) -> Draft | None:
    """A rule for what the program kept of a feed; None where it kept everything."""
    if not keep and not block:
        return None
    return Draft(
        f"{name}: what {program} kept",
        any_of(list(keep)) if keep else ITS_SOURCE,
        any_of(list(block)) if block else None,
        tuple(notes),
    )
