"""When a host of a fleet counts as living."""

DEAD = 25
"""Seconds after its last heartbeat for which a host still counts as living."""


def lives(beat: str) -> str:
    """The condition that a heartbeat in this column is of a living host.

    One of the future was noted by a clock that was wrong, and says nothing.
    """
    return f"{beat} BETWEEN now() - interval '{DEAD} s' AND now() + interval '{DEAD} s'"


HOLDER_LIVES = f"EXISTS (SELECT FROM fleet_hosts AS h WHERE h.id = s.holder AND {lives('h.beat')})"
"""Of a shard `s`."""
