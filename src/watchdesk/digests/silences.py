"""Finds which rules are silent, and which matches a silence held back. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from watchdesk.model import Silence, WaitingMatch


def silent_until(silences: Iterable[Silence], now: datetime) -> Mapping[str, datetime]:
    """The rules that are silent at `now`, with the end of each silence."""
    found: dict[str, datetime] = {}
    for silence in silences:
        if silence.since <= now < silence.until:
            found[silence.rule_id] = max(silence.until, found.get(silence.rule_id, silence.until))
    return found


def held_until(match: WaitingMatch, silences: Iterable[Silence]) -> datetime | None:
    """When the silence of its rule was over in which the match came; None where it came in none.

    Silences that follow one another without a gap are one.
    """
    own = sorted((s for s in silences if s.rule_id == match.rule_id), key=lambda silence: silence.since)
    end: datetime | None = None
    for silence in own:
        if silence.since <= (end or match.matched_at) and (end or match.matched_at) < silence.until:
            end = silence.until
    return end
