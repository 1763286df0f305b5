"""The service's status file: small, needs no database, and says whether the service is alive.

`status` is what stands in it, `recorder` writes it, `verdict` judges it; `service.direct_reporting` sends
what needs a person to the operators.
"""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.service.liveness.damage import CheckFile as CheckFile
    from watchdesk.service.liveness.damage import Damage as Damage
    from watchdesk.service.liveness.processes import Processes as Processes
    from watchdesk.service.liveness.readiness import stuck as stuck
    from watchdesk.service.liveness.readiness import unready as unready
    from watchdesk.service.liveness.single_passes import SinglePasses as SinglePasses
    from watchdesk.service.liveness.single_passes import read_passes as read_passes
    from watchdesk.service.liveness.single_passes import record_pass as record_pass
    from watchdesk.service.liveness.status import Phase as Phase
    from watchdesk.service.liveness.status import ServiceStatus as ServiceStatus
    from watchdesk.service.liveness.status import read_status as read_status
    from watchdesk.service.liveness.status import status_file as status_file
    from watchdesk.service.liveness.units import UnitFacts as UnitFacts
    from watchdesk.service.liveness.units import enabled_unit as enabled_unit
    from watchdesk.service.liveness.units import unit_facts as unit_facts
    from watchdesk.service.liveness.unwritten import why_only_in_database as why_only_in_database
    from watchdesk.service.liveness.unwritten import why_unwritten as why_unwritten
    from watchdesk.service.liveness.verdict import LifeState as LifeState
    from watchdesk.service.liveness.verdict import Verdict as Verdict
    from watchdesk.service.liveness.verdict import damage_causes as damage_causes
    from watchdesk.service.liveness.verdict import judged as judged
    from watchdesk.service.liveness.verdict import life_state as life_state
    from watchdesk.service.liveness.verdict import service_causes as service_causes
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".damage": "CheckFile Damage",
            ".processes": "Processes",
            ".readiness": "stuck unready",
            ".single_passes": "SinglePasses read_passes record_pass",
            ".status": "Phase ServiceStatus read_status status_file",
            ".units": "UnitFacts enabled_unit unit_facts",
            ".unwritten": "why_only_in_database why_unwritten",
            ".verdict": "LifeState Verdict damage_causes judged life_state service_causes",
        },
    )
