"""The facts that the service keeps between its runs as notes in the database: one type for each.

Only this module knows how a fact is named and written. The room that finds a fact decides when to remember
it. What the database notes of itself (`database.*`) belongs to `store.opening`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias, TypeVar, assert_never

from watchdesk.encoding.repair import clean
from watchdesk.logger import get_logger
from watchdesk.model import FaultKind, SizeKept, SizeSample, SizeSamples, SourceFault, SourceFaults
from watchdesk.ports import NoteStore

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When the running service last wrote that it is alive."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ServiceStart:
    """When the service last started."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ClockCheck:
    """The last look at the clock, and since when it has gone without a leap."""

    steady_since: datetime
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class ClockLeap:
    """When the clock was found to be so far ahead of the last look that nobody can tell what is old."""

    at: datetime


@dataclass(frozen=True, slots=True)
class LoadedConfiguration:
    """When the configuration in force was read."""

    at: datetime


@dataclass(frozen=True, slots=True)
class RefusedConfiguration:
    """The files were changed and cannot be used; the configuration before stays in force."""

    at: datetime
    reason: str
    """Every mistake as a terminal shows it, with the line that it is on."""
    mistakes: tuple[str, ...] = ()
    """One sentence each, with its place. None where the reason is no mistake in the files."""
    since: datetime | None = None
    """When files were first refused, since there were good ones; None: at this time."""


@dataclass(frozen=True, slots=True)
class SourcesNotice:
    """When the operators were last told of sources: what comes soon after is gathered."""

    at: datetime


@dataclass(frozen=True, slots=True)
class FailedDigest:
    """A digest that could not be made by a mistake in watchdesk."""

    digest: str
    at: datetime
    """Of the last attempt."""
    why: str


@dataclass(frozen=True, slots=True)
class BrokenTemplate:
    """A template of the desk's own that could not be used."""

    file: str
    fingerprint: str
    """Of all templates as they were then."""
    sentence: str


@dataclass(frozen=True, slots=True)
class UnitScores:
    """The scores of matches are from 0 to 1. A database of an older watchdesk does not say so."""


@dataclass(frozen=True, slots=True)
class OldThreshold:
    """An `at_least` that was set before scores went from 0 to 1, and what it would do now."""

    rule: str
    at_least: float
    below: int
    """Matches of the month before whose score is lower now."""
    matches: int
    """All matches of that month."""
    found_at: datetime
    shown: bool = False
    """Whether `check` has shown it."""


@dataclass(frozen=True, slots=True)
class LookedBack:
    """A rule with `backfill` has looked at the archive. It does so again when it asks something else."""

    rule: str
    asked: str
    """What it asked then, as a fingerprint."""
    since: datetime
    """How far back it looked."""
    at: datetime
    found: int
    """Articles that it matches."""
    new: int
    """Of these, those that it had not matched before."""
    is_cut: bool = False
    """There were more, and it stopped."""


_Singular: TypeAlias = (
    Heartbeat
    | ServiceStart
    | ClockCheck
    | ClockLeap
    | LoadedConfiguration
    | RefusedConfiguration
    | SourcesNotice
    | UnitScores
    | SizeSamples
    | SizeKept
    | SourceFaults
)
"""Facts of which there is one."""
Fact: TypeAlias = _Singular | FailedDigest | BrokenTemplate | OldThreshold | LookedBack
_Kind = TypeVar("_Kind", bound=Fact)


@dataclass(frozen=True, slots=True)
class Remembered:
    """All facts as they were read at one time."""

    heartbeat: Heartbeat | None = None
    started: ServiceStart | None = None
    clock: ClockCheck | None = None
    clock_leap: ClockLeap | None = None
    loaded: LoadedConfiguration | None = None
    refused: RefusedConfiguration | None = None
    sources_notice: SourcesNotice | None = None
    failed_digests: tuple[FailedDigest, ...] = ()
    """By the name of the digest."""
    broken_templates: tuple[BrokenTemplate, ...] = ()
    """By the name of the file."""
    unit_scores: UnitScores | None = None
    old_thresholds: tuple[OldThreshold, ...] = ()
    """By the id of the rule."""
    looked_back: tuple[LookedBack, ...] = ()
    """By the id of the rule."""
    sizes: SizeSamples | None = None
    size_kept: SizeKept | None = None
    source_faults: SourceFaults | None = None


