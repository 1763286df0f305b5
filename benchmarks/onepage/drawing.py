"""What is in the pictures of a run; `pictures.py` draws them, by a Python that has matplotlib."""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from figures import Figure, number

from onepage.parts import HERE, Part
from onepage.running import PartRun

_LEAST_USED = 0.02
"""So short is the bar of a limit of which less was used."""


def draw(
    parts: Mapping[str, Part], runs: Sequence[PartRun], folder: Path, python: Path
) -> tuple[dict[str, str], str]:
    """Files by the name of their part, and `limits`; and what went wrong, empty when nothing did."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    wanted = [_limits(parts, runs, folder), *(_of_part(parts[run.name], run, folder) for run in runs)]
    pictures = [picture for picture in wanted if picture["groups"]]
    plan = folder / "pictures.json"
    plan.write_text(json.dumps(pictures), encoding="utf-8")
    command = [str(python), "-m", "onepage.pictures", str(plan)]
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except OSError as error:
        return {}, str(error)
    finally:
        plan.unlink()
    if done.returncode:
        return {}, (done.stderr.strip().splitlines() or ["no picture could be drawn"])[-1]
    return {picture["name"]: picture["path"] for picture in pictures}, ""


def _of_part(part: Part, run: PartRun, folder: Path) -> dict[str, Any]:
    return _curves(part, run, folder) if run.curves else _bars(part, run, folder)


def _curves(part: Part, run: PartRun, folder: Path) -> dict[str, Any]:
    return {
        "kind": "curves",
        "name": part.name,
        "path": str(folder / f"{part.name}.svg"),
        "title": part.title,
        "measure": part.measure,
        "groups": [{"name": name, "points": points} for name, points in run.curves.items()],
    }


def _bars(part: Part, run: PartRun, folder: Path) -> dict[str, Any]:
    chosen = [one for one in run.figures if part.picture and re.search(part.picture, one.name)]
    return {
        "kind": "bars",
        "name": part.name,
        "path": str(folder / f"{part.name}.svg"),
        "title": part.title,
        "measure": part.measure,
        "groups": [_group(figure) for figure in chosen],
    }


def _group(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "figure": figure.value,
        "least": figure.least,
        "most": figure.most,
        "peers": dict(figure.peers),
        "shown": {"watchdesk": number(figure.value), **{k: number(v) for k, v in figure.peers.items()}},
    }


def _limits(parts: Mapping[str, Part], runs: Sequence[PartRun], folder: Path) -> dict[str, Any]:
    judged = [(parts[run.name].title, figure) for run in runs for figure in run.figures if figure.limit]
    groups = [
        {"name": f"{title}: {figure.name}", "used": used}
        for title, figure in judged
        for used in _used(figure)
    ]
    return {
        "kind": "limits",
        "name": "limits",
        "path": str(folder / "limits.svg"),
        "title": "All limits",
        "measure": "of what is allowed (to the left of 1 it holds)",
        "groups": groups,
    }


def _used(figure: Figure) -> Iterator[float]:
    """How much of what is allowed was used; nothing for a limit of 0, of which there are no parts."""
    if figure.most:
        yield max(figure.value / figure.most, _LEAST_USED)
    elif figure.least and figure.value > 0:
        yield max(figure.least / figure.value, _LEAST_USED)
