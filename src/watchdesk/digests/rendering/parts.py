"""The rules of a digest with their stories, as the values that templates get."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from watchdesk.digests.links import Links
from watchdesk.digests.rendering.columns import blocks
from watchdesk.digests.rendering.highlighting import Rarity, limit_highlights
from watchdesk.digests.rendering.phrases import Phrases, name_of
from watchdesk.digests.rendering.sanitising import (
    LONGEST_TITLE,
    Run,
    direction_of,
    plain,
    runs,
    safe_link,
)
from watchdesk.digests.rendering.story_copies import distinct_copies
from watchdesk.digests.rendering.story_others import arranged
from watchdesk.digests.rendering.subject import stories_of
from watchdesk.digests.rendering.view import (
    BriefView,
    HistoryView,
    LinkView,
    PartView,
    StoryView,
)
from watchdesk.model import (
    Article,
    Digest,
    DigestPart,
    DigestStory,
    Judgement,
    PublishedKnown,
    RuleLabel,
    WaitingMatch,
)

LONGEST_BYLINE = 40
LONGEST_SNIPPET = 400


class PartWriter:
    """Writes the parts of one digest for one reader."""

    def __init__(self, digest: Digest, phrases: Phrases, links: Links | None = None) -> None:
        """`links`: to the desk's page; None: readers reach none."""
        self._digest = digest
        self._phrases = phrases
        self._links = links
        self._words = phrases.words
        self._names = {health.source_id: health.name for health in digest.health}
        self._in_full: dict[int, RuleLabel] = {}
        self._told: defaultdict[int, set[int | None]] = defaultdict(set)
        """By story: ids of its articles that stand under a rule."""
        self._rarity = Rarity(story.best.article.title for story in stories_of(digest))

    def parts(self) -> tuple[PartView, ...]:
        """A story that several rules found stands in full under the first, and is named under the others.

        What the first did not find of it stands under the others all the same.
        """
        return tuple(self._part(number, part) for number, part in enumerate(self._digest.parts, start=1))

    def _part(self, number: int, part: DigestPart) -> PartView:
        return PartView(
            anchor=f"rule-{number}",
            title=name_of(part.rule.title),
            count=self._count(part),
            urgent=part.rule.priority == "high",
            history=self._history(part),
            stories=tuple(self._story(story, part.rule) for story in part.stories),
            more=tuple(self._brief(story.best, part.rule) for story in part.more),
            more_heading=self._words.more_heading,
            left_out=None,
            updates=tuple(self._brief(story.best, part.rule) for story in part.updates),
            updates_heading=self._words.updates,
            updates_left_out=None,
            held_back=tuple(self._brief(story.best, part.rule) for story in part.held_back),
            held_back_heading=self._held_back_heading(part.held_until),
            held_back_left_out=None,
        )

    def _count(self, part: DigestPart) -> str:
        every = part.every
        count = self._phrases.count(self._words.stories, len(every))
        new = self._phrases.new_among(sum(story.told_at is None for story in every), len(every))
        return f"{count}, {new}" if new and self._digest.since else count

    def _history(self, part: DigestPart) -> HistoryView | None:
        counts = part.history
        if not counts:
            return None
        days = self._phrases.count(self._words.days, len(counts))
        today = f"{self._phrases.times.number(counts[-1])} {self._own_window(part.history_since)}"
        eighths = _eighths(counts)
        return HistoryView(
            counts=counts,
            eighths=eighths,
            blocks=blocks(eighths),
            # Short, for it stands beside the rule's name on a telephone, too.
            caption=today if part.history_since else f"{days}, {today}",
            words=f"{days}{self._words.colon}{' '.join(map(str, counts[:-1]))} {today}",
        )

    def _own_window(self, since: datetime | None) -> str:
        """What the last bar is of."""
        if since is None:
            return self._words.today
        if since == self._digest.since:
            return self._words.since.format(time=self._phrases.times.time(since))
        return self._words.last_day

    def _held_back_heading(self, until: datetime | None) -> str:
        if until is None:
            return self._words.held_back
        return self._words.held_back_until.format(time=self._phrases.times.time(until))

    def _story(self, story: DigestStory, rule: RuleLabel) -> StoryView:
        first = self._in_full.setdefault(story.story_id, rule)
        elsewhere = None if first == rule else first
        best = story.best
        copies, unnamed = distinct_copies(best.article, [copy.article for copy in story.others], self._source)
        others = arranged(best, story.others, self._source)
        told = self._told[story.story_id]
        own_lead = elsewhere is not None and best.article.id not in told
        only_here = [match for match in story.others if elsewhere and match.article.id not in told]
        told.update(match.article.id for match in (best, *story.others))
        byline = plain(best.article.byline or "")
        return StoryView(
            title=self._title(best),
            language=self._foreign(best.article),
            direction=direction_of(best.article.title),
            url=safe_link(best.article.url),
            source=self._source(best.article),
            when=self._when(best.article),
            byline=byline if 0 < len(byline) <= LONGEST_BYLINE else None,
            is_new=story.told_at is None,
            notes=self._notes(story),
            snippet=runs(best.match.snippet.text, best.match.snippet.marks, LONGEST_SNIPPET),
            copies=copies,
            more_copies=self._more(unnamed),
            copy_count=len(story.others),
            see_also=self._phrases.see_also(name_of(elsewhere.title)) if elsewhere and not own_lead else None,
            own_lead=own_lead,
            only_here=tuple(self._brief(match) for match in only_here),
            number=story.story_id,
            coverage=self._coverage(story),
            headlines=tuple(self._brief(match) for match in others.headlines),
            names_label=(self._words.others_report if others.headlines else self._words.also_in)
            + self._words.colon,
            names=others.names,
            more_names=self._more(others.more_names),
            doubtful_label=self._words.doubtful + self._words.colon,
            doubtful=tuple(self._brief(match) for match in others.doubtful),
            same_text=self._same_text(others.same_text_count),
            same_text_copies=others.same_text,
            links=tuple(self._links_of(best, rule)),
        )

    def _links_of(self, match: WaitingMatch, rule: RuleLabel) -> Iterator[LinkView]:
        """The first says why it came."""
        article, links, words = match.article.id, self._links, self._words
        if links is None or article is None:
            return
        yield LinkView(words.why_this, links.why(article, rule.id))
        yield LinkView(words.not_this, links.label(article, rule.id, Judgement.WRONG))
        yield LinkView(words.more_like_this, links.label(article, rule.id, Judgement.RIGHT))

    def _more(self, unnamed: int) -> str | None:
        return self._phrases.count(self._words.more, unnamed) if unnamed else None

    def _same_text(self, count: int) -> str | None:
        return self._phrases.count(self._words.same_text, count) + self._words.colon if count else None

    def _coverage(self, story: DigestStory) -> str | None:
        """`9 sources since 07:12, last 11:40`; then who has joined since the digest before."""
        coverage = story.coverage
        if coverage is None or coverage.count < 2:
            return None
        joined = coverage.joined_after(story.told_at) if story.told_at else ()
        names = [self._source_name(source_id) for source_id in joined]
        return self._phrases.coverage(coverage, names)

    def _brief(self, match: WaitingMatch, rule: RuleLabel | None = None) -> BriefView:
        """`rule`: under which it is a story of its own."""
        article = match.article
        return BriefView(
            title=self._title(match),
            language=self._foreign(article),
            direction=direction_of(article.title),
            url=safe_link(article.url),
            source=self._source(article),
            when=self._when(article),
            why=next(self._links_of(match, rule), None) if rule else None,
        )

    def _notes(self, story: DigestStory) -> tuple[str, ...]:
        notes: list[str] = []
        if story.told_at is not None:
            notes.append(self._words.told_before.format(time=self._phrases.times.time(story.told_at)))
        if story.best.revised or story.best.article.updated_at:
            notes.append(self._words.updated)
        return tuple(notes)

    def _when(self, article: Article) -> str:
        times = self._phrases.times
        if article.published_at is None:
            return self._words.first_seen.format(time=times.time(article.first_seen))
        if article.published_known is PublishedKnown.DAY:
            return times.day(article.published_at)
        shown = times.time(article.published_at)
        assumed = article.published_known is PublishedKnown.ZONE_ASSUMED
        return f"{shown} ({self._words.time_assumed})" if assumed else shown

    def _title(self, found: WaitingMatch) -> tuple[Run, ...]:
        shown = runs(found.article.title, found.match.title_marks, LONGEST_TITLE)
        return limit_highlights(shown, self._rarity)

    def _source(self, article: Article) -> str:
        return self._source_name(article.source_id)

    def _source_name(self, source_id: str) -> str:
        return name_of(self._names.get(source_id, source_id))

    def _foreign(self, article: Article) -> str | None:
        language = article.language
        known = bool(language) and language != self._words.code and str(language).isascii()
        return language if known and str(language).replace("-", "").isalnum() else None


def _eighths(counts: Sequence[int]) -> tuple[int, ...]:
    most = max(counts)
    return tuple(max(1, round(8 * count / most)) if count else 0 for count in counts)
