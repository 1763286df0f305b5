"""What a poll teaches about a source: what its documents say, what may be missing, when to poll next. Pure.

It puts the facts together; `scheduling` learns the rhythm and chooses the next poll.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from watchdesk.encoding.display import one_line, shortened
from watchdesk.encoding.repair import clean
from watchdesk.model import (
    Fetched,
    FetchOutcome,
    GuidDoubt,
    GuidFault,
    NotModified,
    ParsedFeed,
    Source,
    SourceState,
    Validators,
)
from watchdesk.scheduling import believable, learned, next_poll

_LONGEST_GUID = 80
"""Characters of a guid that are shown."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one poll read in a source's documents."""

    feed: ParsedFeed
    entries: int
    """How many were in them."""
    published: Sequence[datetime | None] = ()
    """When each new article was published; None where that is not known."""
    gap: bool = False
    """No entry of the previous poll was left."""
    troubles: tuple[str, ...] = ()
    parts: Mapping[str, Validators] = field(default_factory=dict)
    guid_doubt: GuidDoubt | None = None
    """Why the source's guids are not trusted."""
    filled: bool = False
    """What a gap had missed was read from older pages."""


def is_gap(before: SourceState, entries: int, *, any_known: bool) -> bool:
    """Whether entries were probably missed since the previous poll: none of that poll's entries is left.

    For a document that always holds one entry this means nothing.
    """
    return before.window > 0 and entries > 0 and max(before.window, entries) > 1 and not any_known


def after_reading(before: SourceState, after: SourceState, seen: Seen, now: datetime) -> SourceState:
    """The state `after` a response, with what was read in its documents."""
    return replace(
        after,
        title=seen.feed.title or before.title,
        trouble=(
            *(clean(trouble) for trouble in seen.feed.trouble + seen.troubles),
            *_of_guids(seen.guid_doubt),
        ),
        hints=seen.feed.hints,
        last_new=now if seen.published else before.last_new,
        window=seen.entries or before.window,
        gaps=before.gaps + seen.gap,
        last_gap=now if seen.gap and not seen.filled else before.last_gap,
        parts=seen.parts,
        guid_doubt=seen.guid_doubt,
    )


def _of_guids(doubt: GuidDoubt | None) -> tuple[str, ...]:
    """Why guids are not trusted, for the person who follows the source."""
    if doubt is None:
        return ()
    guid = shortened(one_line(doubt.guid), _LONGEST_GUID)
    match doubt.fault:
        case GuidFault.SHARED:
            seen = f"it gives the guid “{guid}” to different entries"
        case GuidFault.MOVED:
            seen = f"its guid “{guid}” moved from one article to another"
        case _:
            assert_never(doubt.fault)
    return (
        f"{seen}, so its guids have not been believed since {doubt.since:%Y-%m-%d}: an entry is known by an "
        "address that no other entry has, else by its title and words",
    )


def scheduled(
    source: Source,
    before: SourceState,
    after: SourceState,
    outcome: FetchOutcome,
    now: datetime,
    rng: random.Random,
    seen: Seen | None = None,
) -> SourceState:
    """The state with the rhythm as learned from this poll, and the time of the next one.

    `seen`: what was read; None if nothing was, because it had not changed or could not be fetched.
    """
    rhythm, since = before.rhythm, before.last_success
    if isinstance(outcome, Fetched | NotModified):
        published = seen.published if seen else ()
        arrivals = (
            [at for at in published if at]
            if since is None
            else [believable(at, since, now) for at in published]
        )
        rhythm = learned(rhythm, arrivals, since, now, gap=seen is not None and seen.gap)
    # `scheduling` counts this failure itself.
    asked = replace(after, rhythm=rhythm, failures=before.failures)
    due = next_poll(source, asked, outcome, now, rng)
    return replace(after, rhythm=rhythm, next_poll=due)
