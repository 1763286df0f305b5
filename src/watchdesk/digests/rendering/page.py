"""Turns a digest into the values that templates get.

It writes times in the reader's zone and language and checks addresses; nothing is HTML yet.
"""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from watchdesk.digests.links import Links
from watchdesk.digests.rendering.parts import PartWriter
from watchdesk.digests.rendering.phrases import Phrases, name_of
from watchdesk.digests.rendering.sanitising import (
    plain,
)
from watchdesk.digests.rendering.subject import stories_of, subject_of
from watchdesk.digests.rendering.view import (
    DigestView,
    LinkView,
    TroubleLine,
)
from watchdesk.encoding.display import shortened
from watchdesk.model import (
    Digest,
    SourceHealth,
)
from watchdesk.model.sources import ADDRESS_ADVICE

LONGEST_ERROR = 200
MOST_TROUBLES = 20
MOST_QUIET_RULES = 60
MOST_SPIKES = 20
MOST_SILENCED = 20
MOST_TOO_WIDE = 3
MOST_RULE_LINKS = 20
_FEW = 2
"""Sources that may fail for one reason, each by its own fault."""
MUTED_FOR = "3d"
_LEADING = 3
_LONGEST_PREVIEW = 200


def view_of(digest: Digest, timezone: ZoneInfo, language: str, links: Links | None = None) -> DigestView:
    """The whole digest as a reader in this zone and language sees it; nothing is left out for its length.

    `links`: to the desk's page; None: readers reach none.
    """
    phrases = Phrases(digest.composed_at, timezone, language)
    words = phrases.words
    stories = {story.story_id: story for story in stories_of(digest)}
    unwell = [health for health in digest.health if not health.healthy]
    return DigestView(
        name=digest.name,
        subject=subject_of(digest, phrases),
        title=name_of(digest.title),
        date=phrases.times.full(digest.composed_at),
        preview=_preview(digest),
        language=words.code,
        test=words.test if digest.is_test else None,
        spikes=_first(
            [phrases.spike(words.spike, spike, digest) for spike in digest.spikes[:MOST_SPIKES]],
            digest.spikes[MOST_SPIKES:],
            phrases,
        ),
        summary=phrases.summary(digest, stories) if stories else None,
        quiet=None if stories else phrases.quiet(digest),
        awake=phrases.awake(digest),
        contents=words.contents,
        parts=PartWriter(digest, phrases, links).parts(),
        shortened=(),
        also_in=words.also_in + words.colon,
        window=phrases.window(digest),
        health=_health(digest, unwell, phrases),
        troubles=tuple(_troubles(unwell[:MOST_TROUBLES], phrases)),
        more_troubles=_more(unwell[MOST_TROUBLES:], phrases),
        found_nothing=_found_nothing(digest, phrases),
        silenced=_first(
            [
                words.silent.format(rule=name_of(rule.title), time=phrases.times.time(until))
                for rule, until in digest.silenced[:MOST_SILENCED]
            ],
            digest.silenced[MOST_SILENCED:],
            phrases,
        ),
        archive_only=_archive_only(digest, phrases),
        not_wanted=_not_wanted(digest, phrases),
        waits=_waits(digest, phrases),
        too_wide=_too_wide(digest, phrases, len(stories)),
        why=_why(digest, phrases),
        ask=words.ask.format(addresses=", ".join(map(name_of, digest.ask))) if digest.ask else None,
        mute=_mute(digest, phrases),
        rules_label=words.rules_and_silences + words.colon,
        rule_links=tuple(_rule_links(digest, links)) if links else (),
    )


def _preview(digest: Digest) -> str:
    """The headlines that lead; the first words of a single story, whose headline is the subject."""
    stories = {story.story_id: story.best for story in stories_of(digest)}
    if len(stories) == 1:
        (found,) = stories.values()
        return shortened(plain(found.match.snippet.text), _LONGEST_PREVIEW)
    fresh = [part.stories[0] for part in digest.parts if part.stories]
    held_back = [story for part in digest.parts for story in (*part.updates, *part.held_back)]
    leading = {story.story_id: plain(story.best.article.title) for story in fresh or held_back}
    return shortened(" · ".join(list(leading.values())[:_LEADING]), _LONGEST_PREVIEW)