def remembered(store: NoteStore) -> Remembered:
    """Reads all facts at once; one that cannot be read counts as absent. Raises `StorageError`."""
    read = (_read(name, value) for name, value in sorted(store.notes().items()))
    facts = [fact for fact in read if fact is not None]
    return Remembered(
        heartbeat=_only(facts, Heartbeat),
        started=_only(facts, ServiceStart),
        clock=_only(facts, ClockCheck),
        clock_leap=_only(facts, ClockLeap),
        loaded=_only(facts, LoadedConfiguration),
        refused=_only(facts, RefusedConfiguration),
        sources_notice=_only(facts, SourcesNotice),
        failed_digests=tuple(fact for fact in facts if isinstance(fact, FailedDigest)),
        broken_templates=tuple(fact for fact in facts if isinstance(fact, BrokenTemplate)),
        unit_scores=_only(facts, UnitScores),
        old_thresholds=tuple(fact for fact in facts if isinstance(fact, OldThreshold)),
        looked_back=tuple(fact for fact in facts if isinstance(fact, LookedBack)),
        sizes=_only(facts, SizeSamples),
        size_kept=_only(facts, SizeKept),
        source_faults=_only(facts, SourceFaults),
    )


def remember(store: NoteStore, fact: Fact) -> None:
    """Writes a fact, in place of what it was before. Raises `StorageError`."""
    store.set_note(_name(fact), clean(_written(fact)))


def forget(store: NoteStore, fact: Fact | type[_Singular]) -> None:
    """Removes a fact that no longer holds. Raises `StorageError`."""
    name = _SINGLES[fact] if isinstance(fact, type) else _name(fact)
    store.set_note(name, None)


_SINGLES: Mapping[type[_Singular], str] = {
    Heartbeat: "service.heartbeat",
    ServiceStart: "service.started",
    ClockCheck: "clock.steady",
    ClockLeap: "clock.leapt",
    LoadedConfiguration: "configuration.loaded",
    RefusedConfiguration: "configuration.refused",
    SourcesNotice: "operators.sources",
    UnitScores: "scores.unit",
    SizeSamples: "service.database_sizes",
    SizeKept: "articles.size_kept",
    SourceFaults: "sources.faults",
}
_DIGEST = "digest.failed:"
_TEMPLATE = "template.broken:"
_THRESHOLD = "rule.old_threshold:"
_LOOKED_BACK = "rule.looked_back:"
_UNIT = "0 to 1"

UNIT_SCORES = _SINGLES[UnitScores], _UNIT
"""Name and value of the note with which a new database begins."""


def _name(fact: Fact) -> str:
    match fact:
        case OldThreshold(rule=rule):
            return _THRESHOLD + rule
        case LookedBack(rule=rule):
            return _LOOKED_BACK + rule
        case FailedDigest(digest=digest):
            return _DIGEST + digest
        case BrokenTemplate(file=file):
            return _TEMPLATE + file
        case Heartbeat() | ServiceStart() | ClockCheck() | LoadedConfiguration() | RefusedConfiguration():
            return _SINGLES[type(fact)]
        case UnitScores() | SizeSamples() | SizeKept() | SourcesNotice() | SourceFaults() | ClockLeap():
            return _SINGLES[type(fact)]
        case _:
            assert_never(fact)


def _only(facts: Sequence[Fact], kind: type[_Kind]) -> _Kind | None:
    return next((fact for fact in facts if isinstance(fact, kind)), None)


def _written(fact: Fact) -> str:  # noqa: PLR0911, PLR0912  one spelling a kind
    """A moment (ISO 8601) or a fingerprint, and after a space what else there is; a refusal is JSON.

    Every watchdesk has written them so, and one that is put back to the version before must read them: it
    makes no digest at all while it cannot read when one failed.
    """
    match fact:
        case Heartbeat(at) | ServiceStart(at) | LoadedConfiguration(at) | SourcesNotice(at) | ClockLeap(at):
            return at.isoformat()
        case ClockCheck(since, checked):
            return f"{since.isoformat()} {checked.isoformat()}"
        case RefusedConfiguration(at, reason, mistakes, since):
            written = {"at": at.isoformat(), "reason": clean(reason), "mistakes": list(map(clean, mistakes))}
            if since:
                written["since"] = since.isoformat()
            return json.dumps(written, ensure_ascii=False)
        case FailedDigest(_, at, why):
            return f"{at.isoformat()} {why}"
        case BrokenTemplate(_, fingerprint, sentence):
            return f"{fingerprint} {sentence}"
        case UnitScores():
            return _UNIT
        case SizeSamples(samples):
            return json.dumps([[one.at.isoformat(timespec="seconds"), one.used] for one in samples])
        case SizeKept(most, removed_at, removed_to, nothing_left_since, fits_since, least):
            moments = removed_at, removed_to, nothing_left_since, fits_since
            return json.dumps([most, *(at.isoformat() if at else None for at in moments), least])
        case SourceFaults(faults):
            return json.dumps([_fault_row(fault) for fault in faults])
        case OldThreshold(_, at_least, below, matches, at, shown):
            return json.dumps([at_least, below, matches, at.isoformat(), shown])
        case LookedBack(_, asked, since, at, counted, new, is_cut):
            return json.dumps([asked, since.isoformat(), at.isoformat(), counted, new, is_cut])
        case _:
            assert_never(fact)


