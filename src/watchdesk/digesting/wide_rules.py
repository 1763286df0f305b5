"""Which rules find more than anyone reads."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from watchdesk import digests
from watchdesk.ports import HistoryStore
from watchdesk.rules import RuleSet

_DAY = timedelta(days=1)


def wide_rules(rules: RuleSet, store: HistoryStore, now: datetime) -> Mapping[str, int]:
    """How much each found in the last 24 hours, the widest first."""
    return digests.widest(store.match_counts(list(rules.labels), [(now - _DAY, now)]))
