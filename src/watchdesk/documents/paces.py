"""When a source publishes, and what is removed from it, as its stored articles show."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from watchdesk.documents.articles import reference_document
from watchdesk.documents.sources import (
    AVERAGED,
    SourceDetailDocument,
    SourceReport,
    days_averaged,
    source_document,
    source_report,
)
from watchdesk.model import Article, Source
from watchdesk.ports import Store

WATCHED = timedelta(days=28)
"""Four weeks, so that each weekday counts as often."""
MOST_TIMES = 20_000
"""Articles whose times are looked at."""
LATEST = 10
MOST_LINES = 20


def pace(times: Iterable[datetime], zone: tzinfo) -> list[list[int]]:
    """How many by weekday, Monday first, and hour of the day."""
    counts = [[0] * 24 for _ in range(7)]
    for moment in times:
        there = moment.astimezone(zone)
        counts[there.weekday()][there.hour] += 1
    return counts


def removed_lines(articles: Iterable[Article]) -> Mapping[str, int]:
    """Lines that were removed as clutter, and from how many of the articles, the most frequent first."""
    lines = Counter(line for article in articles for line in dict.fromkeys(article.removed))
    return dict(lines.most_common(MOST_LINES))


def removed_source(source_id: str, store: Store) -> Source | None:
    """A source that the files have no more, as far as it is remembered; None: there was never one."""
    state = store.source_states([source_id]).get(source_id)
    return Source(source_id, state.url or "", title=state.title, paused=True) if state else None


def read_source(
    source: Source, store: Store, now: datetime, zone: tzinfo
) -> tuple[SourceReport, list[list[int]], Sequence[Article]]:
    """How it is, its pace, and its latest articles."""
    state = store.source_states([source.id]).get(source.id)
    times = store.article_times(source.id, now - WATCHED, MOST_TIMES)
    lately = sum(seen >= now - AVERAGED for seen, _ in times)
    pages = [page for page in store.pages_to_fetch() if page.source_id == source.id]
    report = source_report(source, state, pages, lately / days_averaged(store, now), now)
    happened = (moment for _, moment in times if moment >= now - WATCHED)
    return report, pace(happened, zone), store.recent_articles(source.id, LATEST)


def source_detail(source: Source, store: Store, now: datetime, zone: tzinfo) -> SourceDetailDocument:
    """One source, as the API gives it."""
    report, counts, latest = read_source(source, store, now, zone)
    return {
        **source_document(report),
        "latest": [reference_document(article) for article in latest],
        "pace": counts,
        "removed": dict(removed_lines(latest)),
    }
