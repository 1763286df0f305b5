"""All that passes between the service and its upkeep process. Values only; both ends match them in full."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

STEP = "upkeep"
"""The name under which the process itself is in the status file, in place of a chore's."""


@dataclass(frozen=True, slots=True)
class NewUpkeep:
    """The request to fork one."""

    is_held: bool
    """Whether it begins by waiting: see `Hold`."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """How often in a row chores, by name, have ended the process that ran them."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Whether nothing is to be begun, as while the database is in trouble."""

    is_held: bool


@dataclass(frozen=True, slots=True)
class Leave:
    """End after the step that is being done."""


ToUpkeep: TypeAlias = Hold | Leave


@dataclass(frozen=True, slots=True)
class AtWork:
    """It lives, and does this chore; said from time to time."""

    chore: str


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is to be done now."""


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A chore has done all there was to do, or failed."""

    chore: str
    error: Exception | None


FromUpkeep: TypeAlias = AtWork | Idle | RunEnded
