"""What became of a match: why it alerts nobody, and why it no longer waits for a digest."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """Whether an article may alert anyone. Only `NEWS` reaches digests; the others go to the archive."""

    NEWS = "news"
    OLD_AT_FIRST_POLL = "old-at-first-poll"
    """Older than `polling.first_poll` when its source was polled for the first time."""
    UNDATED_AT_FIRST_POLL = "undated-at-first-poll"
    """Undated when its source was polled for the first time."""
    OLDER_THAN_ITS_GAP = "older-than-its-gap"
    """On an older page, and published before the gap that was read there."""
    TOO_OLD = "too-old"
    """Published longer ago than `articles.oldest` when first seen."""


class Release(StrEnum):
    """Why a match that waited for a digest waits no longer, though the digest never held it."""

    NO_SPIKE = "no-spike"
    """The digest asks for spikes, and none came within hours."""
    DIGEST_GONE = "digest-gone"
    """The digest was taken out of the configuration."""
    NOT_WANTED = "not-wanted"
    """The digest asks for more sources than told its story in time."""
    IN_IT_BEFORE = "in-it-before"
    """A rule found it by looking back, and the digest had held the article before, found by another rule."""
    LOOKED_BACK = "looked-back"
    """A rule found it by looking back, and the digest asks for spikes."""


@dataclass(frozen=True, slots=True)
class Released:
    """When a match was let go, and why."""

    reason: Release
    at: datetime
    sources: int | None = None
    """Of what was not wanted: how many sources told its story."""
    sources_wanted: int | None = None
    """And how many the digest asks for."""
