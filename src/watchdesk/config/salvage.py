"""Reads the two values of watchdesk.yaml that are needed even when it has mistakes: database and zone."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from watchdesk.config import yaml_document
from watchdesk.config.names import SETTINGS_FILE
from watchdesk.config.parsing import read_document
from watchdesk.config.places import Problems


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What could be read; None where nothing could."""

    storage: str | None
    timezone: ZoneInfo | None


def salvage(directory: Path) -> Salvaged:
    """Reads them as far as possible. Never raises for what the file holds."""
    problems = Problems()
    top = read_document(directory / SETTINGS_FILE, problems, SETTINGS_FILE)
    if top is None and not problems.errors:
        top = yaml_document.nothing(SETTINGS_FILE)
    if not isinstance(top, yaml_document.Mapping):
        return Salvaged(None, None)
    storage, zone = top.get("storage"), top.get("timezone")
    written = storage.value if isinstance(storage, yaml_document.Scalar) else None
    return Salvaged(str(written) if written else "sqlite", _zone(zone))


def _zone(element: yaml_document.Element | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(str(element.value)) if isinstance(element, yaml_document.Scalar) else None
    except (KeyError, ValueError, OSError):  # there is no such zone
        return None
