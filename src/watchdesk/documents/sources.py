"""Sources with their health, in words and as JSON documents: stable keys, times in ISO 8601 and UTC."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk import sources as source_room
from watchdesk.config.shown_address import shown_address
from watchdesk.documents.articles import ReferenceDocument
from watchdesk.documents.words import utc_text
from watchdesk.model import NEVER_POLLED, PageToFetch, Source, SourceHealth, SourceState, SourceSummary
from watchdesk.polling.missing_pages import pages_by_source, still_missing
from watchdesk.ports import Store

AVERAGED = timedelta(days=7)
"""Of which the articles a day are the mean."""

LOOK = "look"
"""Stands for all conditions that need a look."""


class Condition(StrEnum):
    """How a source is, in a word or two."""

    FAILING = "failing"
    GONE = "gone"
    """Its publisher says so."""
    LAST_POLL_FAILED = "last-poll-failed"
    WITH_TROUBLE = "with-trouble"
    """It can be read, and something is wrong with it."""
    NOT_POLLED_YET = "not-polled-yet"
    WELL = "well"
    PAUSED = "paused"

    @property
    def words(self) -> str:
        """As people read it."""
        return self.value.replace("-", " ")


@dataclass(frozen=True, slots=True)
class SourceReport:
    """A source and how it is."""

    source: Source
    state: SourceSummary
    """Pages that are still to be fetched are among its troubles."""
    articles_a_day: float
    healthy: bool

    @property
    def name(self) -> str:
        """What readers call it."""
        return self.source.title or self.state.title or self.source.id

    @property
    def condition(self) -> Condition:
        """The gravest that can be said of it."""
        if self.source.paused:
            return Condition.PAUSED
        if self.state.last_attempt is None:
            return Condition.NOT_POLLED_YET
        if self.state.gone:
            return Condition.GONE
        if not self.healthy:
            return Condition.FAILING
        if self.state.error:
            return Condition.LAST_POLL_FAILED
        return Condition.WITH_TROUBLE if self.state.trouble else Condition.WELL

    @property
    def address(self) -> str:
        """Where it is polled, without its secrets."""
        return shown_address(self.source.url)

    @property
    def has_moved(self) -> bool:
        """Whether permanent redirects have held for long enough to be believed."""
        return source_room.has_moved(self.state)

    def needs_a_look(self, now: datetime) -> bool:
        """Whether a person should see it: it fails, is gone or has moved, or lately missed something."""
        state = self.state
        if self.source.paused:
            return False
        lately = state.last_gap is not None and now - state.last_gap < AVERAGED
        return bool(
            state.gone or state.error or state.trouble or self.has_moved or lately or not self.healthy
        )

    def troubles(self) -> Sequence[str]:
        """What is wrong, a sentence each."""
        found = [self.state.error] if self.state.error else list(self.state.trouble)
        if self.has_moved:
            moved = f"it has moved permanently to {self.state.moved_to}; put that address into sources.yaml"
            found.append(moved)
        return [shown_address(one) for one in found]


class SourceDocument(TypedDict):
    """A source with its health."""

    id: str
    title: str | None
    kind: str
    """feed, sitemap or page."""
    url: str
    """Without its login; stars are for the values of parameters that look like secrets."""
    paused: bool
    gone: bool
    """Its publisher says that it is gone for good."""
    moved_to: str | None
    """Where permanent redirects led at the last poll."""
    healthy: bool
    status: int | None
    """The last HTTP status; null when no answer came."""
    last_attempt: str | None
    last_success: str | None
    last_new: str | None
    """When a poll last brought an article that was not known."""
    next_poll: str | None
    every_seconds: int
    """As configured."""
    interval_seconds: int | None
    """From the last poll to the next."""
    articles_a_day: float
    """Of the last seven days, or of those for which the archive has had articles."""
    failures: int
    """Polls that failed in a row."""
    error: str | None
    """Why the last poll failed."""
    gaps: int
    """Polls whose document shared no entry with the one before: something was probably missed."""
    guids_believed: bool
    last_gap: str | None
    trouble: list[str]
    """What is wrong with a source that can be read all the same."""


class SourceListDocument(TypedDict):
    """Sources, in the order of the files."""

    sources: list[SourceDocument]
    next: str | None
    """The cursor for those after them; null: there are no more."""


class SourceDetailDocument(SourceDocument):
    """A source with what it published last."""

    latest: list[ReferenceDocument]
    """The newest first."""
    pace: list[list[int]]
    """Articles of the last four weeks by weekday, Monday first, and hour, in the desk's time zone."""
    removed: dict[str, int]
    """Lines that were removed from the latest articles as clutter, and from how many of them."""


