"""The processes that belong to a service, by the session in which it was started."""

from collections.abc import Mapping
from pathlib import Path


def living(session: int) -> Mapping[int, int]:
    """The living processes of a session, each with its parent."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent, _, of = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(of) == session and state != "Z":
            found[int(folder.name)] = int(parent)
    return found
