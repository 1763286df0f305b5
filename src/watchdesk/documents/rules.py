"""How rules behave, in words and as JSON documents: stable keys, times in ISO 8601 and UTC.

The figures come from `watchdesk.backtest`; here they become advice.
"""

from collections.abc import Mapping, Sequence
from typing import assert_never

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.backtest import Habit, Narrowing, Oddity, Part, Window
from watchdesk.documents.labels import NOTHING_SAID, LabelCounts, Precision
from watchdesk.documents.words import counted, span, utc_text


class NoisiestPart(TypedDict):
    """The source of most matches."""

    source: str
    matches: int
    share: float
    """Of the rule's matches, from 0 to 1."""


class AlonePart(TypedDict):
    """The word of an OR group or a list that alone finds the most: they would be lost without it."""

    term: str
    matches: int
    share: float
    """Of the rule's matches, from 0 to 1."""


class HabitDocument(TypedDict):
    """How a rule behaves."""

    rule: str
    title: str
    in_files: bool
    """False for a rule that has only stored matches left."""
    folder: str | None
    """Of rules/, that stands for itself."""
    owner: list[str]
    """Channels of those who look after it."""
    matches: int
    matches_a_day: float
    share_of_articles: float
    """Of all articles, from 0 to 1."""
    noisiest_source: NoisiestPart | None
    alone: AlonePart | None
    last_matched: str | None
    """Among all stored matches, not only those of the window."""
    look_at: str | None
    """silent or broad: behaviour that is worth a look."""
    advice: str | None
    labels: LabelCounts
    """What readers said of its matches, of whatever time."""
    precision: float | None
    """Of the labelled matches those that are right, from 0 to 1; null: nobody said anything."""


class HabitsDocument(TypedDict):
    """How every rule behaves."""

    since: str | None
    until: str | None
    days: float
    """That the archive covers of these."""
    articles: int
    """Matched or not."""
    rules: list[HabitDocument]
    too_wide: dict[str, int]
    """Rules that found more in the last 24 hours than anyone reads."""


class RuleListDocument(HabitsDocument):
    """Some of them, in the order of the files."""

    next: str | None
    """The cursor for those after them; null: there are no more."""


def advice(habit: Habit, window: Window) -> str | None:
    """What is odd about a rule and what to do about it; None if nothing is."""
    name = habit.rule.id
    match habit.oddity:
        case Oddity.SILENT:
            return (
                f"{name} never matched in {length_of(window)}. `watchdesk try URL`, on an "
                "article that it should find, says why it does not; widen the rule, or remove it."
            )
        case Oddity.BROAD:
            word = ""
            if habit.alone:
                share = percent(habit.alone.share)
                word = f" ({_quoted(habit.alone.name)} alone brings {share} of its matches)"
            return (
                f"{name} matches {percent(habit.share)} of all articles{word}. {_cure(habit)}; "
                f"`watchdesk backtest {name}` then shows what would be lost."
            )
        case None:
            return None
        case _:
            assert_never(habit.oddity)


def _cure(habit: Habit) -> str:
    """How to narrow the rule as it is written."""
    if Narrowing.DISTANT in habit.asks:
        return "Require a smaller distance, or one more word with AND"
    first = "Require one more word with AND"
    if Narrowing.NEAR not in habit.asks:
        first = "Require a second word near the first (NEAR/10)"
    return first if Narrowing.TITLE in habit.asks else f"{first}, or look in the title only"


def too_wide_advice(rule_id: str, count: int) -> str:
    """What to do about a rule that found so many articles in a day."""
    return (
        f"{rule_id} found {counted(count, 'article')} in the last 24 hours, more than anyone reads: "
        "narrow it, or give it a digest of its own."
    )


def length_of(window: Window) -> str:
    """How long it is, in words."""
    length = window.until - window.since
    return counted(length.days, "day") if length.days else span(length)


def percent(share: float) -> str:
    """`12%`; `<1%` for a little."""
    return f"{share:.0%}" if share >= 0.01 or not share else "<1%"


def rules_document(
    found: Sequence[Habit],
    window: Window,
    articles: int,
    wide: Mapping[str, int],
    said: Mapping[str, Precision],
) -> HabitsDocument:
    """Every rule, as `rules --json` gives them."""
    return {
        "since": utc_text(window.since),
        "until": utc_text(window.until),
        "days": round(window.days, 2),
        "articles": articles,
        "rules": [rule_document(one, window, said.get(one.rule.id, NOTHING_SAID)) for one in found],
        "too_wide": dict(wide),
    }


def rule_document(habit: Habit, window: Window, said: Precision) -> HabitDocument:
    """One rule of `rules --json`. `said`: by readers, of its matches."""
    return {
        "rule": habit.rule.id,
        "title": habit.rule.title,
        "in_files": habit.in_files,
        "folder": habit.folder or None,
        "owner": list(habit.owner),
        "matches": habit.matches,
        "matches_a_day": round(habit.a_day, 2),
        "share_of_articles": round(habit.share, 4),
        "noisiest_source": _noisiest(habit.noisiest),
        "alone": _alone(habit.alone),
        "last_matched": utc_text(habit.last_matched),
        "look_at": str(habit.oddity) if habit.oddity else None,
        "advice": advice(habit, window),
        "labels": said.counts,
        "precision": None if said.share is None else round(said.share, 4),
    }


def _noisiest(part: Part | None) -> NoisiestPart | None:
    return {"source": part.name, "matches": part.matches, "share": round(part.share, 4)} if part else None


def _alone(part: Part | None) -> AlonePart | None:
    return {"term": part.name, "matches": part.matches, "share": round(part.share, 4)} if part else None


def _quoted(term: str) -> str:
    return term if term.startswith(('"', "=", "/")) else f"'{term}'"
