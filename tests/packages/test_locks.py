"""What a server installs: locks with exactly what the wheel asks for, and nothing that developers need."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DEPENDENCIES = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]


def locked(name: str) -> dict[str, Requirement]:
    """What the lock installs on this Python and system."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    lines = re.findall(r"^([a-z0-9][^\\\n]+?) *\\?$", text, flags=re.MULTILINE)
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): one for one in found if one.marker is None or one.marker.evaluate()}


def needed(asked: list[str]) -> set[str]:
    """The packages that these requirements come down to, as the packages themselves say."""
    known: set[tuple[str, str]] = set()
    left = [Requirement(line) for line in asked]
    while left:
        one = left.pop()
        for extra in ("", *one.extras):
            name = canonicalize_name(one.name)
            if (name, extra) not in known:
                known.add((name, extra))
                left += _asked_by(name, extra)
    return {name for name, _ in known}


def _asked_by(name: str, extra: str) -> Iterator[Requirement]:
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        pytest.skip(f"{name} is not installed here, so that nobody can ask it")
    for line in lines:
        one = Requirement(line)
        if one.marker is None or one.marker.evaluate({"extra": extra}):
            yield one


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        ("run.txt", DEPENDENCIES),
        ("run-postgresql.txt", [*DEPENDENCIES, *EXTRAS["postgresql"], *EXTRAS["fleet"]]),
    ],
)
def test_a_lock_holds_what_the_wheel_needs_and_nothing_else(lock: str, asked: list[str]) -> None:
    assert set(locked(lock)) == needed([line for line in asked if applies(line)])
    assert not set(locked(lock)) & {"pytest", "mypy", "ruff", "hatchling", "playwright"}


def applies(line: str) -> bool:
    marker = Requirement(line).marker
    return marker is None or marker.evaluate()


def test_what_runs_is_what_was_tested() -> None:
    tested = {name: str(one.specifier) for name, one in locked("dev.txt").items()}
    for lock in ("run.txt", "run-postgresql.txt"):
        assert {name: tested[name] for name in locked(lock)} == {
            name: str(one.specifier) for name, one in locked(lock).items()
        }


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda lock: lock.name)
def test_a_lock_has_hashes_and_names_no_place_to_take_packages_from(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "//" not in text
    assert "index-url" not in text
    parts = re.split(r"\n(?=[a-z0-9])", text)
    assert [part for part in parts if "--hash=sha256:" not in part] == []
