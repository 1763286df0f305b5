"""What a digest shows, as plain values that the HTML and the text template lay out alike.

Times are written in the reader's zone and language here; addresses are judged here; nothing is HTML yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time

from watchdesk.digests.words import Words, words_of
from watchdesk.model import Article, Digest, DigestStory, PublishedKnown, SourceHealth, WaitingMatch


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text, marked or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class CopyLine:
    """The same story elsewhere."""

    source: str
    url: str | None


@dataclass(frozen=True, slots=True)
class StoryView:
    """One story under a rule."""

    title: tuple[Run, ...]
    url: str | None
    facts: str
    snippet: tuple[Run, ...]
    copies: tuple[CopyLine, ...]
    see_also: str | None
    """Set when the story stands in full under another rule."""


@dataclass(frozen=True, slots=True)
class PartView:
    """One rule's part."""

    title: str
    count: str
    urgent: bool
    stories: tuple[StoryView, ...]
    left_out: str | None


@dataclass(frozen=True, slots=True)
class TroubleLine:
    """A source that is not well."""

    name: str
    since: str
    error: str


@dataclass(frozen=True, slots=True)
class DigestView:
    """Everything on the page."""

    subject: str
    title: str
    date: str
    preview: str
    parts: tuple[PartView, ...]
    quiet: str | None
    window: str
    health: str
    troubles: tuple[TroubleLine, ...]
    found_nothing: str | None
    language: str
    also_in: str


def view_of(digest: Digest, timezone: ZoneInfo, language: str) -> DigestView:
    """The digest as a reader in this zone and language sees it."""
    writer = _Writer(digest, timezone, language)
    words = writer.words
    unwell = [health for health in digest.health if not health.healthy]
    quiet_rules = ", ".join(rule.title for rule in digest.quiet_rules)
    return DigestView(
        subject=subject_of(digest, words),
        title=digest.title,
        date=writer.day(digest.composed_at),
        preview="  ·  ".join(story.best.article.title for story in _leading(digest)),
        parts=writer.parts(),
        quiet=None if digest.parts else words.quiet,
        window=writer.window(),
        health=_health(digest, unwell, words),
        troubles=tuple(writer.trouble(health) for health in unwell),
        found_nothing=words.found_nothing.format(rules=quiet_rules) if quiet_rules else None,
        language=writer.locale.language,
        also_in=words.also_in,
    )


def subject_of(digest: Digest, words: Words) -> str:
    """Says what is inside: the headline of a single story, else how many and which rule leads."""
    if not digest.parts:
        return f"{digest.title}: {words.quiet_subject}"
    stories = digest.story_count + digest.left_out
    if stories == 1:
        return f"{digest.title}: {digest.parts[0].stories[0].best.article.title}"
    leads = words.leads.format(rule=digest.parts[0].rule.title)
    return f"{digest.title}: {words.count(stories)}, {leads}"


def marked(text: str, marks: Iterable[tuple[int, int]]) -> tuple[Run, ...]:
    """The text cut at the marks; overlapping marks count once."""
    runs: list[Run] = []
    position = 0
    for start, end in sorted(marks):
        begin, finish = max(start, position), min(end, len(text))
        if finish <= begin:
            continue
        runs += [Run(text[position:begin], marked=False), Run(text[begin:finish], marked=True)]
        position = finish
    runs.append(Run(text[position:], marked=False))
    return tuple(run for run in runs if run.text)


def safe_link(url: str | None) -> str | None:
    """Only what a mail reader should open by a click."""
    return url if url and urlsplit(url).scheme in ("http", "https") else None


class _Writer:
    """Writes times and names for one reader."""

    def __init__(self, digest: Digest, timezone: ZoneInfo, language: str) -> None:
        self._digest = digest
        self._zone = timezone
        self.words = words_of(language)
        try:
            self.locale = Locale.parse(language)
        except (UnknownLocaleError, ValueError):
            self.locale = Locale("en")
        self._names = {health.source_id: health.name for health in digest.health}
        self._in_full: dict[int, str] = {}

    def parts(self) -> tuple[PartView, ...]:
        """A story that several rules found stands in full under the first, and is named under the others."""
        return tuple(
            PartView(
                title=part.rule.title,
                count=self.words.count(len(part.stories) + part.left_out),
                urgent=part.rule.priority == "high",
                stories=tuple(self._story(story, part.rule.title) for story in part.stories),
                left_out=self.words.left_out.format(count=part.left_out) if part.left_out else None,
            )
            for part in self._digest.parts
        )

    def day(self, moment: datetime) -> str:
        return format_date(moment.astimezone(self._zone).date(), format="full", locale=self.locale)

    def time(self, moment: datetime) -> str:
        """The time alone for the digest's own day, with the day for others."""
        local = moment.astimezone(self._zone)
        if local.date() == self._digest.composed_at.astimezone(self._zone).date():
            return format_time(local, "HH:mm", locale=self.locale)
        same_year = local.year == self._digest.composed_at.astimezone(self._zone).year
        return format_datetime(local, "d MMM, HH:mm" if same_year else "d MMM y, HH:mm", locale=self.locale)

    def window(self) -> str:
        end = self.time(self._digest.composed_at)
        if self._digest.since is None:
            return self.words.window_first.format(end=end)
        return self.words.window.format(start=self.time(self._digest.since), end=end)

    def trouble(self, health: SourceHealth) -> TroubleLine:
        since = self.words.since.format(time=self.time(health.since)) if health.since else self.words.never
        return TroubleLine(health.name, since, health.error or "")

    def _story(self, story: DigestStory, rule: str) -> StoryView:
        elsewhere = self._in_full.setdefault(story.story_id, rule)
        best = story.best
        return StoryView(
            title=marked(best.article.title, best.match.title_marks),
            url=safe_link(best.article.url),
            facts=self._facts(best),
            snippet=marked(best.match.snippet.text, best.match.snippet.marks),
            copies=tuple(
                CopyLine(self._source(copy.article), safe_link(copy.article.url)) for copy in story.others
            ),
            see_also=self.words.see_also.format(rule=elsewhere) if elsewhere != rule else None,
        )

    def _facts(self, found: WaitingMatch) -> str:
        facts = [self._source(found.article), self._when(found.article)]
        if found.revised or found.article.updated_at:
            facts.append(self.words.updated)
        return " · ".join(facts)

    def _when(self, article: Article) -> str:
        if article.published_at is None:
            return self.words.first_seen.format(time=self.time(article.first_seen))
        if article.published_known is PublishedKnown.DAY:
            day = article.published_at.astimezone(self._zone)
            return format_date(day, "d MMM y", locale=self.locale)
        shown = self.time(article.published_at)
        assumed = article.published_known is PublishedKnown.ZONE_ASSUMED
        return f"{shown} ({self.words.time_assumed})" if assumed else shown

    def _source(self, article: Article) -> str:
        return self._names.get(article.source_id, article.source_id)


def _leading(digest: Digest) -> list[DigestStory]:
    return [part.stories[0] for part in digest.parts if part.stories][:3]


def _health(digest: Digest, unwell: list[SourceHealth], words: Words) -> str:
    count = len(digest.health)
    if not unwell:
        return words.sources_well.format(count=count) if count else ""
    return words.sources_unwell.format(well=count - len(unwell), count=count)
