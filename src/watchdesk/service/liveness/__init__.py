"""The service's sign of life: a small file that needs no database, and what it says to whoever reads it.

`sign` is what is written, `recorder` writes it, `verdict` judges it; `service.direct_reporting` sends what
needs a person to the operators.
"""

from watchdesk.service.liveness.processes import Processes
from watchdesk.service.liveness.sign import Phase, SignOfLife, read_sign
from watchdesk.service.liveness.single_passes import SinglePasses, read_passes, record_pass
from watchdesk.service.liveness.units import enabled_unit
from watchdesk.service.liveness.verdict import LifeState, Verdict, judged, service_causes

__all__ = [
    "LifeState",
    "Phase",
    "Processes",
    "SignOfLife",
    "SinglePasses",
    "Verdict",
    "enabled_unit",
    "judged",
    "read_passes",
    "read_sign",
    "record_pass",
    "service_causes",
]
