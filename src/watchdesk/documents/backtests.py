"""A backtest as a JSON document: of rules, or of a draft with its near misses."""

from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.backtest import Backtest, Lost, NearMiss, New, RuleChange, Tally, Window
from watchdesk.documents.articles import FoundPart, ReferenceDocument, found_part, reference_document
from watchdesk.documents.words import utc_text
from watchdesk.model import Article


class ReferencePart(ReferenceDocument):
    """An article in brief."""

    first_seen: str


class MatchPart(ReferencePart, FoundPart):
    """An article that matches now."""


class LostPart(ReferencePart):
    """An article that does not match any more."""

    because: str
    corrected: bool
    """Whether the article no longer has the words that were found then."""


class NearMissPart(ReferencePart):
    """An article that misses by one part alone."""

    part: str
    """The part of the query, or `exclude`, `sources`, `languages`, `at_least`."""
    because: str


class SourcePart(TypedDict):
    """Matches of one source."""

    source: str
    kept: int
    new: int
    lost: int


class DayPart(TypedDict):
    """Matches of one day, in the zone of the desk."""

    day: str
    kept: int
    new: int
    lost: int


class RulePart(TypedDict):
    """One rule: what it finds now beside what was found."""

    rule: str
    title: str
    in_files: bool
    kept: int
    """Found then and now."""
    new: int
    """Found only now."""
    lost: int
    """Found only then."""
    then_a_day: float
    now_a_day: float
    sources: list[SourcePart]
    """The one with the most matches first."""
    days: list[DayPart]
    newest_new: list[MatchPart]
    newest_lost: list[LostPart]
    newest_kept: NotRequired[list[MatchPart]]
    """Of a query that is in no file."""


class BacktestDocument(TypedDict):
    """What rules, or a query, would have found in the archive."""

    since: str
    until: str
    timezone: str
    days: float
    articles: int
    read: int
    """Articles that were read; the rules match no other."""
    rules: list[RulePart]
    against: NotRequired[str | None]
    """What a query that is in no file is compared with: a rule, as it is now; null: nothing."""
    near_misses: NotRequired[list[NearMissPart]]
    whole: NotRequired[bool]
    """Whether all that was asked for was read; false where the time was up before."""


def backtest_document(found: Backtest) -> BacktestDocument:
    """Of rules."""
    window = found.window
    return {
        "since": _time(window.since),
        "until": _time(window.until),
        "timezone": window.zone.key,
        "days": round(window.days, 2),
        "articles": found.articles,
        "read": found.read,
        "rules": [_change(change, window) for change in found.rules],
    }


def draft_document(
    found: Backtest, against: str | None, near_misses: Sequence[NearMiss], *, whole: bool = True
) -> BacktestDocument:
    """Of a query that is in no file."""
    document = backtest_document(found)
    for part, change in zip(document["rules"], found.rules, strict=True):
        part["in_files"] = False
        part["newest_kept"] = [_match(one) for one in change.newest_kept]
    return {
        **document,
        "against": against,
        "near_misses": [
            {**_reference(near.article), "part": near.part, "because": near.because} for near in near_misses
        ],
        "whole": whole,
    }


def _change(change: RuleChange, window: Window) -> RulePart:
    total = change.total
    return {
        "rule": change.rule.id,
        "title": change.rule.title,
        "in_files": change.in_files,
        "kept": total.kept,
        "new": total.new,
        "lost": total.lost,
        "then_a_day": round(total.then / window.days, 2),
        "now_a_day": round(total.now / window.days, 2),
        "sources": [{"source": name, **_tally(tally)} for name, tally in change.by_source.items()],  # type: ignore[typeddict-item]
        "days": [{"day": str(day), **_tally(tally)} for day, tally in change.by_day.items()],  # type: ignore[typeddict-item]
        "newest_new": [_match(new) for new in change.newest_new],
        "newest_lost": [_lost(lost) for lost in change.newest_lost],
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {"kept": tally.kept, "new": tally.new, "lost": tally.lost}


def _match(found: New) -> MatchPart:
    return {**_reference(found.article), **found_part(found.match)}


def _lost(lost: Lost) -> LostPart:
    return {**_reference(lost.article), "because": lost.because, "corrected": lost.corrected}


def _reference(article: Article) -> ReferencePart:
    return {**reference_document(article), "first_seen": _time(article.first_seen)}


def _time(moment: datetime) -> str:
    return utc_text(moment) or ""
