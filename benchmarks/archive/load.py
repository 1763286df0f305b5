"""Makes an archive of any size, without a poll: `.venv/bin/python benchmarks/archive/load.py --help`.

It writes what years of service leave behind: articles of about 593 words with their keys and stories,
matches of sixty rules, digests with their deliveries, and the states of the sources. Articles came at 5,000 a
day, the newest one just now. `archive.words` says which words have a known share.
"""

import argparse
import hashlib
import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from sqlalchemy import Table, func, insert, select

from archive.words import Writer
from watchdesk.model import (
    Article,
    DeliveryState,
    JoinedBy,
    Match,
    Snippet,
    SourceState,
    Span,
    Standing,
)
from watchdesk.store import SqlStore, open_store
from watchdesk.store.database import Database
from watchdesk.store.row_mapping import article_row, match_row
from watchdesk.store.tables import (
    articles,
    attempts,
    deliveries,
    digests,
    entry_keys,
    matches,
    metadata,
    places,
    stories,
    story_keys,
    story_members,
)

A_DAY = 5_000
SOURCES = 500
RULES = 60
DIGESTS = ("minerals", "spending", "aid")
_AT_ONCE = 2_000
_PAGE = "<p>" + "What a digest shows of an article, its lead and its marks. " * 60 + "</p>"

Rows = dict[str, list[dict[str, Any]]]
_TABLES: Sequence[Table] = (
    stories, articles, story_keys, story_members, entry_keys, matches, digests, places, deliveries, attempts,
)  # fmt: skip


def load(store: SqlStore, count: int, until: datetime, seed: int = 1) -> None:
    """Adds `count` articles to an empty store; the newest one is first seen at `until`."""
    database: Database = store._database  # what no poll may do
    writer, rng = Writer(count, seed), random.Random(seed)
    begun = time.monotonic()
    store.save_states([_state(number, until) for number in range(SOURCES)])
    batches = _Batches(writer, rng, count, until)
    for number, rows in enumerate(batches.rows(), 1):
        with database.write() as connection:
            for table in _TABLES:
                if rows[table.name]:
                    connection.execute(insert(table), rows[table.name])
        if sys.stderr.isatty() or number % 25 == 0:
            done = min(count, number * _AT_ONCE)
            print(f"{done:,} of {count:,}, {time.monotonic() - begun:.0f} s", file=sys.stderr)
    if not database.open_file:
        _number_on(database)


