"""How values are written, as JSON schemas say it; apart from what reads them, which is heavy."""

DURATION_PATTERN = r"^\d+(\.\d+)?\s*(s|m|min|h|d|w)$"
"""A length of time: `15m`."""
