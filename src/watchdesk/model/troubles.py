"""What is reported to the operators of a desk: troubles of the service itself, and that they are over."""

from dataclasses import dataclass, field
from datetime import datetime

from watchdesk.model.help_names import HelpName, with_help


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
    quoted: str = ""
    """The lines of files that it is about, with a caret below each mistake; a mail shows them as they are."""
    recovery: str | None = None
    """What is reported once it is over; None: its end is no news, because it happened at one moment or a
    person ended it."""
    subject: str | None = None
    """What is in trouble, such as `channel desk`: no recovery is reported while another trouble has the same,
    nor where the configuration no longer has it. None: the desk as a whole."""
    concerns: tuple[str, ...] = ()
    """Subjects besides its own whose owners are told of it."""
    help: HelpName | None = field(default=None, compare=False)
    """Where it is explained."""

    @property
    def shown(self) -> str:
        """The sentence as people see it."""
        return with_help(self.sentence, self.help)


@dataclass(frozen=True, slots=True)
class ReportedTrouble:
    """A trouble that was reported, for as long as its end was not."""

    at: datetime
    """When it was reported."""
    recovery: str | None = None
    subject: str | None = None
    is_over: bool = False
    """A person has ended it: should it come again, it is reported again."""
    concerns: tuple[str, ...] = ()
    """Subjects besides its own whose owners were told of it, and are told of its end."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What one notice to the operators says."""

    troubles: tuple[Trouble, ...] = ()
    over: tuple[Trouble, ...] = ()
    """What is over, under the keys under which it was reported; each sentence says what is well again."""
