"""Matches that still wait although the time of their digest has passed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from watchdesk import digests
from watchdesk.model import Trouble
from watchdesk.plan import Plan
from watchdesk.ports import Store
from watchdesk.remembered import remembered

PATIENCE = timedelta(minutes=2)
"""A digest that is due is made within seconds; a machine that wakes up needs a moment more."""


def overdue_troubles(plan: Plan, store: Store, now: datetime) -> Iterator[Trouble]:
    """One for each digest that something waits for, that was due a while ago, and that was not made.

    None while a service that has just started catches up.
    """
    then = now - PATIENCE
    started = remembered(store).started
    if started and then < started.at <= now:
        return
    silences = store.silences(then)
    silent = {**digests.silent_until(silences, then), **digests.silent_until(silences, now)}
    marks = store.digest_marks()
    for setting in plan.settings.digests.values():
        mark = marks.get(setting.name)
        mark = mark.without(silent) if mark else None
        if mark is None or mark.oldest_waiting is None or mark.oldest_waiting > then or setting.spike:
            continue
        decision = digests.due(setting, mark, then, plan.zone_of(setting), frozenset())
        if decision.is_due:
            count = mark.waiting
            waits = "1 match waits" if count == 1 else f"{count:,} matches wait"
            since = f" at {decision.scheduled:%Y-%m-%d %H:%M} UTC" if decision.scheduled else ""
            yield Trouble(
                f"overdue:{setting.name}",
                f"The digest {setting.name} was due{since} and was not made: {waits} for it. Start the "
                "service, or make what is due: watchdesk once --send.",
            )
