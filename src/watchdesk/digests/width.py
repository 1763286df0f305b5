"""Finds rules that match more than anyone reads. Pure."""

from collections.abc import Mapping
from datetime import datetime

from watchdesk.model import TOO_WIDE


def widest(found: Mapping[str, Mapping[datetime, int]]) -> Mapping[str, int]:
    """The rules that are too wide, with how much each found, the widest first.

    `found`: by rule, how many articles in each quarter of an hour of one day.
    """
    counts = {rule_id: sum(quarters.values()) for rule_id, quarters in found.items()}
    wide = [(rule_id, count) for rule_id, count in counts.items() if count >= TOO_WIDE]
    return dict(sorted(wide, key=lambda one: (-one[1], one[0])))
