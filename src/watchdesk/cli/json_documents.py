"""The JSON documents of `--json` that several commands share: stable keys, times in ISO 8601 and UTC.

What only one command prints is in its own module.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING

from watchdesk.cli.session import utc_text
from watchdesk.model import Article, Delivery, DeliveryState, Match, Source, SourceSummary, Span

if TYPE_CHECKING:
    from watchdesk.polling.report import FoundMatch, PollReport
    from watchdesk.rules import Miss


def report_document(report: "PollReport") -> dict[str, object]:
    """A source's part of `once --json`."""
    return {
        "id": report.source_id,
        "outcome": str(report.outcome),
        "status": report.status,
        "new_articles": report.new_articles,
        "updated_articles": report.updated_articles,
        "error": report.error,
    }


def reference_document(article: Article) -> dict[str, object]:
    """An article in brief, as in lists."""
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "published_at": utc_text(article.published_at),
        "source": article.source_id,
    }


def found_document(found: "FoundMatch") -> dict[str, object]:
    """A match of `once --json`."""
    return {
        "rule": found.match.rule,
        "article": reference_document(found.article),
        "score": found.match.score,
        "spans": [span_document(span) for span in found.match.spans],
        "snippet": found.match.snippet.text,
        "digests": list(found.digests),
    }


def span_document(span: Span) -> dict[str, object]:
    """Where a part of a query was found: characters of the field's text."""
    return {"field": span.field, "start": span.start, "end": span.end, "term": span.term}


def match_document(match: Match) -> dict[str, object]:
    """A match of `try --json`."""
    return {
        "rule": match.rule,
        "score": match.score,
        "spans": [span_document(span) for span in match.spans],
        "snippet": match.snippet.text,
    }


def miss_document(miss: "Miss") -> dict[str, object]:
    """A rule that did not match, and why."""
    return {"rule": miss.rule_id, "because": miss.because}


def article_document(article: Article) -> dict[str, object]:
    """A whole article, as `try --json` gives it."""
    return {
        "url": article.url,
        "title": article.title,
        "byline": article.byline,
        "published_at": utc_text(article.published_at),
        "published_known": str(article.published_known),
        "language": article.language,
        "source": article.source_id,
        "lead": article.lead,
        "sections": [
            {"heading": section.heading, "paragraphs": list(section.paragraphs)}
            for section in article.sections
        ],
        "text": article.text,
        "removed": list(article.removed),
    }


def delivery_document(delivery: Delivery, stopped: Collection[str] = ()) -> dict[str, object]:
    """A delivery of `once --json` and `deliveries --json`; `stopped`: channels that nothing is sent to."""
    waits = delivery.state is DeliveryState.WAITING and delivery.channel not in stopped
    return {
        "id": delivery.id,
        "digest": delivery.digest_name,
        "digest_id": delivery.digest_id,
        "channel": delivery.channel,
        "subject": delivery.subject,
        "state": str(delivery.state),
        "attempts": delivery.attempts,
        "created_at": utc_text(delivery.created_at),
        "due_at": utc_text(delivery.due_at),
        "next_attempt": utc_text(delivery.due_at) if waits else None,
        "sent_at": utc_text(delivery.sent_at),
        "error": delivery.error,
        "note": delivery.note,
    }


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
