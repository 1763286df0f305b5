"""What a draft finds in the archive, told while it is being found."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from watchdesk.archive.condition import condition_of_rule
from watchdesk.backtest import Draft, DraftSearch, Lost, NearMiss, NearMisses, New, Window, newest, reach
from watchdesk.backtest.compare import Comparison
from watchdesk.documents.backtests import backtest_document, draft_document
from watchdesk.model import Article
from watchdesk.model.archive import ArchivePage, LookBack
from watchdesk.model.conditions import any_of
from watchdesk.rules import Rule
from watchdesk.web.playground.files import Files
from watchdesk.web.playground.messages import (
    Backtest,
    Document,
    Found,
    Marks,
    Near,
    Reply,
    Row,
    Said,
    Search,
)

EARLY = 10
"""Matches after which the first ones are told, whatever the time."""
TOLD = 0.15
"""Seconds between two reports."""
_LOOKS = 16
"""Articles after which one looks whether somebody still waits."""
_SOURCES = 8
_NEAR_SECONDS = 1.5
_LONGEST_TITLE, _LONGEST_TEXT = 400, 1_000

Look = Callable[[], None]


class _Clock:
    """How long it may go on, and when to tell."""

    def __init__(self, seconds: float, look: Look) -> None:
        self._begun = self._told = time.monotonic()
        self._seconds = seconds
        self._look = look
        self._count = 0

    @property
    def passed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._begun

    def is_up(self) -> bool:
        """Whether the time is up. Raises what `look` raises."""
        self._count += 1
        if self._count % _LOOKS:
            return False
        self._look()
        return self.passed > self._seconds

    def is_to_tell(self) -> bool:
        """Whether a report is due."""
        now = time.monotonic()
        if now - self._told < TOLD:
            return False
        self._told = now
        return True


def searched(files: Files, asked: Search, look: Look) -> Iterator[Reply]:
    """Early rows first; the count goes on until all is read, or the time is up; then the near misses."""
    checked = files.check(asked.draft)
    yield Said(checked.problems, checked.rule is not None)
    if checked.rule is None:
        return
    other = _other(files, asked)
    window = files.window(asked.since)
    since = window.since
    search = DraftSearch(checked.rule, other, window, asked.shown)
    clock = _Clock(asked.seconds, look)
    articles = files.store.article_count(since)
    has_told = False

    def found(*, is_over: bool, is_whole: bool = False) -> Found:
        return _found(search, window, articles, asked.shown, clock.passed, is_over=is_over, is_whole=is_whole)

    for _ in _articles(files, search.asked(since), search.taking):
        if clock.is_up():
            yield found(is_over=True)
            return
        if asked.tells and (clock.is_to_tell() or (not has_told and search.found.total.now >= EARLY)):
            has_told = True
            yield found(is_over=False)
    yield found(is_over=True, is_whole=True)
    near, is_whole = _near(files, checked.rule, since, _Clock(_NEAR_SECONDS, look))
    yield Near([_near_row(one) for one in near], is_whole)


def _articles(
    files: Files, asked: LookBack, taking: Callable[[ArchivePage], Iterable[None]]
) -> Iterator[None]:
    """Once for each article that was taken."""
    for page in files.store.look_back(asked):
        yield from taking(page)


def _near(files: Files, rule: Rule, since: datetime, clock: _Clock) -> tuple[Sequence[NearMiss], bool]:
    """The near misses, and whether all articles were asked that may be one."""
    near = NearMisses(rule)
    for _ in near.looking(files.store.look_back, since):
        if clock.is_up():
            return near.found, False
    return near.found, near.is_whole


def _other(files: Files, asked: Search) -> Rule | None:
    if not asked.against.strip():
        return None
    if asked.against_is_query:
        return files.rule(Draft(asked.against))
    return files.rule_of_files(asked.against.strip())


def backtested(files: Files, asked: Backtest, look: Look) -> Iterator[Reply]:
    """The document of `backtest --json`. Raises `ConfigurationError` for a mistake in the draft."""
    clock = _Clock(asked.seconds, look)
    yield Document(_of_draft(files, asked.search, clock) if asked.search else _of_rules(files, asked, clock))


def _of_draft(files: Files, asked: Search, clock: _Clock) -> dict[str, object]:
    rule, other = files.rule(asked.draft), _other(files, asked)
    window = files.window(asked.since)
    since = window.since
    search = DraftSearch(rule, other, window, asked.shown)
    whole = True
    for _ in _articles(files, search.asked(since), search.taking):
        if clock.is_up():
            whole = False
            break
    near = _near(files, rule, since, clock)[0] if whole else ()
    found = search.result(files.store.article_count(since))
    return dict(draft_document(found, asked.against or None, near, whole=whole))


def _of_rules(files: Files, asked: Backtest, clock: _Clock) -> dict[str, object]:
    rules = files.configuration.rules
    if asked.rule_ids:
        chosen = tuple(files.rule_of_files(rule_id) for rule_id in asked.rule_ids)
        rules = replace(rules, rules=chosen)
    window = files.window(asked.since)
    since = window.since
    condition = any_of(condition_of_rule(rule) for rule in rules.rules)
    looked = LookBack(since, reach(rules.rules), condition, frozenset(asked.rule_ids) or None)
    comparison = Comparison(rules, window)
    whole = True
    for page in files.store.look_back(looked):
        for archived in page.articles:
            comparison.take(archived)
            whole = whole and not clock.is_up()
        if not whole:
            break
    document = backtest_document(comparison.result(files.store.article_count(since)))
    return {**document, "whole": whole}


def _found(
    search: DraftSearch,
    window: Window,
    articles: int,
    shown: int,
    seconds: float,
    *,
    is_over: bool,
    is_whole: bool,
) -> Found:
    change = search.found
    sources = list(change.by_source.items())
    day, last = window.day(window.since), window.day(window.until)
    days = [last - timedelta(days=ago) for ago in range((last - day).days + 1)]
    return Found(
        change.total,
        change.by_day,
        sources[:_SOURCES],
        len(sources),
        [_match_row(one, "new" if is_new else "kept") for one, is_new in newest(change, shown)],
        [_lost_row(one) for one in change.newest_lost[:shown]],
        tuple(reversed(days)),
        articles,
        search.read,
        search.reached,
        window.since,
        seconds,
        is_whole,
        is_over,
    )


def _match_row(found: New, kind: str) -> Row:
    match = found.match
    return replace(
        row_of(found.article, kind, match.title_marks),
        score=match.score,
        text=match.snippet.text[:_LONGEST_TEXT],
        marks=match.snippet.marks,
    )


def _lost_row(lost: Lost) -> Row:
    return replace(row_of(lost.article, "lost"), text=lost.because[:_LONGEST_TEXT])


def _near_row(near: NearMiss) -> Row:
    row = row_of(near.article, "near")
    return replace(row, text=near.because[:_LONGEST_TEXT], part=near.part[:_LONGEST_TITLE])


def row_of(article: Article, kind: str, title_marks: Marks = ()) -> Row:
    """An article in brief."""
    return Row(
        article.id or 0,
        article.title[:_LONGEST_TITLE],
        title_marks,
        article.url,
        article.source_id,
        article.first_seen,
        kind,
        published=article.published_at,
    )
