"""Articles of a corpus, put into stories one after the other as the service does it, in memory."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from watchdesk.model import DAY_KEY, Article, Ingested
from watchdesk.stories import Assigned, Assigning, Frequencies, TermDay, Window, features_of, story_keys
from watchdesk.stories.features import body_of
from watchdesk.stories.members import seconds

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article, and the event that it tells, as an editor says."""

    id: str
    event: str
    kind: str
    article: Article


def read(folders: Iterable[Path]) -> list[Labelled]:
    """Every article of the folders' files of JSON lines, in the order of publication."""
    rows: list[dict[str, Any]] = []
    for folder in folders:
        for file in sorted(folder.glob("*.jsonl")):
            rows += [
                json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()
            ]
    found = [labelled(row) for row in rows]
    return sorted(found, key=lambda one: (one.article.first_seen, one.id))


def labelled(row: dict[str, Any]) -> Labelled:
    at = datetime.fromisoformat(row["published"]).astimezone(UTC)
    text, title = row["text"], row["title"]
    language = row.get("language", "en")
    article = Article.from_text(title, text, language=language, source=row["outlet"], first_seen=at)
    return Labelled(
        row["id"], row["event"], row.get("kind", "report"), replace(article, content_hash=row["id"])
    )


class Stream:
    """Stories in memory."""

    def __init__(self) -> None:
        self.window = Window()
        self._days: list[TermDay] = []
        self._terms: list[frozenset[str]] = []
        self._pages: dict[int, tuple[str, str]] = {}
        self._known: dict[str, tuple[int, datetime]] = {}
        self._stories = 0

    def take(self, article: Article) -> Assigned:
        """Puts an article into a story."""
        self._roll(seconds(article.first_seen))
        features = features_of(article)
        now, keys = article.first_seen, story_keys(article)
        known = {}
        for key in keys:
            story, since = self._known.get(key, (0, now))
            if story and (not key.startswith(DAY_KEY) or now - since < _DAY):
                known[key] = story
        led_to = frozenset(known)
        assigning = Assigning(self.window, known, {}, self._begin, self.page_of)
        item = Ingested(article, (), "", keys, features=features)
        assigned = assigning.assign(item)
        for key in keys:
            if key not in led_to:
                self._known[key] = assigned.story, now
        assert assigned.member is not None
        number = len(self._pages) + 1
        assigned.member.article_id = assigned.member.number = number
        self._pages[number] = (article.title, body_of(article))
        self._terms.append(assigned.member.terms)
        assigned.member.settle()
        return assigned

    def stories(self, assigned: Sequence[Assigned]) -> list[int]:
        """The story of each by now."""
        return [self.window.root(one.story) for one in assigned]

    def page_of(self, number: int) -> tuple[str, str] | None:
        return self._pages.get(number)

    def _begin(self) -> int:
        self._stories += 1
        return self._stories

    def _roll(self, now: float) -> None:
        day = int(now // 86400)
        if day != self.window.frequencies.day:
            if self._terms:
                self._days.append(TermDay.of(self.window.frequencies.day, self._terms))
            self._terms = []
            self.window.frequencies = Frequencies(day, self._days)
        self.window.drop_before(now)
