"""Ends a worker that reads one document for too long, works at it for too long, or does not answer."""

import time

from watchdesk.logger import get_logger
from watchdesk.service.poll_workers.crew_parts import Room, WorkerProcess
from watchdesk.service.poll_workers.reading import worked
from watchdesk.service.poll_workers.slots import Reading

log = get_logger(__name__)

SOON = 0.2
"""Seconds for which nobody asks how long a document takes: nearly all take less."""


def end_overtime(process: WorkerProcess, room: Room, *, is_slow: bool) -> None:
    """Looks at it once. `is_slow`: it is the slow lane, where documents may take more work."""
    if process.is_silent():
        log.error("a poll worker does not answer, and is ended", tasks=len(process.assigned))
        process.why = "the process that read it did not answer any more"
        process.forked.kill()
        return
    reading = process.slot.reading
    if reading is None or time.monotonic() - reading.began < SOON:
        return
    if time.monotonic() - reading.began >= room.longest:
        process.why = f"reading it took longer than {room.longest:g} s"
        process.forked.kill()
    elif not is_slow and _took(process, reading) >= room.budget and process.slot.reading == reading:
        process.over_budget = True
        process.forked.kill()


def _took(process: WorkerProcess, reading: Reading) -> float:
    return worked(process.forked.process_id, reading.thread) - reading.worked
