"""How far to trust the clocks that wrote into the database."""

from datetime import timedelta

SKEW = timedelta(hours=1)
"""How far the clocks of two machines may differ before one counts as wrong."""