def source_reports(
    wanted: Iterable[Source], store: Store, now: datetime, pages: Iterable[PageToFetch] | None = None
) -> Sequence[SourceReport]:
    """Each of the sources. `pages`: those that are still to be fetched, where they are known."""
    wanted, summaries = list(wanted), store.summaries()
    counts, days = store.article_counts(now - AVERAGED), days_averaged(store, now)
    missing = pages_by_source(store.pages_to_fetch() if pages is None else pages)
    healths = {health.source_id: health for health in source_room.health(wanted, summaries, now)}
    return [
        SourceReport(
            source,
            _with_pages(summaries.get(source.id, NEVER_POLLED), missing.get(source.id)),
            counts.get(source.id, 0) / days,
            is_healthy(healths, source.id),
        )
        for source in wanted
    ]


def days_averaged(store: Store, now: datetime) -> float:
    """Days that articles a day are counted over: a week, or how long the archive has had any; at least 1."""
    return max((now - (store.oldest_article(now - AVERAGED) or now)) / timedelta(days=1), 1.0)


def source_titles(
    configured: Mapping[str, Source], store: Store, source_ids: Collection[str]
) -> Mapping[str, str]:
    """What readers call these sources, also those that are gone from the files."""
    states = store.source_states(source_ids)
    return {
        one: (configured[one].title if one in configured else None)
        or (states[one].title if one in states else None)
        or one
        for one in source_ids
    }


def source_report(
    source: Source,
    state: SourceState | None,
    pages: Iterable[PageToFetch],
    articles_a_day: float,
    now: datetime,
) -> SourceReport:
    """One of them. `articles_a_day`: as over `days_averaged`."""
    summary = summary_of(state) if state else NEVER_POLLED
    healths = {one.source_id: one for one in source_room.health([source], {source.id: summary}, now)}
    own = pages_by_source(pages).get(source.id)
    healthy = is_healthy(healths, source.id)
    return SourceReport(source, _with_pages(summary, own), articles_a_day, healthy)


def summary_of(state: SourceState) -> SourceSummary:
    """The state without what only polls need."""
    own = {part.name for part in fields(SourceSummary)} - {"guids_believed"}
    return SourceSummary(**{name: getattr(state, name) for name in own}, guids_believed=not state.guid_doubt)


def is_healthy(healths: Mapping[str, SourceHealth], source_id: str) -> bool:
    """Whether it is; a paused one has no health, and nothing ails it."""
    return source_id not in healths or healths[source_id].healthy


def interval_of(state: SourceSummary) -> timedelta | None:
    """The time between the source's last poll and its next."""
    if state.next_poll is None or state.last_attempt is None or state.gone:
        return None
    return state.next_poll - state.last_attempt


def source_document(report: SourceReport) -> SourceDocument:
    """A source with its health, as `sources --json` gives it."""
    source, state = report.source, report.state
    return {
        "id": source.id,
        "title": source.title or state.title,
        "kind": source.kind,
        "url": report.address,
        "paused": source.paused,
        "gone": state.gone,
        "moved_to": state.moved_to and shown_address(state.moved_to),
        "healthy": report.healthy,
        "status": state.status,
        "last_attempt": utc_text(state.last_attempt),
        "last_success": utc_text(state.last_success),
        "last_new": utc_text(state.last_new),
        "next_poll": None if state.gone else utc_text(state.next_poll),
        "every_seconds": int(source.every.total_seconds()),
        "interval_seconds": round(interval.total_seconds()) if (interval := interval_of(state)) else None,
        "articles_a_day": round(report.articles_a_day, 2),
        "failures": state.failures,
        "error": state.error and shown_address(state.error),
        "gaps": state.gaps,
        "guids_believed": state.guids_believed,
        "last_gap": utc_text(state.last_gap),
        "trouble": [shown_address(one) for one in state.trouble],
    }


def _with_pages(state: SourceSummary, pages: Sequence[PageToFetch] | None) -> SourceSummary:
    """The state, with the pages still to be fetched among its troubles."""
    return replace(state, trouble=(*state.trouble, still_missing(pages))) if pages else state


def fits(report: SourceReport, health: str, text: str, now: datetime) -> bool:
    """Whether a list of this health (empty: any; `look`: what needs one) and with this text holds it."""
    is_wanted = report.needs_a_look(now) if health == LOOK else not health or report.condition == health
    sought = (report.source.id, report.name, report.address, *report.source.tags)
    return is_wanted and (not text or any(text.casefold() in one.casefold() for one in sought))
