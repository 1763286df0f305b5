"""What is reported to the operators of a desk: troubles of the service itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """Deliveries to one channel that were given up for the same reason."""

    channel: str
    digest_name: str
    error: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that needs a person. It is reported once for as long as it lasts."""

    cause: str
    """Its key: what makes it the same trouble as before, such as `failing:wire`."""
    sentence: str
    """What happened, and what to do."""
    not_by: str | None = None
    """The channel in trouble, which cannot report this itself."""
