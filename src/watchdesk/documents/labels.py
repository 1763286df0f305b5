"""What readers said of matches, and how precise a rule is by that."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from watchdesk.documents.words import counted, utc_text
from watchdesk.model import Judgement, Label
from watchdesk.ports import Store


class LabelDocument(TypedDict):
    """What somebody said of one article under one rule."""

    rule: str
    article: int
    judgement: str
    """right, mention or wrong."""
    at: str | None
    by: str
    """link, page or api."""
    fingerprint: str
    """Of the text that was judged."""


class LabelCounts(TypedDict):
    """Labels of a rule's matches, whoever gave them and however old they are."""

    right: int
    mention: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Precision:
    """How much of what a rule found was wanted, as far as readers said so."""

    right: int
    mention: int
    wrong: int

    @property
    def count(self) -> int:
        """Articles that have a label."""
        return self.right + self.mention + self.wrong

    @property
    def share(self) -> float | None:
        """Of the labelled articles those that are right; None where nobody said anything."""
        return self.right / self.count if self.count else None

    @property
    def counts(self) -> LabelCounts:
        """As documents have them."""
        return {"right": self.right, "mention": self.mention, "wrong": self.wrong}

    @property
    def words(self) -> str:
        """`75% right by 4 labels: 3 right, 1 only mentions it, 0 wrong`; empty where there are none."""
        if self.share is None:
            return ""
        return (
            f"{self.share:.0%} right by {counted(self.count, 'label')}: {self.right:,} right, "
            f"{self.mention:,} only a mention, {self.wrong:,} wrong"
        )


NOTHING_SAID = Precision(0, 0, 0)


def precision_of(rule_id: str, store: Store) -> Precision:
    """Of the labels of one rule."""
    return precisions([rule_id], store)[rule_id]


def precisions(rule_ids: Collection[str], store: Store) -> Mapping[str, Precision]:
    """Of the labels of each of these rules."""
    counts = store.label_counts(rule_ids)
    return {rule_id: _precision(counts.get(rule_id, {})) for rule_id in rule_ids}


def _precision(counts: Mapping[Judgement, int]) -> Precision:
    return Precision(
        counts.get(Judgement.RIGHT, 0), counts.get(Judgement.MENTION, 0), counts.get(Judgement.WRONG, 0)
    )


def label_document(label: Label) -> LabelDocument:
    """The document."""
    return {
        "rule": label.rule_id,
        "article": label.article_id,
        "judgement": str(label.judgement),
        "at": utc_text(label.at),
        "by": str(label.by),
        "fingerprint": label.fingerprint,
    }
