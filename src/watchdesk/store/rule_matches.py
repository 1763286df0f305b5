"""What single rules matched, found by the rule and the time: for those who look at a rule."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from watchdesk.model import Standing
from watchdesk.model.archive import NumberedMatch, RuleMatch
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.looking_back import READ, UNREAD
from watchdesk.store.row_mapping import Row, article_of, match_of
from watchdesk.store.tables import articles, matches


class RuleMatchRows:
    """The part of `ports.ArticleStore` that is about single rules."""

    _database: Database

    def rule_matches(self, rule_id: str, since: datetime, limit: int) -> Sequence[RuleMatch]:
        """See `ports.ArticleStore.rule_matches`."""
        newest_first = (matches.c.matched_at.desc(), matches.c.id.desc())
        own = (matches.c.rule_id == rule_id, matches.c.matched_at >= since)
        asked = select(matches).where(*own).order_by(*newest_first).limit(limit)
        return [one.found for one in numbered_matches(self._database, asked)]

    def match_totals(self, rule_ids: Collection[str], since: datetime) -> Mapping[str, int]:
        """See `ports.ArticleStore.match_totals`."""
        found: dict[str, int] = {}
        with self._database.read() as connection:
            for chunk in batched(sorted(rule_ids), AT_ONCE):
                asked = (
                    select(matches.c.rule_id, func.count().label("found"))
                    .where(matches.c.rule_id.in_(chunk), matches.c.matched_at >= since)
                    .group_by(matches.c.rule_id)
                )
                found |= {row.rule_id: row.found for row in connection.execute(asked)}
        return found


def numbered_matches(database: Database, asked: Select[Any]) -> Sequence[NumberedMatch]:
    """The matches of a statement, in its order, with their articles; without one, it is left out."""
    found: dict[int, Row] = {}
    with database.read() as connection:
        rows = connection.execute(asked).mappings().all()
        for chunk in batched(sorted({row["article_id"] for row in rows}), AT_ONCE):
            of_articles = select(*READ).where(articles.c.id.in_(chunk))
            found |= {row["id"]: row for row in connection.execute(of_articles).mappings()}
    return [
        NumberedMatch(
            row["id"],
            RuleMatch(
                article_of({**UNREAD, **found[row["article_id"]]}),
                match_of(row),
                row["matched_at"],
                Standing(row["standing"]) if row["standing"] else None,
            ),
        )
        for row in rows
        if row["article_id"] in found
    ]
