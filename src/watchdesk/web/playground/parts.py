"""The parts of the page that follow from what was typed: values for its templates, as they come."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent
from typing import assert_never

from watchdesk.backtest.changes import Tally
from watchdesk.config.places import Problem
from watchdesk.errors import UsageError
from watchdesk.web.asked import Asked
from watchdesk.web.pictures.days import Day, Picture, picture
from watchdesk.web.playground.messages import (
    Document,
    Explained,
    Found,
    Near,
    Nearly,
    Parsed,
    Refused,
    Reply,
    Request,
    RuleSays,
    RulesSay,
    Said,
    Taken,
    Viewed,
)
from watchdesk.web.playground.trying import shown
from watchdesk.web.playground.typed import Typed

WHOLE = 20.0
"""Seconds that a search may take while its page waits and shows how far it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the page, by the name of its template in `playground/`, and what it shows."""

    name: str
    values: Mapping[str, object]


def parts(
    asked: Asked,
    typed: Typed,
    wanted: str,
    seconds: float = WHOLE,
    gone: threading.Event | None = None,
    *,
    tells: bool = True,
) -> Iterator[Part]:
    """The parts that `wanted` asks for: `search`, `why`, `rule`, `try`; a later one replaces an earlier one.

    `tells`: whether a search has its parts come while it goes on. Raises `TooBusy`, and
    `StorageError` while the database is replaced.
    """
    try:
        request: Request
        match wanted:
            case "why":
                request = typed.explain()
            case "rule":
                request = typed.take_away()
            case "try":
                request = typed.try_article()
            case _:  # rest: a search
                request = typed.search(seconds, tells=tells)
        marks = typed.marks
    except UsageError as error:
        yield Part("refused", {"said": str(error), "wanted": wanted})
        return
    for reply in asked.desk.playground.replies(request, gone):
        yield from _shown(reply, typed, wanted, marks)


def _shown(reply: Reply, typed: Typed, wanted: str, marks: Mapping[int, bool]) -> Iterator[Part]:
    rows = {"typed": typed, "marks": marks}
    match reply:
        case Said():
            problems = [(problem, _quote(problem)) for problem in reply.problems]
            yield Part("problems", {"problems": problems, "usable": reply.usable})
        case Found():
            compares = bool(typed["against"].strip() or typed["against_query"].strip())
            yield Part("progress", {"found": reply, "compares": compares})
            if reply.total.all or reply.is_over:
                yield Part("picture", {"picture": _picture(reply, compares=compares), "found": reply})
                yield Part("rows", {**rows, "found": reply, "compares": compares})
                yield Part("lost", {**rows, "found": reply})
        case Near():
            yield Part("near", {**rows, "near": reply})
        case Explained():
            yield Part("why", {"explained": reply})
        case Taken():
            yield Part("rule", {"taken": reply})
        case Document():
            yield Part("tried", {"tried": shown(reply.document), "typed": typed})
        case Refused():
            yield Part("refused", {"said": reply.said, "wanted": wanted})
        case RulesSay() | RuleSays() | Viewed() | Nearly() | Parsed():
            pass  # for other pages
        case _:
            assert_never(reply)


def _quote(problem: Problem) -> str:
    """The line, and a caret below the place; empty where it is in none."""
    if not problem.place.source.strip():
        return ""
    return dedent("\n".join(problem.render().splitlines()[1:3]))


def _picture(found: Found, *, compares: bool) -> Picture:
    """Without a row for what there is none of."""
    total = found.total
    counts = {"new": total.new, "found by both": total.kept, "lost": total.lost}
    names = [name for name, count in counts.items() if count] if compares else ["matches"]
    days = [Day(day, tuple(_counts(found.by_day.get(day, Tally()), names))) for day in found.days]
    return picture("Matches by day", names, days)


def _counts(tally: Tally, names: Sequence[str]) -> Iterator[int]:
    counts = {"new": tally.new, "found by both": tally.kept, "lost": tally.lost, "matches": tally.now}
    yield from (counts[name] for name in names)
