"""Names in the files, and what refers to them."""

import re
from collections.abc import Sequence

from watchdesk.config import document
from watchdesk.config.checking import place_at
from watchdesk.config.places import Place, Problems, did_you_mean

SETTINGS_FILE = "watchdesk.yaml"

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


def check_channels(
    top: document.Mapping,
    path: tuple[str, ...],
    wanted: Sequence[str],
    known: Sequence[str],
    problems: Problems,
) -> None:
    """Notes each of the channels named at `path` that does not exist, and a list that names none."""
    if not wanted:
        problems.error(place_at(top, path), "at least one channel must stand here")
    for number, channel in enumerate(wanted):
        if channel not in known:
            hint = did_you_mean(channel, known) or f"there are: {', '.join(known) or 'none'}"
            problems.error(place_at(top, (*path, number)), f"there is no channel '{channel}'", hint)
