"""Silences as JSON documents: stable keys, times in ISO 8601 and UTC."""

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.documents.words import utc_text
from watchdesk.model import Silence


class RuleSilenceDocument(TypedDict):
    """A rule that is muted for a while."""

    id: int
    rule: str
    since: str | None
    until: str | None
    held_back: int
    """Articles that it holds back, or held back until it ended."""


class RuleSilencesDocument(TypedDict):
    """Silences."""

    silences: list[RuleSilenceDocument]


def silence_document(silence: Silence, held_back: int) -> RuleSilenceDocument:
    """A silence, as `silence --json` gives it."""
    return {
        "id": silence.id,
        "rule": silence.rule_id,
        "since": utc_text(silence.since),
        "until": utc_text(silence.until),
        "held_back": held_back,
    }
