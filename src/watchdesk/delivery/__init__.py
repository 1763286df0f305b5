"""Shell: digest → people. The outbox leases what is due, a channel sends it, and the outcome is recorded.

`digests` decides what a digest holds and says; `store` keeps what survives a restart.
"""

from watchdesk.delivery.addressing import deliveries_for
from watchdesk.delivery.attempt import attempt
from watchdesk.delivery.contacts import contacts_for
from watchdesk.delivery.in_flight import InFlight
from watchdesk.delivery.lease_owner import lease_owner_name, release_dead_leases
from watchdesk.delivery.outbox import LEASE, Report, record_kept, send_due

__all__ = [
    "LEASE",
    "InFlight",
    "Report",
    "attempt",
    "contacts_for",
    "deliveries_for",
    "lease_owner_name",
    "record_kept",
    "release_dead_leases",
    "send_due",
]
