"""When each step runs: the service with its clock, or a single pass."""

from watchdesk.service.life import serve
from watchdesk.service.readers import reader_for
from watchdesk.service.single_pass import poll_now, send_now

__all__ = ["poll_now", "reader_for", "send_now", "serve"]