class _Batches:
    """Rows by table, some thousand articles at a time."""

    def __init__(self, writer: Writer, rng: random.Random, count: int, until: datetime) -> None:
        self._writer = writer
        self._rng = rng
        self._count = count
        self._until = until
        self._matches = 0
        self._digests = 0
        self._story = 0

    def rows(self) -> Iterator[Rows]:
        rows: Rows = {table.name: [] for table in _TABLES}
        for number in range(self._count):
            self._add(rows, number)
            if (number + 1) % _AT_ONCE == 0 or number + 1 == self._count:
                yield rows
                rows = {table.name: [] for table in _TABLES}

    def _add(self, rows: Rows, number: int) -> None:
        rng, text = self._rng, self._writer.write(number)
        seen = self._until - timedelta(days=1) * ((self._count - number - 1) / A_DAY)
        source = f"source-{rng.randrange(SOURCES):03}"
        url = f"https://{source}.example/{seen:%Y/%m/%d}/{number:x}-{text.slug}"
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        written = text.article(source, url, digest, seen, timedelta(minutes=rng.randrange(1, 90)))
        article = replace(written, id=number + 1)
        is_first = self._story == 0 or rng.random() < 0.7
        if is_first:
            self._story += 1
            rows["stories"].append({"id": self._story, "began": seen, "merged_into": None})
        hashes = np.frombuffer(hashlib.shake_128(digest.encode()).digest(8 * len(text.paragraphs)), np.uint8)
        rows["articles"].append(
            {
                "id": article.id,
                **article_row(article),
                "story_id": self._story,
                "line_hashes": hashes.tobytes(),
            }
        )
        for kind, key in (("u", url), ("w", digest)):
            rows["story_keys"].append({"key": f"{kind}:{key}", "story_id": self._story, "seen_at": seen})
            rows["entry_keys"].append(
                {
                    "source_id": source,
                    "key": f"{kind}:{key[-60:]}",
                    "article_id": article.id,
                    "entry_hash": digest,
                }
            )
        rows["story_members"].append(self._member(article, text.subject, is_first=is_first, digest=digest))
        if rng.random() < 0.03:
            self._match(rows, article)

    def _member(
        self, article: Article, subject: Sequence[str], *, is_first: bool, digest: str
    ) -> dict[str, Any]:
        noise = hashlib.shake_128(digest.encode()).digest(800)
        words = article.sections[0].paragraphs[0].lower().split()
        vector = list(dict.fromkeys([*subject, *words[:40]]))
        weights = np.full(len(vector), len(vector) ** -0.5, dtype="<f4")
        hashes = np.unique(np.frombuffer(noise[320:], dtype="<u4"))
        return {
            "id": article.id,
            "article_id": article.id,
            "story_id": self._story,
            "source_id": article.source_id,
            "seen_at": article.first_seen,
            "happened_at": article.published_at,
            "day": (article.first_seen - datetime(1970, 1, 1, tzinfo=UTC)).days,
            "joined_by": str(JoinedBy.FIRST if is_first else JoinedBy.WORDS),
            "similarity": 0.0 if is_first else 0.5,
            "nearest": None if is_first else article.id,
            "carried_by": "",
            "sharing": None,
            "shared_with": None,
            "containment": None,
            "title_terms": article.title.lower(),
            "lead_terms": " ".join([*subject, *words[:40]]),  # the vector's are in the title or the lead
            "vector_terms": " ".join(vector),
            "vector_weights": weights.tobytes(),
            "words": 593,
            "every": 4,
            "shingles": hashes.tobytes(),
            "facts": hashes[::10].tobytes(),
        }

    def _match(self, rows: Rows, article: Article) -> None:
        self._matches += 1
        text = article.sections[0].paragraphs[0]
        match = Match(
            rule=f"rule-{self._rng.randrange(RULES):02}",
            score=0.4,
            spans=(Span("body", 4, 12, "word"),),
            snippet=Snippet(text[:200], ((4, 12),)),
            title_marks=(),
        )
        rows["matches"].append(
            {
                "id": self._matches,
                "article_id": article.id,
                **match_row(match),
                "matched_at": article.first_seen,
                "revised": False,
                "happened_at": article.published_at,
                "standing": str(Standing.NEWS),
            }
        )
        name = DIGESTS[self._matches % len(DIGESTS)]
        held = f"{name}-{self._matches // 30}" if self._matches // 30 < self._count * 0.03 // 30 - 1 else None
        rows["places"].append(
            {"id": self._matches, "digest_name": name, "match_id": self._matches, "digest_id": held}
        )
        if held and self._matches % 30 < len(DIGESTS) and self._matches >= 30:
            self._digest(rows, name, held, article.first_seen)
        elif held and self._matches < 30:
            rows["places"][-1]["digest_id"] = None

    def _digest(self, rows: Rows, name: str, number: str, at: datetime) -> None:
        rows["digests"].append(
            {
                "id": number,
                "name": name,
                "composed_at": at,
                "scheduled": at,
                "subject": f"{name}: 10 articles",
                "html": _PAGE,
                "text": _PAGE[:1500],
                "json": '{"stories": []}',
            }
        )
        for channel in ("mail", "hook"):
            self._digests += 1
            delivery = f"{number}-{channel}"
            rows["deliveries"].append(
                {
                    "id": delivery,
                    "digest_id": number,
                    "digest_name": name,
                    "channel": channel,
                    "state": str(DeliveryState.SENT),
                    "created_at": at,
                    "due_at": at,
                    "attempts": 1,
                    "sent_at": at,
                }
            )
            rows["attempts"].append(
                {"id": self._digests, "delivery_id": delivery, "channel": channel, "at": at}
            )


def _state(number: int, until: datetime) -> SourceState:
    return SourceState(
        f"source-{number:03}", etag=f'"{number}"', next_poll=until, last_attempt=until, last_success=until
    )


def _number_on(database: Database) -> None:
    """Lets PostgreSQL count on from the rows that were written with their numbers."""
    with database.write() as connection:
        for table in metadata.sorted_tables:
            if "id" in table.c and table.c.id.autoincrement is True:
                sequence = func.pg_get_serial_sequence(table.name, "id")
                greatest = select(func.coalesce(func.max(table.c.id), 1)).scalar_subquery()
                connection.execute(select(func.setval(sequence, greatest)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=int, help="how many")
    parser.add_argument("state", type=Path, help="a state directory to make")
    parser.add_argument("--storage", default="sqlite", help="postgresql://… of an empty database")
    asked = parser.parse_args()
    asked.state.mkdir(parents=True, exist_ok=True)
    with closing(open_store(asked.storage, asked.state)) as store:
        load(store, asked.articles, datetime.now(UTC))


if __name__ == "__main__":
    main()
