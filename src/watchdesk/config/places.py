"""Places in files, and what is wrong there.

A `Place` points at a character. A `Problem` says what is wrong there, with the line, a caret and a hint.
`Problems` collects everything that is wrong in all files, so that it is reported at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum

from watchdesk.config.files_read import FilesRead
from watchdesk.errors import ConfigurationError

_NEAR = 0.7
"""How like a word must be to one that is known, from 0 to 1, to be what was meant."""
ASKED_QUERY = "query"
"""What stands for the file where a query was given on the command line or by a library user."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A character of a file. `line` and `column` count from 1; `source` is the line's own text.

    Line 0: it is in no file, and `file` says where it is instead.
    """

    file: str
    line: int
    column: int
    source: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Severity(StrEnum):
    """A warning leaves the configuration usable; an error does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, written for the person who edits the file."""

    place: Place
    message: str
    hint: str | None = None
    severity: Severity = Severity.ERROR

    def render(self) -> str:
        """Place and message, then the line with a caret under the place, then the hint."""
        label = "" if self.severity is Severity.ERROR else "warning: "
        lines = [f"{self.place}: {label}{self.message}"]
        if self.place.source.strip():
            shown, column = _window(self.place.source.rstrip("\n"), self.place.column)
            padding = "".join("\t" if c == "\t" else " " for c in shown[: column - 1])
            lines += [f"    {shown}", f"    {padding}^"]
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class Problems:
    """Everything found wrong so far, in the order of finding; and in which files it was looked for."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self.files = FilesRead()

    def error(self, place: Place, message: str, hint: str | None = None) -> None:
        """Notes something that makes the configuration unusable."""
        self._found.append(Problem(place, message, hint))

    def warning(self, place: Place, message: str, hint: str | None = None) -> None:
        """Notes something that deserves a look and leaves the configuration usable."""
        self._found.append(Problem(place, message, hint, Severity.WARNING))

    def note(self, problem: Problem) -> None:
        """Notes a problem as it is."""
        self._found.append(problem)

    def add(self, others: "Problems") -> None:
        """Notes what others found."""
        self._found += others._found

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self._found, key=lambda p: (p.place.file, p.place.line, p.place.column)))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def errors(self) -> Sequence[Problem]:
        """Those that make the configuration unusable, by place."""
        return [problem for problem in self if problem.severity is Severity.ERROR]

    @property
    def warnings(self) -> Sequence[Problem]:
        """Those that deserve a look, by place."""
        return [problem for problem in self if problem.severity is Severity.WARNING]

    def raise_if_errors(self) -> None:
        """Raises `ConfigurationError` with every error, if there is one."""
        if self.errors:
            raise ConfigurationError(self.errors, self.files.fingerprints)


def without_sources(problems: Problems) -> Problems:
    """The same problems, which show no line of the file."""
    bare = Problems()
    for problem in problems:
        bare.note(replace(problem, place=replace(problem.place, source="")))
    return bare


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that was probably meant, or None when none is near."""
    kind = "tag:" if word.startswith("tag:") else ""  # what all of a kind begin with says nothing of nearness
    bare = [one.removeprefix(kind) for one in known if one.startswith(kind)]
    near = next(iter(get_close_matches(word.removeprefix(kind), bare, n=1, cutoff=_NEAR)), None)
    return None if near is None else kind + near


def did_you_mean(word: str, known: Sequence[str]) -> str | None:
    """A hint naming the nearest of the known words, or None when none is near."""
    near = nearest(word, known)
    return f"did you mean '{near}'?" if near else None


def _window(line: str, column: int, width: int = 100) -> tuple[str, int]:
    """A part of a long line around the column, and the column within it."""
    if len(line) <= width:
        return line, column
    start = max(0, min(column - 1 - width // 2, len(line) - width))
    left = "…" if start else ""
    right = "…" if start + width < len(line) else ""
    return left + line[start : start + width] + right, column - start + len(left)
