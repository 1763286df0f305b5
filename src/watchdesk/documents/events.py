"""What is found and sent, as the data of events."""

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.documents.articles import ReferenceDocument, reference_document
from watchdesk.documents.words import utc_text
from watchdesk.model.archive import RuleMatch


class MatchEventDocument(TypedDict):
    """A rule found an article: the event `match`."""

    rule: str
    article: ReferenceDocument
    score: float
    snippet: str
    matched_at: str | None
    standing: str | None
    """news: it may alert; else why it does not."""


class BeginEventDocument(TypedDict):
    """Where the events begin: the event `begin`."""

    resumed: bool
    """Whether they go on after the id that was sent."""
    cut: bool
    """Whether some of those after it are left out."""


def match_event_document(found: RuleMatch) -> MatchEventDocument:
    """The document."""
    return {
        "rule": found.match.rule,
        "article": reference_document(found.article),
        "score": found.match.score,
        "snippet": found.match.snippet.text,
        "matched_at": utc_text(found.matched_at),
        "standing": str(found.standing) if found.standing else None,
    }