@lru_cache(maxsize=256)
def _read(name: str, value: str) -> Fact | None:
    """Kept by its value, so that the log names one that cannot be read once, and not at every look."""
    try:
        return _parsed(name, value)
    except (ValueError, KeyError, TypeError) as error:
        log.warning("a note in the database cannot be read; it counts as absent", name=name, why=str(error))
        return None


def _parsed(name: str, value: str) -> Fact | None:
    """None for a name that is not ours. Raises `ValueError`, `KeyError` or `TypeError`."""
    if name.startswith(_DIGEST):
        at, _, why = value.partition(" ")
        return FailedDigest(name.removeprefix(_DIGEST), _moment(at), why)
    if name.startswith(_TEMPLATE):
        fingerprint, _, sentence = value.partition(" ")
        return BrokenTemplate(name.removeprefix(_TEMPLATE), fingerprint, sentence)
    if name.startswith(_THRESHOLD):
        at_least, below, matches, at, shown = json.loads(value)
        numbers = float(at_least), int(below), int(matches)
        return OldThreshold(name.removeprefix(_THRESHOLD), *numbers, _moment(at), shown is True)
    if name.startswith(_LOOKED_BACK):
        asked, since, at, counted, new, is_cut = json.loads(value)
        said = str(asked), _moment(since), _moment(at), int(counted), int(new), is_cut is True
        return LookedBack(name.removeprefix(_LOOKED_BACK), *said)
    parse = _PARSERS.get(name)
    return parse(value) if parse else None


def _clock(value: str) -> ClockCheck:
    since, checked = value.split()
    return ClockCheck(_moment(since), _moment(checked))


def _refused(value: str) -> RefusedConfiguration:
    """A watchdesk from before mistakes were stored as a list wrote the moment, a space and the reason."""
    if not value.startswith("{"):
        at, _, reason = value.partition(" ")
        return RefusedConfiguration(_moment(at), reason)
    found = json.loads(value)
    at, reason, *mistakes = _strings([found["at"], found["reason"], *found.get("mistakes", [])])
    since = _moment(found["since"]) if "since" in found else None
    return RefusedConfiguration(_moment(at), reason, tuple(mistakes), since)


def _fault_row(fault: SourceFault) -> list[object]:
    since = fault.since.isoformat()
    return [fault.source_id, str(fault.kind), fault.url, since, fault.brought, fault.usual]


def _faults(value: str) -> SourceFaults:
    rows = json.loads(value)
    return SourceFaults(
        tuple(
            SourceFault(str(source), FaultKind(kind), url, _moment(since), int(brought), int(usual))
            for source, kind, url, since, brought, usual in rows
        )
    )


_PARSERS: Mapping[str, Callable[[str], Fact]] = {
    _SINGLES[Heartbeat]: lambda value: Heartbeat(_moment(value)),
    _SINGLES[ServiceStart]: lambda value: ServiceStart(_moment(value)),
    _SINGLES[LoadedConfiguration]: lambda value: LoadedConfiguration(_moment(value)),
    _SINGLES[SourcesNotice]: lambda value: SourcesNotice(_moment(value)),
    _SINGLES[UnitScores]: lambda _value: UnitScores(),
    _SINGLES[ClockCheck]: _clock,
    _SINGLES[ClockLeap]: lambda value: ClockLeap(_moment(value)),
    _SINGLES[SourceFaults]: _faults,
    _SINGLES[SizeSamples]: lambda value: SizeSamples(
        tuple(SizeSample(_moment(at), int(used)) for at, used in json.loads(value))
    ),
    _SINGLES[SizeKept]: lambda value: _size_kept(*json.loads(value)),
    _SINGLES[RefusedConfiguration]: _refused,
}


def _size_kept(most: int, *said: str | int | None) -> SizeKept:
    removed_at, removed_to, since, fits = (None if one is None else _moment(str(one)) for one in said[:-1])
    least = None if said[-1] is None else int(said[-1])
    return SizeKept(int(most), removed_at, removed_to, since, fits, least)


def _strings(values: list[object]) -> list[str]:
    texts = [one for one in values if isinstance(one, str)]
    if len(texts) < len(values):
        raise TypeError("a text is no text")
    return texts


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"the time {text} has no zone")
    return moment
