"""What a pass polled and found, as JSON documents with stable keys."""

from typing import TYPE_CHECKING

from watchdesk.documents.articles import found_part, reference_document

if TYPE_CHECKING:
    from watchdesk.polling.report import FoundMatch, PollReport


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


def found_document(found: "FoundMatch") -> dict[str, object]:
    """A match of `once --json`."""
    return {
        "rule": found.match.rule,
        "article": reference_document(found.article),
        **found_part(found.match),
        "digests": list(found.digests),
    }
