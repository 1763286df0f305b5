"""What is wrong in a query, by the character where it stands; `files` finds the place in the file."""

from dataclasses import dataclass

from watchdesk.config.places import Severity


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong, or deserves a look, at a character of the query."""

    offset: int
    message: str
    hint: str | None = None
    severity: Severity = Severity.ERROR
