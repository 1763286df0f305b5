"""Whether a host may be asked now, by asking."""

from datetime import datetime

from watchdesk.sources import NoTurn, Turns
from watchdesk.sources.web.hosts import Turn


def backoff_until(hosts: Turns, host: str) -> datetime | None:
    """When the host's back-off ends, as one who comes for a turn learns it; None if the turn comes."""
    try:
        with Turn(hosts, host, 0, None):
            return None
    except NoTurn as none:
        return none.until
