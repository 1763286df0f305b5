"""Headers as they were received, and conditions made of them (RFC 9110 §13.1). Pure."""

import re
from collections.abc import Iterable, Mapping

from watchdesk.model import Validators

LONGEST = 8000
"""Characters. A longer validator is not sent back: common servers refuse a request with such a line, and the
source would be lost."""

_FOLD = re.compile(r"\r?\n[ \t]+")
_NOT_A_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def received(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Values by name in lower case. Repeated headers are joined by commas (RFC 9110 §5.3), folded lines by a
    space (RFC 9112 §5.2); values with control characters are invalid (RFC 9110 §5.5) and left out.
    """
    kept: dict[str, str] = {}
    for name, value in headers:
        text = _FOLD.sub(" ", value).strip(" \t\r\n")
        if not _NOT_A_VALUE.search(text):
            key = name.lower()
            kept[key] = f"{kept[key]}, {text}" if key in kept else text
    return kept


def conditions(validators: Validators) -> Mapping[str, str]:
    """Both validators exactly as the server sent them, whatever their form."""
    sent = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in sent.items() if value and _is_sendable(value)}


def _is_sendable(value: str) -> bool:
    if len(value) > LONGEST or _NOT_A_VALUE.search(value) or value != value.strip():
        return False
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
