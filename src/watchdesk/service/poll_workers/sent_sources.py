"""Sources on their way from the process that read them: only those that another one does not have already.

Of a hundred thousand sources a reload changes few. What did not change is neither sent nor made again, in
either process, so that the old plan and the new one share it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from watchdesk.model import Source

Sources = Mapping[str, Source]
_VALUES = attrgetter(*(field.name for field in fields(Source)))


@dataclass(frozen=True, slots=True)
class SentSources:
    """The difference to the sources before."""

    order: tuple[str, ...] | None
    """The ids of all, in order; None where they are those before, in the same order."""
    columns: tuple[tuple[Any, ...], ...]
    """The values of each field of those that are new or have changed: the quickest form to send."""


def sharing(sources: Sources, before: Sources) -> Sources:
    """The same sources, as the objects of `before` where they are equal."""
    if not before:
        return sources
    shared = {}
    for name, source in sources.items():
        old = before.get(name)
        shared[name] = old if old == source and old is not None else source
    return shared


def sent(sources: Sources, before: Sources) -> SentSources:
    """What is to be sent of sources that share with `before` what they can."""
    changed = [source for name, source in sources.items() if before.get(name) is not source]
    is_same = not changed and list(sources) == list(before)
    return SentSources(None if is_same else tuple(sources), tuple(zip(*map(_VALUES, changed), strict=True)))


def received(difference: SentSources, before: Sources) -> Sources:
    """The sources that were sent, by the sender's `before`, which is the same here."""
    if difference.order is None:
        return before
    columns: Sequence[Sequence[Any]] = difference.columns
    changed = {source.id: source for source in map(Source, *columns)} if columns else {}
    return {name: changed.get(name) or before[name] for name in difference.order}
