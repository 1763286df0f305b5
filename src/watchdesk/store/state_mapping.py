"""Maps the state of a source to a row and back. Compound values are JSON within a row."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from watchdesk.model import GuidDoubt, GuidFault, Rhythm, SourceState, UpdateHints, Validators

Row = Mapping[Any, Any]

_STRUCTURED = {"trouble", "hints", "rhythm", "parts", "guid_doubt"}
_PLAIN = [field.name for field in fields(SourceState) if field.name not in _STRUCTURED]

_COUNTS = [field.name for field in fields(Rhythm)]


def state_row(state: SourceState) -> dict[str, Any]:
    """All of its columns."""
    return {
        **{name: getattr(state, name) for name in _PLAIN},
        "trouble": list(state.trouble),
        "hints": _hints_row(state.hints),
        "rhythm": _rhythm_row(state.rhythm) if state.rhythm else None,
        "parts": {url: asdict(validators) for url, validators in state.parts.items()} or None,
        "guid_doubt": _doubt_row(state.guid_doubt) if state.guid_doubt else None,
    }


def state_of(row: Row) -> SourceState:
    """The state as it was stored."""
    return SourceState(
        **{name: row[name] for name in _PLAIN},
        trouble=tuple(row["trouble"]),
        hints=_hints(row["hints"]) if row["hints"] else UpdateHints(),
        rhythm=_rhythm(row["rhythm"]) if row["rhythm"] else None,
        parts={url: Validators(**validators) for url, validators in (row["parts"] or {}).items()},
        guid_doubt=_doubt(row["guid_doubt"]) if row["guid_doubt"] else None,
    )


def _doubt_row(doubt: GuidDoubt) -> dict[str, Any]:
    return {"fault": str(doubt.fault), "guid": doubt.guid, "since": doubt.since.isoformat()}


def _doubt(row: Mapping[str, Any]) -> GuidDoubt:
    return GuidDoubt(GuidFault(row["fault"]), row["guid"], datetime.fromisoformat(row["since"]))


def _hints_row(hints: UpdateHints) -> dict[str, Any] | None:
    if hints == UpdateHints():
        return None
    return {
        "ttl": hints.ttl.total_seconds() if hints.ttl else None,
        "skip_hours": sorted(hints.skip_hours),
        "skip_days": sorted(hints.skip_days),
    }


def _hints(row: Mapping[str, Any]) -> UpdateHints:
    return UpdateHints(
        ttl=timedelta(seconds=row["ttl"]) if row["ttl"] else None,
        skip_hours=frozenset(row["skip_hours"]),
        skip_days=frozenset(row["skip_days"]),
    )


def _rhythm_row(rhythm: Rhythm) -> dict[str, Any]:
    return {**{name: getattr(rhythm, name) for name in _COUNTS}, "until": rhythm.until.isoformat()}


def _rhythm(row: Mapping[str, Any]) -> Rhythm:
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
    return Rhythm(**{**values, "until": datetime.fromisoformat(row["until"])})
