"""Reads who tells the stories that wait for a digest, and chooses what of them goes out.

What is chosen is decided in `digests.choosing`. Everything it depends on is in the store, so that another
process, whatever ended this one, chooses the same.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from watchdesk import digests
from watchdesk.config.settings import DigestSettings
from watchdesk.digests.choosing import Choice, choose, chooses, mark_of
from watchdesk.model import DigestMark, Queued
from watchdesk.ports import Store


def choice_for(
    store: Store, setting: DigestSettings, now: datetime, silent: Collection[str]
) -> Choice | None:
    """What of the digest's queue goes out; None: all of it, whatever its stories are."""
    return _read(store, setting, now, silent)[1] if chooses(setting) else None


def chosen(
    store: Store, setting: DigestSettings, mark: DigestMark, now: datetime, silent: Collection[str]
) -> tuple[DigestMark, Choice | None]:
    """The digest's mark with the news alone in its queues, and the choice that was made, if one was.

    `mark`: without what silent rules found.
    """
    if not mark.queues or not chooses(setting):
        return mark, None
    queued, choice = _read(store, setting, now, silent)
    return mark_of(mark, queued, choice), choice


def news_marks(
    settings: Mapping[str, DigestSettings], store: Store, now: datetime
) -> Mapping[str, DigestMark]:
    """What is remembered of each digest, with the news alone in its queues, and without silent rules."""
    silent = digests.silent_until(store.silences(now), now)
    heard = {name: mark.without(silent) for name, mark in store.digest_marks().items()}
    return {
        name: chosen(store, settings[name], mark, now, silent)[0] if name in settings else mark
        for name, mark in heard.items()
    }


def _read(
    store: Store, setting: DigestSettings, now: datetime, silent: Collection[str]
) -> tuple[Sequence[Queued], Choice]:
    queued = [match for match in store.queued(setting.name) if match.rule_id not in silent]
    stories = {match.story_id for match in queued}
    coverage = store.coverage(stories) if setting.only else {}
    told = store.surely_included(setting.name, stories)
    return queued, choose(setting, queued, coverage, told, now)
