"""A folder of rules that stands for itself and does not pass, as it is told of."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RefusedFolder:
    """A folder of rules/ with a mistake; its last good version stays in force, where there is one."""

    name: str
    mistakes: tuple[str, ...]
    """One sentence each, with its place."""
    quoted: tuple[str, ...] = ()
    """The same with the lines that they are on."""
    since: datetime | None = None
    """When the version in force came into force; None: no rule of the folder is in force."""
    why_none: str | None = None
    """Why its last good version cannot be used, where there is one."""
    left_out: tuple[str, ...] = ()
    """Rules of that version that are not in force, because others have their ids now."""
    owners: tuple[str, ...] = ()
    """Channels of those who look after its rules."""

    @property
    def shown(self) -> str:
        """`rules/TEAM`."""
        return f"rules/{self.name}"

    @property
    def in_force(self) -> str:
        """What of it is in force, as a clause."""
        if self.since is None:
            return "none of its rules is in force" + (f", because {self.why_none}" if self.why_none else "")
        without = f", without {', '.join(self.left_out)}" if self.left_out else ""
        return f"its rules stay in force as they were at {self.since:%Y-%m-%d %H:%M} UTC{without}"

    @property
    def in_short(self) -> str:
        """`rules/TEAM: as at 2026-03-01 14:05 UTC; rules/TEAM/a.yaml:3:1: …`."""
        now = f"as at {self.since:%Y-%m-%d %H:%M} UTC" if self.since else "not in force"
        return f"{self.shown}: {now}; {self.mistakes[0]}"

    @property
    def sentence(self) -> str:
        """What is wrong, and what goes on."""
        more = len(self.mistakes) - 1
        others = f", and {more} more mistake{'s' if more > 1 else ''}" if more > 0 else ""
        return f"{self.shown} cannot be used as it is: {self.mistakes[0]}{others}; {self.in_force}"
