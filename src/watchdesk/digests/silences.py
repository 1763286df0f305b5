"""Which rules are silent, and what was held back by a silence. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from watchdesk.model import Silence, WaitingMatch


def silent_until(silences: Iterable[Silence], now: datetime) -> Mapping[str, datetime]:
    """The rules that are silent at `now`, each with the end of its last silence."""
    found: dict[str, datetime] = {}
    for silence in silences:
        if silence.since <= now < silence.until:
            found[silence.rule_id] = max(silence.until, found.get(silence.rule_id, silence.until))
    return found


def held_by(match: WaitingMatch, silences: Iterable[Silence]) -> Silence | None:
    """The silence of its rule in which the match came; None where it came in none."""
    for silence in silences:
        if silence.rule_id == match.rule_id and silence.since <= match.matched_at < silence.until:
            return silence
    return None
