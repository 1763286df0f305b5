"""Each trouble is reported once for as long as it lasts: what is news now, and to whom. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from watchdesk.config.settings import Settings
from watchdesk.model import Notice, ReportedTrouble, Trouble
from watchdesk.notices.causes import Cause, trouble_of
from watchdesk.notices.dead_letters import DeadDigests
from watchdesk.notices.sources import MostSourcesFailing, SourceFailing
from watchdesk.notices.subjects import of_desk, of_sources

SELDOM = timedelta(hours=1)
"""Of one channel's dead letters, one cause is reported in this time; of sources, one notice. A trouble that
the service reports directly is not reported again sooner, should it end and come back."""
STEADY = timedelta(minutes=1)
"""How long a trouble that was reported directly is over before that is said."""
KEPT = timedelta(days=7)
"""How long a trouble that ended is remembered."""
_NOBODY: Mapping[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class News:
    """What is to be reported."""

    notices: Mapping[tuple[str, ...], Notice]
    """By the channels that the notice goes to; without what no channel can report now."""
    over: frozenset[str]
    """Keys of the troubles whose end a notice reports: should they come back, they are reported again."""
    ended: frozenset[str]
    """Keys of those that are over without a word."""
    of_sources: bool
    """Sources are among it: what comes of them within the hour is gathered."""


@dataclass(frozen=True, slots=True)
class Before:
    """What the operators know."""

    reported: Mapping[str, ReportedTrouble]
    """By key."""
    sources_at: datetime | None
    """When they were last told of sources."""


def news(
    causes: Iterable[Cause],
    before: Before,
    settings: Settings,
    stopped: Collection[str],
    now: datetime,
    owners: Mapping[str, tuple[str, ...]] = _NOBODY,
) -> News:
    """What of the causes is news, and of the ends of others. `stopped`: channels that cannot be sent to.

    `owners`: by subject, the channels that are told besides the operators'. Keys are computed and compared,
    never parsed.
    """
    lasting = {(trouble := trouble_of(cause)).cause: (cause, trouble) for cause in causes}
    reported = {key: one for key, one in before.reported.items() if not (one.is_over and key in lasting)}
    over = {key: one for key, one in reported.items() if key not in lasting}
    subjects = _Subjects(settings, before.sources_at, owners, stopped, now)
    told: dict[tuple[str, ...], tuple[list[Trouble], list[Trouble]]] = {}
    for trouble in _seldom(lasting, reported, now):
        to = subjects.channels(trouble)
        if to and not subjects.waits(trouble.subject):
            told.setdefault(to, ([], []))[0].append(trouble)
    ends = _ends(over, [trouble for _, trouble in lasting.values()], subjects)
    for trouble in ends.said:
        told.setdefault(subjects.channels(trouble), ([], []))[1].append(trouble)
    return News(
        {to: Notice(tuple(fresh), tuple(ended)) for to, (fresh, ended) in told.items()},
        ends.over,
        ends.ended,
        of_sources=any(
            subjects.is_of_source(one.subject) for said in told.values() for part in said for one in part
        ),
    )


class _Subjects:
    """Which subjects there are, and which wait to be gathered. They are many, and seldom asked for."""

    def __init__(
        self,
        settings: Settings,
        sources_at: datetime | None,
        owners: Mapping[str, tuple[str, ...]],
        stopped: Collection[str],
        now: datetime,
    ) -> None:
        self._settings = settings
        self._owners = owners
        self._stopped = stopped
        self._wait = sources_at is not None and sources_at - SELDOM < now < sources_at + SELDOM

    @cached_property
    def _sources(self) -> frozenset[str]:
        return of_sources(self._settings)

    def has(self, subject: str | None) -> bool:
        """Whether the configuration still has it."""
        known = self._owners, self._sources, of_desk(self._settings)
        return subject is None or any(subject in subjects for subjects in known)

    def channels(self, trouble: Trouble) -> tuple[str, ...]:
        """Who is told of the trouble or its end: each channel once."""
        of = (one for one in (trouble.subject, *trouble.concerns) if one)
        owners = (name for subject in of for name in self._owners.get(subject, ()))
        told = (*self._settings.operators, *(name for name in owners if name in self._settings.channels))
        return tuple(
            name for name in dict.fromkeys(told) if name not in self._stopped and name != trouble.not_by
        )

    def is_of_source(self, subject: str | None) -> bool:
        """Whether it is about a source."""
        return subject in self._sources

    def waits(self, subject: str | None) -> bool:
        """Whether it is to be said later, together with others."""
        return self._wait and self.is_of_source(subject)


@dataclass(frozen=True, slots=True)
class _Ends:
    """What became of troubles that are over; those that are in neither set wait."""

    said: tuple[Trouble, ...]
    over: frozenset[str]
    ended: frozenset[str]


def _ends(over: Mapping[str, ReportedTrouble], lasting: Iterable[Trouble], subjects: _Subjects) -> _Ends:
    """Of one subject, one recovery is said, and none while another trouble has it."""
    unwell = {one.subject for one in lasting if one.subject}
    said: dict[str, Trouble] = {}
    keys: set[str] = set()
    ended: set[str] = set()
    for key, one in sorted(over.items(), key=lambda item: item[1].at):
        if one.recovery is None or not subjects.has(one.subject):
            ended.add(key)
        elif one.subject not in unwell and not subjects.waits(one.subject):
            before = said.get(one.subject or key)
            concerns = dict.fromkeys((*(before.concerns if before else ()), *one.concerns))
            end = Trouble(key, one.recovery, subject=one.subject, concerns=tuple(concerns))
            if subjects.channels(end):
                keys.add(key)
                said[one.subject or key] = end
            else:
                ended.add(key)
    return _Ends(tuple(said.values()), frozenset(keys), frozenset(ended))


def _seldom(
    lasting: Mapping[str, tuple[Cause, Trouble]], reported: Mapping[str, ReportedTrouble], now: datetime
) -> Iterator[Trouble]:
    """Those not reported yet. Of each channel's dead letters, one cause an hour; the others wait.

    So a receiver that refuses in ever other words causes no flood.
    """
    lately = {
        cause.channel
        for key, (cause, _) in lasting.items()
        if isinstance(cause, DeadDigests)
        and key in reported
        and now - SELDOM < reported[key].at < now + SELDOM
    }
    many = any(isinstance(cause, MostSourcesFailing) for cause, _ in lasting.values())
    for key, (cause, trouble) in lasting.items():
        if key in reported or (many and isinstance(cause, SourceFailing)):
            continue
        if isinstance(cause, DeadDigests):
            if cause.channel in lately:
                continue
            lately.add(cause.channel)
        yield trouble


@dataclass(frozen=True, slots=True)
class Reported:
    """A trouble sent to a channel directly, without the database. Its fields are those of told.json."""

    cause: str
    """Its key."""
    channel: str
    at: datetime
    lasts: bool = True
    """It has not ended since."""
    recovery: str | None = None
    """What is to be said when it is over; None: nothing, or it was said."""
    ended: datetime | None = None
    """When it was over."""


def direct_news(causes: Iterable[Cause], reported: Sequence[Reported], channel: str, now: datetime) -> Notice:
    """What was not sent to this channel yet, and may be."""
    troubles = map(trouble_of, causes)
    fresh = [one for one in troubles if one.not_by != channel and _is_news(one.cause, reported, channel, now)]
    over = {
        one.recovery: Trouble(one.cause, one.recovery)
        for one in reported
        if one.channel == channel and one.recovery and _is_over(one, now)
    }
    return Notice(tuple(fresh), tuple(over.values()))


def _is_news(key: str, reported: Sequence[Reported], channel: str, now: datetime) -> bool:
    known = [one for one in reported if (one.cause, one.channel) == (key, channel)]
    return not any(one.lasts or timedelta(0) <= now - one.at < SELDOM for one in known)


def _is_over(one: Reported, now: datetime) -> bool:
    """For long enough to be believed; what comes and goes is one trouble."""
    return not one.lasts and one.ended is not None and not timedelta(0) <= now - one.ended < STEADY


def with_ended(
    reported: Sequence[Reported], causes: Collection[Cause], now: datetime
) -> tuple[Reported, ...]:
    """What was reported, now that only these causes last; what ended long ago is forgotten.

    What has ended stays ended until it is reported again, unless its end was not said yet.
    """
    lasting = {trouble_of(cause).cause for cause in causes}
    as_of_now = [_as_of_now(one, now, is_lasting=one.cause in lasting) for one in reported]
    return tuple(one for one in as_of_now if one.lasts or now - one.at < KEPT or _is_unsaid(one, now))


def _is_unsaid(one: Reported, now: datetime) -> bool:
    """Whether its end is still to be said, to a channel that takes no notice now."""
    return one.recovery is not None and one.ended is not None and now - one.ended < KEPT


def _as_of_now(one: Reported, now: datetime, *, is_lasting: bool) -> Reported:
    if is_lasting:
        back = not one.lasts and one.recovery is not None
        return replace(one, lasts=True, ended=None) if back else one
    return replace(one, lasts=False, ended=now) if one.lasts else one
