"""What came before a digest: its stories, what rules found and when, and silences."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from itertools import product

from sqlalchemy import BigInteger, Row, and_, func, insert, select, type_coerce, update

from watchdesk.model import Silence, Standing, Waited
from watchdesk.store.batches import AT_ONCE, batched
from watchdesk.store.database import Database
from watchdesk.store.index_steps import distinct_values, off_index
from watchdesk.store.stories import current_story, within_stories
from watchdesk.store.tables import articles, digests, matches, places, silences, stories

_QUARTER = 900_000_000
"""Microseconds of a quarter of an hour: in every time zone a day begins at one."""


class HistoryRows:
    """`ports.HistoryStore`."""

    _database: Database

    def last_included(self, digest_name: str, story_ids: Collection[int]) -> Mapping[int, datetime]:
        """See `ports.HistoryStore.last_included`."""
        found: dict[int, datetime] = {}
        with self._database.read() as connection:
            for chunk in batched(sorted(story_ids), AT_ONCE):
                story = current_story()
                asked = (
                    select(story.label("story"), func.max(digests.c.composed_at).label("last"))
                    .select_from(articles)
                    .join(stories, articles.c.story_id == stories.c.id)
                    .join(matches, matches.c.article_id == articles.c.id)
                    .join(places, places.c.match_id == matches.c.id)
                    .join(digests, places.c.digest_id == digests.c.id)
                    .where(off_index(places.c.digest_name) == digest_name, within_stories(chunk))
                    .group_by(story)
                )
                found |= {row.story: row.last for row in connection.execute(asked)}
        return found

    def match_counts(
        self,
        rule_ids: Collection[str],
        spans: Sequence[tuple[datetime, datetime]],
        *,
        when_matched: bool = False,
    ) -> Mapping[str, Mapping[datetime, int]]:
        """See `ports.HistoryStore.match_counts`."""
        happened = matches.c.matched_at if when_matched else matches.c.happened_at
        quarter = type_coerce(happened, BigInteger) // _QUARTER
        found: dict[str, dict[datetime, int]] = {}
        with self._database.read() as connection:
            for chunk, (start, end) in product(batched(sorted(rule_ids), AT_ONCE), _apart(spans)):
                asked = (
                    select(matches.c.rule_id, quarter.label("quarter"), func.count().label("found"))
                    .where(matches.c.rule_id.in_(chunk), happened >= start, happened < end)
                    .group_by(matches.c.rule_id, quarter)
                )
                for row in connection.execute(asked):
                    moment = datetime.fromtimestamp(int(row.quarter) * 900, UTC)
                    of_rule = found.setdefault(row.rule_id, {})
                    of_rule[moment] = of_rule.get(moment, 0) + row.found
        return found

    def archive_only(
        self, since: datetime, rule_ids: Collection[str] | None = None
    ) -> Mapping[Standing | None, int]:
        """See `ports.HistoryStore.archive_only`."""
        found: dict[Standing | None, int] = {}
        articles_of = func.count(matches.c.article_id.distinct())
        # Not by the index of when they happened: most of what never did is old.
        kept = and_(off_index(matches.c.happened_at).is_(None), matches.c.matched_at >= since)
        with self._database.read() as connection:
            for chunk in [None] if rule_ids is None else batched(sorted(rule_ids), AT_ONCE):
                asked = select(matches.c.standing, articles_of.label("found")).where(kept)
                every = select(distinct_values(matches.c.rule_id).c.value)
                asked = asked.where(matches.c.rule_id.in_(every if chunk is None else chunk))
                for row in connection.execute(asked.group_by(matches.c.standing)):
                    standing = Standing(row.standing) if row.standing else None
                    if standing is not Standing.NEWS:
                        found[standing] = found.get(standing, 0) + row.found
        return found

    def first_match_at(self, rule_ids: Collection[str]) -> datetime | None:
        """See `ports.HistoryStore.first_match_at`."""
        found: list[datetime] = []
        with self._database.read() as connection:
            for rule_id in sorted(rule_ids):  # each is a look at the beginning of an index
                asked = select(func.min(matches.c.happened_at)).where(matches.c.rule_id == rule_id)
                first = connection.execute(asked).scalar_one()
                found += [first] if first else []
        return min(found, default=None)

    def waiting_times(self, digest_name: str) -> Mapping[str, Sequence[Waited]]:
        """See `ports.HistoryStore.waiting_times`."""
        asked = (
            select(matches.c.rule_id, matches.c.happened_at, matches.c.matched_at)
            .join(places, places.c.match_id == matches.c.id)
            .where(places.c.digest_name == digest_name, places.c.digest_id.is_(None))
        )
        times: dict[str, list[Waited]] = {}
        with self._database.read() as connection:
            for row in connection.execute(asked):
                waited = Waited(row.happened_at or row.matched_at, row.matched_at)
                times.setdefault(row.rule_id, []).append(waited)
        return times

    def silences(self, since: datetime) -> Sequence[Silence]:
        """See `ports.HistoryStore.silences`."""
        asked = select(silences).where(silences.c.until >= since).order_by(silences.c.until, silences.c.id)
        with self._database.read() as connection:
            return [_silence(row) for row in connection.execute(asked)]

    def silence(self, rule_id: str, since: datetime, until: datetime) -> Silence:
        """See `ports.HistoryStore.silence`."""
        row = insert(silences).values(rule_id=rule_id, since=since, until=until)
        with self._database.write() as connection:
            return _silence(connection.execute(row.returning(*silences.c)).one())

    def held_back(self, silence: Silence) -> int:
        """See `ports.HistoryStore.held_back`."""
        # What waited already when the silence began is held back by it, too.
        asked = (
            select(func.count(matches.c.id.distinct()))
            .select_from(places)
            .join(matches, places.c.match_id == matches.c.id)
            .where(
                places.c.digest_id.is_(None),
                off_index(matches.c.rule_id) == silence.rule_id,
                matches.c.matched_at < silence.until,
            )
        )
        with self._database.read() as connection:
            return int(connection.execute(asked).scalar_one())

    def end_silence(self, silence_id: int, now: datetime) -> Silence | None:
        """See `ports.HistoryStore.end_silence`."""
        running = update(silences).where(silences.c.id == silence_id, silences.c.until > now)
        with self._database.write() as connection:
            row = connection.execute(running.values(until=now).returning(*silences.c)).one_or_none()
        return _silence(row) if row else None


def _apart(spans: Sequence[tuple[datetime, datetime]]) -> Sequence[tuple[datetime, datetime]]:
    """The same moments in spans of which no two share any."""
    apart: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _silence(row: Row[tuple[object, ...]]) -> Silence:
    return Silence(row.id, row.rule_id, row.since, row.until)
