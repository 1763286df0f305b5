"""Sources with their health as JSON documents: stable keys, times in ISO 8601 and UTC."""

from datetime import timedelta

from watchdesk.documents.words import utc_text
from watchdesk.model import Source, SourceSummary


def interval_of(state: SourceSummary) -> timedelta | None:
    """The time between the source's last poll and its next."""
    if state.next_poll is None or state.last_attempt is None or state.gone:
        return None
    return state.next_poll - state.last_attempt


def source_document(
    source: Source, state: SourceSummary, articles_a_day: float, *, healthy: bool
) -> dict[str, object]:
    """A source with its health, as `sources --json` gives it."""
    return {
        "id": source.id,
        "title": source.title or state.title,
        "kind": source.kind,
        "url": source.url,
        "paused": source.paused,
        "gone": state.gone,
        "moved_to": state.moved_to,
        "healthy": healthy,
        "status": state.status,
        "last_attempt": utc_text(state.last_attempt),
        "last_success": utc_text(state.last_success),
        "last_new": utc_text(state.last_new),
        "next_poll": None if state.gone else utc_text(state.next_poll),
        "every_seconds": int(source.every.total_seconds()),
        "interval_seconds": round(interval.total_seconds()) if (interval := interval_of(state)) else None,
        "articles_a_day": round(articles_a_day, 2),
        "failures": state.failures,
        "error": state.error,
        "gaps": state.gaps,
        "guids_believed": state.guids_believed,
        "last_gap": utc_text(state.last_gap),
        "trouble": list(state.trouble),
    }
