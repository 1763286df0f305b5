"""Google Alerts: the feeds of alerts, from OPML or any text that holds their addresses."""

import re
from collections.abc import Sequence
from html import unescape

from watchdesk.errors import UnreadableInput
from watchdesk.importing.found import Draft, Found, FoundSource, Given, Left
from watchdesk.importing.keys import Keys
from watchdesk.importing.outlines import OF_OPML, is_opml, outlines_of
from watchdesk.importing.searches import GOOGLE, query_of

_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.)?google\.(?:com?\.)?[a-z]{2,3}/alerts/feeds/\d+/\d+", re.IGNORECASE
)
_TITLE = re.compile(r"\s*Google Alerts?\s*[-–—:]\s*(.+)", re.IGNORECASE | re.DOTALL)
_NOTE = "the alert searched the web; the rule asks the articles of your own sources"

_KEYS = Keys(OF_OPML)


def recognises(file: Given) -> bool:
    """Whether every address in it is that of an alert's feed."""
    text = file.text
    addresses = (
        re.findall(r"https?://[^\s\"'<>]+", text)
        if not is_opml(file)
        else re.findall(r"(?i)xmlurl\s*=\s*[\"']([^\"']+)", text)
    )
    return bool(addresses) and all(_ADDRESS.match(unescape(one)) for one in addresses)


def read(files: Sequence[Given]) -> Found:
    """The feeds of alerts; where their titles have what was searched for, drafts of it."""
    sources: list[FoundSource] = []
    left: list[Left] = []
    drafts: list[Draft] = []
    for file in files:
        if is_opml(file):
            for one in outlines_of(file, left):
                if _ADDRESS.match(one.url):
                    left += _KEYS.left(one.said, one.place)
                    sources.append(one.source())
                    drafts += _draft(one.feed.title, one.place, left)
                else:
                    left.append(Left(one.place, one.url, "it is not a feed of Google Alerts"))
            continue
        for number, line in enumerate(file.text.splitlines(), 1):
            for found in _ADDRESS.finditer(unescape(line)):
                url = found[0] if "://" in found[0] else f"https://{found[0]}"
                sources.append(FoundSource(f"{file.name}:{number}", url, tags=("google-alerts",)))
    if not sources:
        raise UnreadableInput(
            f"{files[0].name} has no address of the form google.com/alerts/feeds/NUMBER/NUMBER"
        )
    return Found(sources, drafts, left)


def _draft(title: str | None, place: str, left: list[Left]) -> Sequence[Draft]:
    searched = _TITLE.fullmatch(title or "")
    if not searched:
        return ()
    try:
        return [Draft(searched[1].strip(), query_of(searched[1], GOOGLE), notes=(_NOTE,))]
    except UnreadableInput as reason:
        left.append(Left(place, f"what the alert searches for: {searched[1].strip()}", str(reason)))
        return ()
