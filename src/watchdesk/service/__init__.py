"""When each step runs: a single pass; the service with its clock is `service.life`."""

from watchdesk.service.readers import reader_for
from watchdesk.service.single_pass import poll_now, send_now

__all__ = ["poll_now", "reader_for", "send_now"]
