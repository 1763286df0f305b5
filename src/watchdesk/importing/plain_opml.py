"""OPML of a feed reader that is not known here: feeds, their names and folders."""

from collections.abc import Sequence

from watchdesk.importing.found import Found, FoundSource, Given, Left
from watchdesk.importing.keys import Keys
from watchdesk.importing.outlines import OF_OPML, is_opml, outlines_of

_KEYS = Keys(OF_OPML)


def recognises(file: Given) -> bool:
    """Whether it is OPML at all."""
    return is_opml(file)


def read(files: Sequence[Given]) -> Found:
    """The feeds; what else is said of them is left."""
    sources: list[FoundSource] = []
    left: list[Left] = []
    for file in files:
        for one in outlines_of(file, left):
            left += _KEYS.left(one.said, one.place)
            sources.append(one.source())
    return Found(sources, (), left)
