"""Styles, scripts and pictures that pages load, each at an address that names its content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of `assets/`."""

    address: str
    """From the root of the desk."""
    content: bytes
    media_type: str


@cache
def assets() -> Mapping[str, Asset]:
    """By the file's name."""
    found = {}
    for file in (files("watchdesk.web") / "assets").iterdir():
        stem, _, ending = file.name.rpartition(".")
        if ending in _TYPES:
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:16]
            found[file.name] = Asset(f"/assets/{stem}-{digest}.{ending}", content, _TYPES[ending])
    return found
