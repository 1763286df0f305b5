"""Sources that are gone, that have failed for long, or that have moved for good. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from watchdesk.config.shown_address import shown_address
from watchdesk.model import Source, SourceState, Trouble
from watchdesk.model.sources import ADDRESS_ADVICE
from watchdesk.notices import subjects
from watchdesk.notices.subjects import reading
from watchdesk.notices.wording import clock, in_a_sentence

NIGHT = timedelta(days=1)
"""A source that has worked is given a day before its failing is reported: servers have bad nights."""
SILENT = timedelta(days=2)
"""A source that was not read for so long is not well, even where it was never asked: its host was held."""
PATIENCE = 3
"""Polls that fail in a row before a source counts as unhealthy: one lost answer is no news, and three at
growing intervals are."""
MOST_FAILING = "failing-sources"
"""The key of `MostSourcesFailing`."""
_FEW = 3
"""With fewer that fail, each is reported for itself."""
_MANY, _STILL_MANY = 0.5, 0.2
"""Parts of the sources that are polled."""


@dataclass(frozen=True, slots=True)
class SourceGone:
    """Its publisher says that it is gone for good."""

    source_id: str
    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class SourceFailing:
    """It could not be read for long."""

    source_id: str
    name: str
    url: str | None
    last_success: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class SourceMoved:
    """It has moved for good."""

    source_id: str
    name: str
    url: str | None
    moved_to: str


@dataclass(frozen=True, slots=True)
class MostSourcesFailing:
    """So many sources cannot be read that the fault is hardly theirs."""

    failing: int
    polled: int
    error: str
    """The one that most of them have."""


SourceCause: TypeAlias = SourceGone | SourceFailing | SourceMoved | MostSourcesFailing


@dataclass(frozen=True, slots=True)
class PolledSource:
    """A source, and what is remembered of the address that is configured for it now."""

    source: Source
    state: SourceState
    has_moved: bool
    """Permanent redirects have held for long enough to be believed."""


def troubled_sources(polled: Iterable[PolledSource], now: datetime) -> Iterator[SourceCause]:
    """One at most for each source that is not paused."""
    for one in polled:
        source, state = one.source, one.state
        if source.paused:
            continue
        if state.gone:
            yield SourceGone(source.id, source.name, state.url)
        elif state.error is not None and _has_failed_for_long(state, now):
            yield SourceFailing(source.id, source.name, state.url, state.last_success, state.error)
        elif one.has_moved and state.moved_to is not None:
            yield SourceMoved(source.id, source.name, state.url, state.moved_to)


def most_failing(
    unwell: Iterable[PolledSource], polled: int, *, was_told: bool
) -> Iterator[MostSourcesFailing]:
    """Where half of the sources that are polled cannot be read, or a fifth of them still.

    `was_told`: the operators know of it, and that it is over is not said before it clearly is.
    """
    errors = Counter(
        one.state.error
        for one in unwell
        if one.state.error is not None
        and one.state.failures >= PATIENCE
        and not (one.source.paused or one.state.gone)
    )
    failing = errors.total()
    if are_most(failing, polled, was_told=was_told):
        yield MostSourcesFailing(failing, polled, errors.most_common(1)[0][0])


def are_most(failing: int, polled: int, *, was_told: bool = False) -> bool:
    """Whether so many of the sources that are polled fail that the fault is hardly theirs."""
    return failing >= max(_FEW, polled * (_STILL_MANY if was_told else _MANY))


def _has_failed_for_long(state: SourceState, now: datetime) -> bool:
    if state.last_success is None:
        return state.failures >= PATIENCE
    unread = now - state.last_success
    return unread >= NIGHT and (state.failures >= PATIENCE or unread >= SILENT)


def trouble(cause: SourceCause) -> Trouble:
    """See `causes.trouble_of`."""
    match cause:
        case MostSourcesFailing(failing=failing, polled=polled, error=error):
            return _most(failing, polled, error)
        case SourceGone() | SourceFailing() | SourceMoved():
            return _of_one(cause)
        case _:
            assert_never(cause)


def _of_one(cause: SourceGone | SourceFailing | SourceMoved) -> Trouble:
    address = shown_address(cause.url or "its address")
    match cause:
        case SourceGone(source_id=source_id, name=name, url=url):
            return Trouble(
                f"gone:{source_id}:{url and shown_address(url)}",
                f"The publisher of {name} ({address}) says that it is gone for good, so it is no longer "
                "polled. Find its new address, or remove it from sources.yaml.",
                recovery=f"{name} is polled again; it was gone for good at {address}.",
                subject=reading(source_id),
            )
        case SourceFailing(source_id=source_id, name=name, last_success=success, error=error):
            unread = f"has not been read since {clock(success)}" if success else "was never read"
            return Trouble(
                f"failing:{source_id}",
                f"{name} ({address}) {unread}: {shown_address(error)}.",
                recovery=f"{name} ({address}) can be read again.",
                subject=reading(source_id),
            )
        case SourceMoved(source_id=source_id, name=name, moved_to=moved_to):
            return Trouble(
                f"moved:{source_id}:{shown_address(moved_to)}",
                f"{name} ({address}) has moved permanently to {shown_address(moved_to)}. It is polled "
                "there; put the new address into sources.yaml.",
                subject=subjects.address(source_id),
            )
        case _:
            assert_never(cause)


def _most(failing: int, polled: int, error: str) -> Trouble:
    why = in_a_sentence(shown_address(error)).removesuffix(ADDRESS_ADVICE)
    return Trouble(
        MOST_FAILING,
        f"{failing:,} of {polled:,} sources cannot be read, most often because: {why}. "
        "Look at this machine's network, its name resolution and its proxy. Each source is tried again, and "
        "what it publishes meanwhile is read then, as far as its feed still holds it.",
        recovery="Most sources can be read again.",
    )
