"""What receivers gave as reasons, fit to stand in a sentence to the operators. Pure."""

_LONGEST = 400


def in_a_sentence(reason: str) -> str:
    """On one line, not too long, and without a full stop of its own."""
    return " ".join(reason.split())[:_LONGEST].rstrip(" .")
