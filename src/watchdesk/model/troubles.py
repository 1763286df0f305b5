"""What the operators of a desk are told: troubles of the service itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that needs a person. It is told once for as long as it lasts."""

    cause: str
    """What makes it the same trouble as before, such as `gone:wire`."""
    sentence: str
    """What happened, and what to do."""
