"""What every network exchange needs: connections, deadlines, trust, Retry-After, reasons for failures.

Shared by `sources`, which fetches, and `delivery`, which sends; neither knows the other.
"""
