"""Writes numbers and sentences in the reader's language, by its plural rules."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watchdesk.digests.rendering.languages import words_of
from watchdesk.digests.rendering.sanitising import LONGEST_NAME, plain
from watchdesk.digests.rendering.times import Times, locale_of
from watchdesk.digests.rendering.words import Forms
from watchdesk.encoding.display import shortened
from watchdesk.model import Coverage, Digest, DigestStory, Spike

_MOST_JOINED = 6
_JUST_NOW = timedelta(minutes=15)


class Phrases:
    """What a digest says of itself, to one reader."""

    def __init__(self, now: datetime, zone: ZoneInfo, language: str) -> None:
        self.words = words_of(language)
        self.locale = locale_of(self.words.code)
        self.times = Times(now, zone, self.locale, self.words)

    def count(self, forms: Forms, number: int, **others: object) -> str:
        """`1 story`, `2 stories`; the third and fourth forms of Slavic languages, too."""
        form = forms.get(f"={number}") or forms.get(self.locale.plural_form(number), forms["other"])
        return form.format(n=self.times.number(number), **others)

    def new_among(self, new: int, count: int) -> str | None:
        """`4 new` of five, `all new` of four; None for none."""
        if new == count:
            return self.words.all_new["one" if count == 1 else "other"]
        return self.count(self.words.new, new) if new else None

    def summary(self, digest: Digest, stories: dict[int, DigestStory]) -> str:
        """`12 stories, 9 new since yesterday 07:00; 3 go on`."""
        said = self.count(self.words.stories, len(stories))
        if digest.since is None:
            return said
        new = sum(story.told_at is None for story in stories.values())
        how_new = self.new_among(new, len(stories))
        if how_new:
            said += f", {how_new} {self.words.since.format(time=self.times.time(digest.since))}"
        if new < len(stories):
            said += self.words.semicolon + self.count(self.words.go_on, len(stories) - new)
        return said

    def spike(self, sentence: str, spike: Spike, digest: Digest) -> str:
        """`NATO spending: 24 in the last hour, usually 3`; of an hour that is over, when it ended."""
        labels = [*(part.rule for part in digest.parts), *digest.quiet_rules]
        titles = {label.id: label.title for label in labels}
        return sentence.format(
            rule=name_of(titles.get(spike.rule_id, spike.rule_id)),
            found=self.times.number(spike.found),
            within=self._within(spike, digest.composed_at),
            usual=self.times.number(spike.usual),
        )

    def coverage(self, coverage: Coverage, joined: Sequence[str]) -> str:
        """`9 sources since 07:12, last 11:40; joined since then: The Wire`."""
        first, last = self._short(coverage.since), self._short(coverage.last)
        said = f"{self.count(self.words.tellers, coverage.count)} {self.words.since.format(time=first)}"
        if last != first:
            said += f", {self.words.last_told.format(time=last)}"
        if joined:
            named = ", ".join(joined[:_MOST_JOINED])
            if joined[_MOST_JOINED:]:
                named += f" {self.count(self.words.more, len(joined) - _MOST_JOINED)}"
            said += self.words.semicolon + self.words.joined.format(names=named)
        return said

    def _short(self, moment: datetime) -> str:
        """The clock alone, of the digest's own day."""
        return self.times.clock(moment) if self.times.is_today(moment) else self.times.time(moment)

    def see_also(self, rule: str) -> str:
        """`in full under NATO spending`."""
        return self.words.see_also.format(rule=rule)

    def awake(self, digest: Digest) -> str | None:
        """`18 sources were read, the last at 06:58; 412 articles were looked at.`; None: nothing is known."""
        if not digest.parts and digest.health and _unread(digest) == len(digest.health):
            return None  # that no article was looked at says nothing then
        parts: list[str] = []
        read = digest.sources_read
        if read is None:
            read = sum(health.healthy for health in digest.health)
        if read:
            said = self.count(self.words.sources_read, read)
            if digest.last_read is not None:
                said += f", {self._last_read(digest.last_read)}"
            parts.append(said)
        # A story that was seen before and matched only now is of no article of this window.
        if digest.articles_seen or (digest.articles_seen == 0 and not digest.parts):
            parts.append(self.count(self.words.articles_seen, digest.articles_seen))
        sentence = self.words.semicolon.join(parts)
        return _sentence(sentence) if sentence else None

    def unread(self, digest: Digest) -> str | None:
        """`12 of 15 sources could not be read`, of half of them or more; None: that is not so."""
        unread, sources = _unread(digest), len(digest.health)
        if not unread or 2 * unread < sources:
            return None
        if unread == sources:
            return self.words.none_read
        number = self.times.number
        return self.words.most_unread.format(unread=number(unread), sources=number(sources))

    def quiet(self, digest: Digest) -> str:
        """That nothing matched, or why that says little."""
        unread = self.unread(digest)
        if unread is None:
            return self.words.quiet
        is_all = unread == self.words.none_read
        return _sentence(unread) if is_all else f"{_sentence(unread)} {self.words.quiet}"

    def window(self, digest: Digest) -> str:
        """`From yesterday 07:00 to today 07:00.`"""
        end = self.times.time(digest.composed_at)
        if digest.since is None:
            return self.words.window_first.format(end=end)
        return self.words.window.format(start=self.times.time(digest.since), end=end)

    def _within(self, spike: Spike, now: datetime) -> str:
        """The clock alone says which hour it was, for a day."""
        if spike.until is None or now - spike.until <= _JUST_NOW:
            return self.words.last_hour
        is_near = now - spike.until < timedelta(hours=23)
        time = self.times.clock(spike.until) if is_near else self.times.time(spike.until)
        return self.words.hour_to.format(time=time)

    def _last_read(self, moment: datetime) -> str:
        if self.times.is_today(moment):
            return self.words.last_read_today.format(clock=self.times.clock(moment))
        return self.words.last_read.format(time=self.times.time(moment))


def _unread(digest: Digest) -> int:
    """Sources that are not well, without those that were read in the digest's window all the same."""
    unwell = sum(not health.healthy for health in digest.health)
    return max(0, min(unwell, len(digest.health) - (digest.sources_read or 0)))


def _sentence(said: str) -> str:
    return said[0].upper() + said[1:] + "."


def name_of(text: str) -> str:
    """The name of a rule, a source or a person, fit to be shown."""
    return shortened(plain(text), LONGEST_NAME)
