"""When each step runs: the life of the service, and the single pass of `watchdesk once`."""

from watchdesk.service.run import Service, serve
from watchdesk.service.single_pass import poll_now, send_now

__all__ = ["Service", "poll_now", "send_now", "serve"]
