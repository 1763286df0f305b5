"""When each step runs: a single pass; the service with its clock is `service.life`."""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.service.pass_processes import PassProcesses as PassProcesses
    from watchdesk.service.single_pass import hired as hired
    from watchdesk.service.single_pass import poll_now as poll_now
    from watchdesk.service.single_pass import send_now as send_now
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".pass_processes": "PassProcesses",
            ".single_pass": "hired poll_now send_now",
        },
    )
