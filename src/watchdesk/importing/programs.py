"""The programs whose files can be imported, and which of them a file is from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from watchdesk.config.ordinary_files import LARGEST
from watchdesk.errors import UnreadableInput, UsageError
from watchdesk.importing import (
    changedetection,
    freshrss,
    google_alerts,
    miniflux,
    newsboat,
    plain_opml,
    rss2email,
    urlwatch,
)
from watchdesk.importing.found import Found, FoundSource, Given, Left


@dataclass(frozen=True, slots=True)
class Program:
    """A program that people come from."""

    title: str
    files: str
    """What to give, for messages."""
    recognises: Callable[[Given], bool]
    read: Callable[[Sequence[Given]], Found]
    """Raises `UnreadableInput` for a file of another kind; the message begins with its name."""


PROGRAMS = {
    "rss2email": Program(
        "rss2email", "rss2email.cfg, and rss2email.json", rss2email.recognises, rss2email.read
    ),
    "newsboat": Program("Newsboat", "its file urls", newsboat.recognises, newsboat.read),
    "miniflux": Program("Miniflux", "its OPML, or the JSON of /v1/feeds", miniflux.recognises, miniflux.read),
    "freshrss": Program("FreshRSS", "its OPML", freshrss.recognises, freshrss.read),
    "google-alerts": Program(
        "Google Alerts",
        "OPML, or a text with the addresses of the alerts' feeds",
        google_alerts.recognises,
        google_alerts.read,
    ),
    "urlwatch": Program("urlwatch", "urls.yaml", urlwatch.recognises, urlwatch.read),
    "changedetection": Program(
        "changedetection.io",
        "its backup (a .zip), url-watches.json or its list of addresses",
        changedetection.recognises,
        changedetection.read,
    ),
    "opml": Program(
        "OPML", "the list of feeds that any reader exports", plain_opml.recognises, plain_opml.read
    ),
}
"""By the name that stands on the command line, in the order in which a file is tried."""
_TRIED = (
    "changedetection",
    "google-alerts",
    "freshrss",
    "miniflux",
    "opml",
    "rss2email",
    "urlwatch",
    "newsboat",
)
"""What is easily mistaken for another comes last."""


def program_of(files: Sequence[Given]) -> str:
    """The program that the files are from. Raises `UsageError` where that cannot be said."""
    names = {_recognised(file) for file in files}
    if len(names) > 1:
        listed = ", ".join(sorted(names))
        raise UsageError(f"these files are of several programs ({listed}); import those of one at a time")
    return names.pop()


def read(name: str, files: Sequence[Given]) -> Found:
    """What the files of the program hold, each address once. Raises `UsageError` with what to do."""
    program = PROGRAMS[name]
    for file in files:
        if len(file.content) > LARGEST:
            raise UsageError(f"{file.name} has more than {LARGEST >> 20} MB; nothing was written")
        if not file.content.strip():
            raise UsageError(f"{file.name} is empty; nothing was written")
    try:
        return _each_once(program.read(files))
    except UnreadableInput as unreadable:
        raise UsageError(
            f"{unreadable}. From {program.title} comes {program.files}; nothing was written"
        ) from None
    except RecursionError:
        raise UsageError("it is nested too deeply to be read; nothing was written") from None


def _recognised(file: Given) -> str:
    for name in _TRIED:
        try:
            if PROGRAMS[name].recognises(file):
                return name
        except (UnreadableInput, RecursionError):
            continue
    raise UsageError(
        f"{file.name} is not recognised as a file of any program; "
        f"name the program before it: {', '.join(PROGRAMS)}"
    )


def _each_once(found: Found) -> Found:
    first: dict[str, FoundSource] = {}
    left = list(found.left)
    for source in found.sources:
        before = first.setdefault(source.url, source)
        if before is not source:
            left.append(Left(source.place, source.url, f"{before.place} has the same address"))
    return Found(list(first.values()), found.drafts, left)
