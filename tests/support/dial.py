"""A clock that a test sets for the processes it starts: a moment, and how fast time passes from there.

It is a file, so that one test and many processes read the same time, and a step is felt by all at once.
"""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class Dial:
    """Without its file it shows the machine's own time."""

    path: Path

    def turn(self, to: datetime, rate: float = 1) -> None:
        """It is `to` now, and `rate` seconds pass in each."""
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps([time.time(), to.timestamp(), rate]))
        beside.replace(self.path)

    def forward(self, span: timedelta) -> None:
        """A step, backwards when negative; the pace stays."""
        self.turn(self.now() + span, self.rate)

    def now(self) -> datetime:
        """The time it shows."""
        since, shown, rate = self._read()
        return datetime.fromtimestamp(shown + (time.time() - since) * rate, UTC)

    @property
    def rate(self) -> float:
        """Seconds that pass in each."""
        return self._read()[2]

    def _read(self) -> tuple[float, float, float]:
        try:
            since, shown, rate = json.loads(self.path.read_text())
        except FileNotFoundError:
            return 0, 0, 1
        return since, shown, rate
