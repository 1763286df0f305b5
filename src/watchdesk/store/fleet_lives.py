"""When a host of a fleet counts as living."""

DEAD = 25
"""Seconds after its last heartbeat for which a host still counts as living."""
