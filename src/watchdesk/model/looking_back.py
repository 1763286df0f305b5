"""What a rule finds in articles that came before it."""

from dataclasses import dataclass

from watchdesk.model.matches import Match


@dataclass(frozen=True, slots=True)
class FoundLater:
    """A match that a rule found by looking back."""

    article_id: int
    match: Match
    digests: tuple[str, ...] = ()
    """That it is to wait for."""
    without: tuple[str, ...] = ()
    """Digests that ask for the rule, and want nothing that was found by looking back."""
