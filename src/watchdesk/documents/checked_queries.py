"""What is wrong with a query that is in no file, as a JSON document."""

from collections.abc import Iterable

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.config.places import Problem


class ProblemPart(TypedDict):
    """One thing that is wrong with a query, or deserves a look."""

    severity: str
    field: str
    """`query`, `exclude` or `sources`."""
    line: int
    column: int
    message: str
    hint: str | None
    quoted: str
    """With the line and a caret below the place, as commands print it."""


class CheckDocument(TypedDict):
    """Whether a query can be asked."""

    usable: bool
    problems: list[ProblemPart]


def check_document(problems: Iterable[Problem], *, usable: bool) -> CheckDocument:
    """The document."""
    return {"usable": usable, "problems": [_problem(problem) for problem in problems]}


def _problem(problem: Problem) -> ProblemPart:
    return {
        "severity": str(problem.severity),
        "field": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "message": problem.message,
        "hint": problem.hint,
        "quoted": problem.render(),
    }
