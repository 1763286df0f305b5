"""The subject of a digest: the news first, because a telephone shows only forty characters."""

from collections.abc import Iterator

from watchdesk.digests.rendering.phrases import Phrases
from watchdesk.digests.rendering.sanitising import LONGEST_NAME, plain
from watchdesk.encoding.display import shortened
from watchdesk.model import Digest, DigestStory

LONGEST_SUBJECT = 150
TEST = "[Test] "


def subject_of(digest: Digest, phrases: Phrases) -> str:
    """A spike; else the headline of a single story; else how many and which rule leads."""
    said = _news(digest, phrases)
    return (TEST if digest.is_test else "") + shortened(said, LONGEST_SUBJECT)


def stories_of(digest: Digest) -> Iterator[DigestStory]:
    """Every story of it, shown or not, in the order of reading."""
    for part in digest.parts:
        yield from part.every


def _news(digest: Digest, phrases: Phrases) -> str:
    words = phrases.words
    if digest.spikes:
        steepest, *others = digest.spikes
        spike = phrases.spike(words.spike_subject, steepest, digest)
        return f"{spike} ({phrases.count(words.more, len(others))})" if others else spike
    title = shortened(plain(digest.title), LONGEST_NAME)
    stories = {story.story_id: story for story in stories_of(digest)}
    if not stories:
        return f"{title}{words.colon}{phrases.unread(digest) or words.quiet_subject}"
    if len(stories) == 1:
        (story,) = stories.values()
        return f"{title}{words.colon}{plain(story.best.article.title)}"
    # What was held back is listed, and is no news.
    leading = next((part for part in digest.parts if part.stories), digest.parts[0])
    leader = shortened(plain(leading.rule.title), LONGEST_NAME)
    count = phrases.count(words.stories, len(stories))
    return f"{title}{words.colon}{count}, {words.leads.format(rule=leader)}"
