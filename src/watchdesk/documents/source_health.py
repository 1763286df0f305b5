"""How the desk's sources are, in short: how many fail, whether most do, how many were never asked.

`sources.health` judges each; `documents.sources` describes them one by one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchdesk import sources
from watchdesk.model import Source, SourceCondition, Trouble
from watchdesk.notices import trouble_of
from watchdesk.notices.sources import MostSourcesFailing, are_most
from watchdesk.plan import Configured
from watchdesk.ports import Store

_FOLLOWED = timedelta(days=1)
"""A source that was not asked for so long, while others were, has left the files, as far as can be told."""


@dataclass(frozen=True, slots=True)
class SourcesFound:
    """What is known of them."""

    count: int = 0
    """Those of the files; where these cannot be used, those that were asked lately."""
    unhealthy: tuple[str, ...] = ()
    never_polled: int = 0
    """Those of which nothing is known yet, without paused ones."""
    most: Trouble | None = None
    """So many cannot be read that the fault is hardly theirs."""
    gone: tuple[str, ...] = ()
    """Of the unhealthy ones, those that their publisher has given up."""

    @property
    def failing(self) -> tuple[str, ...]:
        """Those that a person is told of one by one: they may come back, and not most of them fail."""
        return () if self.most else tuple(name for name in self.unhealthy if name not in self.gone)


def sources_found(store: Store, configured: Configured | None, now: datetime) -> SourcesFound:
    """Raises `StorageError`."""
    if configured:
        conditions: Mapping[str, SourceCondition] = store.conditions()
        followed = tuple(configured.settings.sources.values())
    else:
        summaries = store.summaries()
        asked = {name: one.last_attempt for name, one in summaries.items() if one.last_attempt}
        last = max(asked.values(), default=now)
        followed = tuple(
            Source(name, summaries[name].url or "") for name, at in asked.items() if last - at < _FOLLOWED
        )
        conditions = summaries
    healths = sources.health(followed, conditions, now)
    unwell = [one.source_id for one in healths if not one.healthy]
    gone = tuple(name for name in unwell if conditions[name].gone)
    failing = [name for name in unwell if name not in gone]
    return SourcesFound(
        len(followed),
        tuple(unwell),
        sum(not source.paused and source.id not in conditions for source in followed),
        _most((conditions[name].error for name in failing), len(healths)),
        gone,
    )


def _most(errors: Iterable[str | None], polled: int) -> Trouble | None:
    """Sooner than the operators are told of it."""
    counts = Counter(error or "" for error in errors)
    if not are_most(counts.total(), polled):
        return None
    return trouble_of(MostSourcesFailing(counts.total(), polled, counts.most_common(1)[0][0]))


def sources_in_words(found: SourcesFound) -> str:
    """`16, 2 failing`, `17, none asked yet`."""
    if found.count and found.never_polled == found.count:
        return f"{found.count:,}, none asked yet"
    never = f", {found.never_polled:,} not asked yet" if found.never_polled else ""
    return f"{found.count:,}, {len(found.unhealthy) or 'none'} failing{never}"
