"""One digest: `making` composes it when it is due, and puts it into the outbox. Also previews and fates.

`digests` decides what is due and what a digest says; `service` decides when to look.
"""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.digesting.making import candidates as candidates
    from watchdesk.digesting.making import make_if_due as make_if_due
else:
    __getattr__ = on_demand(__name__, {".making": "candidates make_if_due"})
