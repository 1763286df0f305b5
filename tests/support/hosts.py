"""Whether a host may be asked now, by asking."""

from datetime import datetime

from watchdesk.sources import Hosts
from watchdesk.sources.web.hosts import NoTurn


def backoff_until(hosts: Hosts, host: str) -> datetime | None:
    """When the host's back-off ends, as one who comes for a turn learns it; None if the turn comes."""
    try:
        with hosts.asking(host, patience=0):
            return None
    except NoTurn as none:
        return none.until
