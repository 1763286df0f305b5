"""Names in the files, and what refers to them."""

import re
from collections.abc import Iterable, Mapping

from watchdesk.config import document
from watchdesk.config.checking import place_at
from watchdesk.config.places import Place, Problems, did_you_mean
from watchdesk.config.settings import DigestSettings

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def check_name(name: str, place: Place, problems: Problems) -> None:
    """Notes a name that is not lower case letters, digits and hyphens."""
    if not _NAME.fullmatch(name):
        suggestion = "-".join(re.findall(r"[a-z0-9]+", name.lower()))
        problems.error(
            place,
            f"'{name}' cannot be a name: lower case letters, digits and hyphens",
            f"write '{suggestion}'" if suggestion else None,
        )


def check_references(
    top: document.Mapping, digests: Mapping[str, DigestSettings], channels: Iterable[str], problems: Problems
) -> None:
    """Notes digests that go to a channel which does not exist, or to none."""
    known = list(channels)
    for digest in digests.values():
        if not digest.to:
            problems.error(place_at(top, ("digests", digest.name, "to")), "a digest goes to some channel")
        for number, channel in enumerate(digest.to):
            if channel not in known:
                place = place_at(top, ("digests", digest.name, "to", number))
                hint = did_you_mean(channel, known) or f"there are: {', '.join(known) or 'none'}"
                problems.error(place, f"there is no channel '{channel}'", hint)
