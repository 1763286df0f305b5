"""Shell: digest → people. The outbox leases what is due, a channel sends it, and the outcome is recorded.

`digests` decides what a digest holds and says; `store` keeps what survives a restart.
"""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.delivery.addressing import deliveries_for as deliveries_for
    from watchdesk.delivery.attempt import attempt as attempt
    from watchdesk.delivery.contacts import contacts_for as contacts_for
    from watchdesk.delivery.in_flight import InFlight as InFlight
    from watchdesk.delivery.lease_owner import lease_owner_name as lease_owner_name
    from watchdesk.delivery.lease_owner import release_dead_leases as release_dead_leases
    from watchdesk.delivery.outbox import LEASE as LEASE
    from watchdesk.delivery.outbox import Report as Report
    from watchdesk.delivery.outbox import record_kept as record_kept
    from watchdesk.delivery.outbox import send_due as send_due
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".addressing": "deliveries_for",
            ".attempt": "attempt",
            ".contacts": "contacts_for",
            ".in_flight": "InFlight",
            ".lease_owner": "lease_owner_name release_dead_leases",
            ".outbox": "LEASE Report record_kept send_due",
        },
    )
