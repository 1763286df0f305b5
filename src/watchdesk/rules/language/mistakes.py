"""What is wrong in a query, by the character where it stands; `files` finds the place in the file."""

from dataclasses import dataclass
from enum import Enum, auto

from watchdesk.config.places import Severity


class MistakeKind(Enum):
    """What a mistake is, where that decides what is proposed."""

    SIDE_BY_SIDE = auto()
    """Two operands with no operator between them."""
    READ_FIRST = auto()
    """AND and OR side by side, which programs read in different orders."""
    CUT_SHORT = auto()
    """The query ends where an operand is expected."""
    MISSPELT = auto()
    """What stands there is not of this language: the query that was meant says more than a hint."""
    OTHER = auto()
    """Its own hint says what to write."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong, or deserves a look, at a character of the query."""

    offset: int
    message: str
    hint: str | None = None
    severity: Severity = Severity.ERROR
    kind: MistakeKind = MistakeKind.OTHER
    phrase: str | None = None
    """Words side by side as the phrase that they may be meant for, in quotes."""
