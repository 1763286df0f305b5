"""Keeps what readers said of matches; `ports.LabelStore`."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select

from watchdesk.model import Judgement, Label, LabelledBy
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.tables import labels
from watchdesk.store.upserts import upsert


class LabelRows:
    """`ports.LabelStore`."""

    _database: Database

    def label(self, label: Label) -> None:
        """See `ports.LabelStore.label`."""
        row = {
            "rule_id": label.rule_id,
            "article_id": label.article_id,
            "judgement": str(label.judgement),
            "at": label.at,
            "by": str(label.by),
            "fingerprint": label.fingerprint,
        }
        with self._database.write() as connection:
            upsert(connection, labels, row)

    def labels_of(self, article_id: int) -> Sequence[Label]:
        """See `ports.LabelStore.labels_of`."""
        asked = select(labels).where(labels.c.article_id == article_id).order_by(labels.c.rule_id)
        with self._database.read() as connection:
            return [
                Label(
                    row.rule_id,
                    row.article_id,
                    Judgement(row.judgement),
                    row.at,
                    LabelledBy(row.by),
                    row.fingerprint,
                )
                for row in connection.execute(asked)
            ]

    def label_counts(self, rule_ids: Collection[str]) -> Mapping[str, Mapping[Judgement, int]]:
        """See `ports.LabelStore.label_counts`."""
        found: dict[str, dict[Judgement, int]] = {}
        with self._database.read() as connection:
            for chunk in batched(sorted(rule_ids), AT_ONCE):
                asked = (
                    select(labels.c.rule_id, labels.c.judgement, func.count().label("found"))
                    .where(labels.c.rule_id.in_(chunk))
                    .group_by(labels.c.rule_id, labels.c.judgement)
                )
                for row in connection.execute(asked):
                    found.setdefault(row.rule_id, {})[Judgement(row.judgement)] = row.found
        return found
