"""The store's interface for what readers said of matches."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from watchdesk.model import Judgement, Label


class LabelStore(Protocol):
    """Labels: few and small. They stay when their article is pruned."""

    def label(self, label: Label) -> None:
        """Keeps it, in place of what was said before of this article under this rule."""

    def labels_of(self, article_id: int) -> Sequence[Label]:
        """Those of one article, by rule."""

    def label_counts(self, rule_ids: Collection[str]) -> Mapping[str, Mapping[Judgement, int]]:
        """By rule, how many articles have which label; rules without any are left out."""
