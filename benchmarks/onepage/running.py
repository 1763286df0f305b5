"""Runs the scripts of a part, and keeps what came of it as JSON, for the page and for another run."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import figures
from figures import Figure, Told

from onepage.parts import HERE, Command, Given, Part

_SHOWN = 12
"""Lines of the output of a script that failed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one script."""

    command: str
    told: Told | None
    """None when it told nothing: it failed."""
    failure: str
    """How it ended, with its last lines; empty when it told its figures."""


@dataclass(frozen=True, slots=True)
class PartRun:
    """What came of a part."""

    name: str
    outcomes: Sequence[Outcome]
    seconds: float
    when: str
    commit: str

    @property
    def figures(self) -> Sequence[Figure]:
        """Of all its scripts."""
        return [figure for one in self.outcomes if one.told for figure in one.told.figures]

    @property
    def curves(self) -> Mapping[str, Sequence[Sequence[float]]]:
        """Of all its scripts."""
        return {name: points for one in self.outcomes if one.told for name, points in one.told.curves.items()}

    @property
    def is_good(self) -> bool:
        """Whether every script told its figures, and all are within their limits."""
        return all(one.told for one in self.outcomes) and all(figure.holds for figure in self.figures)


def run_part(part: Part, given: Given, own: Path, folder: Path, commit: str) -> PartRun:
    """Runs its scripts one after the other, each shown as it goes; `own`: the Python of watchdesk alone."""
    began, when = time.monotonic(), datetime.now().astimezone().isoformat(timespec="minutes")
    python = given.peers if part.beside_peers else own
    outcomes = []
    for number, command in enumerate(part.commands(given)):
        kept = folder / f"{part.name}-{number}.json"
        outcomes.append(_run(command, python, kept, part.minutes))
    return PartRun(part.name, outcomes, time.monotonic() - began, when, commit)


def _run(command: Command, python: Path, kept: Path, minutes: float) -> Outcome:
    kept.unlink(missing_ok=True)
    log = kept.with_suffix(".log")
    shown = " ".join(word.rpartition("/")[2] for word in command)  # no folder of this machine
    print(f"\n== {shown}", flush=True)
    script = [str(python), str(HERE / command[0]), *command[1:], "--json", str(kept)]
    try:
        ended = _ended(script, log, minutes * 60)
        return Outcome(shown, figures.read(kept), "")
    except OSError as error:  # the Python is not there, or nothing was told
        if not isinstance(error, FileNotFoundError) or error.filename != str(kept):
            return Outcome(shown, None, f"It could not be started: {error.strerror}.")
    said = log.read_text(errors="replace").replace(f"{HERE.parent}/", "").strip().splitlines()[-_SHOWN:]
    return Outcome(shown, None, "\n".join([f"It {ended}.", *said]))


def _ended(script: Sequence[str], log: Path, seconds: float) -> str:
    """How it ended, in words. Its output goes to the screen and into `log`."""
    process = subprocess.Popen(
        script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=HERE.parent, start_new_session=True
    )
    with subprocess.Popen(["tee", str(log)], stdin=process.stdout) as tee:
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            return f"was ended after {seconds / 60:.0f} minutes"
        except BaseException:
            _end(process)
            raise
        finally:
            tee.wait()
    return f"ended with {status}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends it and what it started: it leads a session of its own."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def keep(run: PartRun, folder: Path) -> None:
    """For a later page that is told to take parts from earlier runs."""
    (folder / f"{run.name}.part.json").write_text(json.dumps(asdict(run)) + "\n", encoding="utf-8")


def kept(name: str, folder: Path) -> PartRun | None:
    """The part of an earlier run; None when there is none."""
    path = folder / f"{name}.part.json"
    if not path.exists():
        return None
    document = json.loads(path.read_text(encoding="utf-8"))
    outcomes = [
        Outcome(one["command"], _told(one["told"]) if one["told"] else None, one["failure"])
        for one in document.pop("outcomes")
    ]
    return PartRun(outcomes=outcomes, **document)


def _told(document: dict[str, object]) -> Told:
    measured = document.pop("figures")
    assert isinstance(measured, list)
    return Told([Figure(**one) for one in measured], **document)
