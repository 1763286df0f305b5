"""The chore that keeps what the database's planner believes of the tables right."""

from datetime import timedelta

from watchdesk.service.upkeep.chores import Workplace


class PlannerCounts:
    """A `Chore`. After a bulk load it runs soon enough."""

    name = "keep statements fast"
    every = timedelta(minutes=5)
    needs_steady_clock = False

    def step(self, place: Workplace) -> bool:
        """See `Chore.step`."""
        return place.store.renew_planner_counts()
