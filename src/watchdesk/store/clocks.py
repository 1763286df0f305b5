"""What is believed of the clocks that wrote into the database."""

from datetime import timedelta

SKEW = timedelta(hours=1)
"""How far the clocks of two machines may be apart without either of them being wrong."""