def _health(digest: Digest, unwell: Sequence[SourceHealth], phrases: Phrases) -> str:
    count = len(digest.health)
    if not count or (digest.sources_read == 0 and not unwell):
        return ""  # of sources that nobody has asked yet there is nothing to say
    if not unwell:
        return phrases.count(phrases.words.sources_well, count)
    well = phrases.times.number(count - len(unwell))
    return phrases.count(phrases.words.sources_unwell, count, well=well)


def _troubles(unwell: Sequence[SourceHealth], phrases: Phrases) -> Iterator[TroubleLine]:
    """A line a reason: where the network is down, all sources have the same one."""
    by_error: dict[str, list[SourceHealth]] = {}
    for health in unwell:
        by_error.setdefault(shortened(plain(health.error or ""), LONGEST_ERROR), []).append(health)
    for said, alike in by_error.items():
        is_theirs = len(alike) <= max(_FEW, len(unwell) // 2)
        error = said if is_theirs else said.removesuffix(ADDRESS_ADVICE)
        since = {health.source_id: _since(health, phrases) for health in alike}
        if len(set(since.values())) == 1:
            names = ", ".join(name_of(health.name) for health in alike)
            yield TroubleLine(names, since[alike[0].source_id], error)
        else:
            names = ", ".join(f"{name_of(health.name)} ({since[health.source_id]})" for health in alike)
            yield TroubleLine(names, "", error)


def _since(health: SourceHealth, phrases: Phrases) -> str:
    words = phrases.words
    return words.since.format(time=phrases.times.time(health.since)) if health.since else words.never


def _more(unnamed: Sequence[object], phrases: Phrases) -> str | None:
    return phrases.count(phrases.words.more, len(unnamed)) if unnamed else None


def _first(sentences: Sequence[str], unnamed: Sequence[object], phrases: Phrases) -> tuple[str, ...]:
    """The sentences, and how many more there would be."""
    more = _more(unnamed, phrases)
    return (*sentences, more) if more else tuple(sentences)


def _found_nothing(digest: Digest, phrases: Phrases) -> str | None:
    if not digest.quiet_rules:
        return None
    named = ", ".join(name_of(rule.title) for rule in digest.quiet_rules[:MOST_QUIET_RULES])
    others = _more(digest.quiet_rules[MOST_QUIET_RULES:], phrases)
    return phrases.words.found_nothing.format(rules=f"{named} {others}" if others else named)


def _archive_only(digest: Digest, phrases: Phrases) -> str | None:
    count = sum(digest.archive_only.values())
    return phrases.count(phrases.words.archive_only, count) if count else None


def _not_wanted(digest: Digest, phrases: Phrases) -> str | None:
    found = digest.not_wanted
    if not found or not found.articles:
        return None
    return phrases.count(phrases.words.not_wanted, found.articles, wanted=phrases.times.number(found.wanted))


def _waits(digest: Digest, phrases: Phrases) -> str | None:
    if not digest.not_wanted or not digest.waits:
        return None
    wanted = phrases.times.number(digest.not_wanted.wanted)
    return phrases.count(phrases.words.waits, digest.waits, wanted=wanted)


def _too_wide(digest: Digest, phrases: Phrases, total: int) -> str | None:
    if not digest.too_wide:
        return None
    number = phrases.times.number
    named = [f"{name_of(part.rule.title)} ({number(part.count)})" for part in digest.too_wide[:MOST_TOO_WIDE]]
    return phrases.words.too_wide.format(total=number(total), rules=", ".join(named))


def _why(digest: Digest, phrases: Phrases) -> str | None:
    if not digest.channels:
        return None
    channels = ", ".join(map(name_of, digest.channels))
    return phrases.words.why.format(digest=name_of(digest.title), channels=channels)


def _rule_links(digest: Digest, links: Links) -> Iterator[LinkView]:
    """In the order of reading; each rule once."""
    silenced = [rule for rule, _ in digest.silenced]
    rules = {
        rule.id: rule for rule in [*(part.rule for part in digest.parts), *silenced, *digest.quiet_rules]
    }
    for rule in list(rules.values())[:MOST_RULE_LINKS]:
        yield LinkView(name_of(rule.title), links.rule(rule.id))


def _mute(digest: Digest, phrases: Phrases) -> str | None:
    """With the rule that a reader sees first."""
    rules = [*(part.rule for part in digest.parts), *digest.quiet_rules]
    if not rules or not digest.channels:
        return None
    command = f"watchdesk silence {name_of(rules[0].id)} --until {MUTED_FOR}"
    return phrases.words.mute.format(command=command)
