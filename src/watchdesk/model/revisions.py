"""What an article said before its source corrected it."""

from dataclasses import dataclass
from datetime import datetime

from watchdesk.model.articles import Section, text_of


@dataclass(frozen=True, slots=True)
class Revision:
    """An article as it was until it was rewritten."""

    number: int
    """The first is 1. Numbers are missing where some were left out or cannot be read."""
    until: datetime
    """When it was first seen to say something else."""
    title: str
    sections: tuple[Section, ...]

    @property
    def text(self) -> str:
        """As `Article.text`."""
        return text_of(self.sections)


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """All that is known of what an article said before."""

    revisions: tuple[Revision, ...] = ()
    """The newest first, as far as they are kept and can be read."""
    times: int = 0
    """How often its source has changed it."""
    left_out: int = 0
    """How many were not kept, of an article that is rewritten again and again."""
    unreadable_until: datetime | None = None
    """What it said until then, and before, is damaged."""
