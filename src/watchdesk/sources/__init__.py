"""The outside world → entries: `web` asks, `feeds` reads feeds, one module reads each other kind.

The doors are `HttpFetcher`, `KINDS` (kind of source → reader) and `discover`. `scheduling` decides when to
ask.
"""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.sources.discover import Discovered as Discovered
    from watchdesk.sources.discover import Discovery as Discovery
    from watchdesk.sources.discover import discover as discover
    from watchdesk.sources.health import Origin as Origin
    from watchdesk.sources.health import ReadStatus as ReadStatus
    from watchdesk.sources.health import health as health
    from watchdesk.sources.health import origins as origins
    from watchdesk.sources.kinds import KINDS as KINDS
    from watchdesk.sources.learning import Seen as Seen
    from watchdesk.sources.learning import after_reading as after_reading
    from watchdesk.sources.learning import is_gap as is_gap
    from watchdesk.sources.learning import scheduled as scheduled
    from watchdesk.sources.reach import refusal as refusal
    from watchdesk.sources.schedule import NEVER_AGAIN as NEVER_AGAIN
    from watchdesk.sources.schedule import by_request as by_request
    from watchdesk.sources.schedule import due as due
    from watchdesk.sources.schedule import due_at as due_at
    from watchdesk.sources.schedule import least_known as least_known
    from watchdesk.sources.web.client import Forbidden as Forbidden
    from watchdesk.sources.web.hosts import Hosts as Hosts
    from watchdesk.sources.web.hosts import NoTurn as NoTurn
    from watchdesk.sources.web.hosts import Turns as Turns
    from watchdesk.sources.web.hosts import confirm as confirm
    from watchdesk.sources.web.http import HttpFetcher as HttpFetcher
    from watchdesk.sources.web.http import hosts_by_clock as hosts_by_clock
    from watchdesk.sources.web.lease import Lease as Lease
    from watchdesk.sources.web.locations import host_of as host_of
    from watchdesk.sources.web.presence import Presence as Presence
    from watchdesk.sources.web.presence import SiteAbsent as SiteAbsent
    from watchdesk.sources.web.presence import SitePresent as SitePresent
    from watchdesk.sources.web.source_state import MOVED_AFTER as MOVED_AFTER
    from watchdesk.sources.web.source_state import address_of as address_of
    from watchdesk.sources.web.source_state import body_hash as body_hash
    from watchdesk.sources.web.source_state import has_moved as has_moved
    from watchdesk.sources.web.source_state import remember as remember
    from watchdesk.sources.web.source_state import valid_state as valid_state
    from watchdesk.sources.web.source_state import validators_of as validators_of
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".discover": "Discovered Discovery discover",
            ".health": "Origin ReadStatus health origins",
            ".learning": "Seen after_reading is_gap scheduled",
            ".kinds": "KINDS",
            ".reach": "refusal",
            ".schedule": "NEVER_AGAIN by_request due due_at least_known",
            ".web.client": "Forbidden",
            ".web.hosts": "Hosts NoTurn Turns confirm",
            ".web.lease": "Lease",
            ".web.http": "HttpFetcher hosts_by_clock",
            ".web.locations": "host_of",
            ".web.presence": "Presence SiteAbsent SitePresent",
            ".web.source_state": "MOVED_AFTER address_of body_hash "
            "has_moved remember valid_state validators_of",
        },
    )
