"""The service's status file: small, needs no database, and says whether the service is alive.

`status` is what stands in it, `recorder` writes it, `verdict` judges it; `service.direct_reporting` sends
what needs a person to the operators.
"""

from watchdesk.service.liveness.processes import Processes
from watchdesk.service.liveness.single_passes import SinglePasses, read_passes, record_pass
from watchdesk.service.liveness.status import Phase, ServiceStatus, read_status
from watchdesk.service.liveness.units import enabled_unit
from watchdesk.service.liveness.verdict import LifeState, Verdict, judged, service_causes

__all__ = [
    "LifeState",
    "Phase",
    "Processes",
    "ServiceStatus",
    "SinglePasses",
    "Verdict",
    "enabled_unit",
    "judged",
    "read_passes",
    "read_status",
    "record_pass",
    "service_causes",
]
