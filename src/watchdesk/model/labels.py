"""What readers said of what a rule found."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Judgement(StrEnum):
    """What somebody said of one article under one rule; the names are kept in the database."""

    RIGHT = "right"
    """More like this."""
    MENTION = "mention"
    """It only mentions what the rule is about."""
    WRONG = "wrong"
    """Not this."""


class LabelledBy(StrEnum):
    """How it was said; the names are kept in the database."""

    LINK = "link"
    """From a signed link in a digest."""
    PAGE = "page"
    API = "api"


@dataclass(frozen=True, slots=True)
class Label:
    """The last word on one article under one rule. It outlives the article."""

    rule_id: str
    article_id: int
    judgement: Judgement
    at: datetime
    by: LabelledBy
    fingerprint: str
    """Of the text that was judged (`Article.content_hash`): by it, copies are known when the article is gone.
    """
