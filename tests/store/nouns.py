"""Every noun that the store keeps: how one goes in, and how it comes out again."""

import tempfile
import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from sqlalchemy import URL

from store.test_store import MATCH, NOW, STATE, item
from support.made_up import MICROSECOND, MOMENTS, TEXTS, of, unique
from watchdesk import model
from watchdesk.encoding.repair import clean
from watchdesk.errors import RefusedRow
from watchdesk.model import (
    Appointment,
    DeliveryState,
    Digest,
    DigestMark,
    FoundLater,
    Ingested,
    Judgement,
    Known,
    Label,
    Parcel,
    Queue,
    Recalled,
    Release,
    Released,
    Rendered,
    ReportedTrouble,
    Silence,
    SourceCondition,
    SourceState,
    SourceSummary,
    StoredMatch,
    Trouble,
    Waited,
    WaitingMatch,
    WentOut,
)
from watchdesk.store import SqlStore
from watchdesk.store.database_identity import DatabaseIdentity, IdentityFile
from watchdesk.stories import features_of

Noun = TypeVar("Noun")


@dataclass(frozen=True)
class Kept:
    """A noun: what may be given to the store, and what it gives back of that."""

    made: SearchStrategy[Any]
    trip: Callable[[SqlStore, Any, str], tuple[object, object]]
    """Stores it, under a mark of its own; what was expected to come back, and what came."""
    types: Collection[type]
    """The dataclasses that are compared whole."""


NAMES = unique(TEXTS, lambda name: name, 1)


def _ingested(one: Ingested) -> Ingested:
    """Only rules that matched have queues."""
    names = list(one.digests.values())
    queues = {match.rule: names[n] for n, match in enumerate(one.matches) if n < len(names)}
    return replace(one, digests={rule: tuple(dict.fromkeys(own)) for rule, own in queues.items()})


INGESTED = of(
    Ingested,
    keys=NAMES,
    story_keys=NAMES,
    matches=unique(of(model.Match), lambda match: match.rule),
    revises=st.none(),
    ruled_out=st.just(frozenset()),
    features=st.none() | of(model.Article).map(features_of),
).map(_ingested)


def _article(store: SqlStore, given: Ingested, mark: str) -> tuple[object, object]:
    source, now = f"{mark} {given.article.source_id}", given.article.first_seen
    one = replace(given, article=replace(given.article, source_id=source))
    (stored,) = store.ingest([one], None, now)
    if stored.refused:
        raise RefusedRow(stored.refused)
    number, news = stored.article_id, one.standing
    article = replace(one.article, id=number)
    matches = [
        StoredMatch(number, m, now, dict.fromkeys(one.digests.get(m.rule, ())), news) for m in one.matches
    ]
    waits = [(name, match.match) for match in matches for name in match.digests]
    expected = (
        article,
        {key: Known(number, one.entry_hash) for key in one.keys},
        matches,
        one.page and replace(one.page, article_id=number, error=clean(one.page.error)),
        {number: one.wording} if one.wording else {},
        [(name, match, article) for name, match in waits],
    )
    waiting = {
        (name, w.rule_id): w for name, _ in waits for w in store.waiting(name) if w.article.id == number
    }
    found = (
        store.article(number),
        store.known(source, one.keys),
        store.matches(number),
        store.missing_page(number),
        store.wordings([number]),
        [(name, (w := waiting[name, match.rule]).match, w.article) for name, match in waits],
    )
    return expected, found


def _recalled(store: SqlStore, again: Recalled, mark: str) -> tuple[object, object]:
    again = replace(again, source_id=f"{mark} {again.source_id}")
    store.ingest((), replace(STATE, source_id=again.source_id), NOW, [again])
    return dict.fromkeys(again.keys, again.known), store.known(again.source_id, again.keys)


def _state(store: SqlStore, state: SourceState, mark: str) -> tuple[object, object]:
    state = replace(state, source_id=f"{mark} {state.source_id}")
    for why in store.save_states([state]).values():
        raise RefusedRow(why)
    appointment = Appointment(state.url, state.next_poll, state.held_until, state.gone)
    condition = SourceCondition(
        state.url, state.title, state.last_success, state.failures, state.error, state.gone
    )
    same: Any = {one.name: getattr(state, one.name) for one in fields(SourceSummary)[:-1]}
    summary = SourceSummary(**same, guids_believed=state.guid_doubt is None)
    return (state, appointment, condition, summary), (
        store.source_states([state.source_id]).get(state.source_id),
        store.appointments().get(state.source_id),
        store.conditions().get(state.source_id),
        store.summaries().get(state.source_id),
    )


def _made(store: SqlStore, made: WentOut, mark: str) -> tuple[object, object]:
    made = _marked(made, mark)
    digest = Digest(made.name, "", made.composed_at, None, (), id=made.digest_id)
    assert store.commit_digest(digest, made.rendered, made.deliveries, [], None)
    found = store.went_out([made.digest_id])[made.digest_id]
    by_id = {one.id: one for one in found.deliveries}  # each database has an order of its own
    return made, replace(found, deliveries=tuple(by_id[one.id] for one in made.deliveries))


def _marked(made: WentOut, mark: str) -> WentOut:
    """Deliveries are of their digest."""
    identity = f"{mark} {made.digest_id}"
    known: dict[str, Any] = {
        "digest_id": identity,
        "digest_name": made.name,
        "subject": made.rendered.subject,
    }
    own = [replace(one, id=f"{mark} {n} {one.id}", **known) for n, one in enumerate(made.deliveries)]
    return replace(made, digest_id=identity, deliveries=tuple(own))


def _laid(store: SqlStore, parcel: Parcel, mark: str) -> Parcel:
    """The parcel as it waits in the outbox, where nothing else does."""
    store.drop([one.id for one in store.deliveries(DeliveryState.WAITING)])
    own = replace(parcel.delivery, state=DeliveryState.WAITING, channel="hook")
    made = _marked(WentOut("", "flash", parcel.composed_at, parcel.rendered, (own,)), mark)
    digest = Digest(made.name, "", made.composed_at, None, (), id=made.digest_id)
    assert store.commit_digest(digest, made.rendered, made.deliveries, [], None)
    return replace(parcel, delivery=made.deliveries[0])


def _parcel(store: SqlStore, parcel: Parcel, mark: str) -> tuple[object, object]:
    parcel, now = _laid(store, parcel, mark), parcel.delivery.due_at
    store.prune_attempts(datetime.max.replace(tzinfo=UTC))
    leased = store.lease(mark, now, now + timedelta(minutes=10), 5)
    attempts = [store.prune_attempts(now), store.prune_attempts(now + MICROSECOND)]
    expected = replace(parcel, delivery=replace(parcel.delivery, state=DeliveryState.LEASED))
    return ([expected], [0, 1]), (leased, attempts)


@dataclass(frozen=True)
class Attempt:
    """What came of a delivery, and when it is tried again."""

    of: Parcel
    outcome: model.Retry | model.Refused | model.Sent
    due_at: datetime


def _attempted(store: SqlStore, attempt: Attempt, mark: str) -> tuple[object, object]:
    before = _laid(store, attempt.of, mark).delivery
    assert store.lease(mark, before.due_at, before.due_at + timedelta(minutes=10), 5)
    changes: dict[str, Any]
    match attempt.outcome:
        case model.Sent(note):
            assert store.mark_sent(before.id, mark, attempt.due_at, note)
            changes = {"state": DeliveryState.SENT, "sent_at": attempt.due_at, "error": None}
            changes["note"] = note and clean(note)
        case model.Refused(reason):
            assert store.mark_dead(before.id, mark, reason)
            changes = {"state": DeliveryState.DEAD, "error": clean(reason)}
        case model.Retry(reason, _, taken, needs_person):
            due = attempt.due_at
            assert store.mark_waiting(before.id, mark, due, reason, taken, needs_person=needs_person)
            changes = {"due_at": due, "error": clean(reason), "taken": taken, "needs_person": needs_person}
        case _:
            typing.assert_never(attempt.outcome)
    expected = replace(before, attempts=before.attempts + 1, **changes)
    return [expected], store.deliveries(beginning=before.id)


def _label(store: SqlStore, label: Label, mark: str) -> tuple[object, object]:
    one = replace(label, rule_id=f"{label.rule_id}{mark}")
    store.label(replace(one, judgement=Judgement.MENTION, fingerprint="before"))
    store.label(one)
    kept = [found for found in store.labels_of(one.article_id) if found.rule_id == one.rule_id]
    assert store.label_counts([one.rule_id]) == {one.rule_id: {one.judgement: 1}}
    return [one], kept


def _silence(store: SqlStore, silence: Silence, mark: str) -> tuple[object, object]:
    kept = store.silence(silence.rule_id, silence.since, silence.until)
    found = [one for one in store.silences(silence.until) if one.id == kept.id]
    return [replace(silence, id=kept.id)] * 2, [kept, *found]


def _mark(store: SqlStore, mark_of: DigestMark, mark: str) -> tuple[object, object]:
    name, since = f"{mark} {mark_of.name}", mark_of.known_since
    store.know_digests([name], since)
    composed, scheduled = mark_of.last_composed or since, mark_of.last_scheduled
    digest = Digest(name, "", composed, None, (), id=mark)
    assert store.commit_digest(digest, Rendered("", "", "", ""), [], [], scheduled)
    queues = {f"{rule} {n}": queue.oldest for n, (rule, queue) in enumerate(mark_of.queues.items())}
    for rule, oldest in queues.items():
        _wait(store, f"{mark} {rule}", rule, name, oldest)
    expected = replace(
        mark_of,
        name=name,
        last_composed=composed,
        queues={rule: Queue(1, oldest) for rule, oldest in queues.items()},
    )
    return expected, store.digest_marks().get(name)


def _wait(store: SqlStore, key: str, rule: str, digest: str, now: datetime, *, dated: bool = False) -> int:
    """The number of an article, first seen at `now`, whose match waits for the digest."""
    one = item(key, rules=())
    seen = replace(one.article, first_seen=now, published_at=now if dated else None)
    waits = replace(one, article=seen, matches=(replace(MATCH, rule=rule),), digests={rule: (digest,)})
    (stored,) = store.ingest([waits], None, now)
    return stored.article_id


def _found_later(store: SqlStore, released: Released, mark: str) -> tuple[object, object]:
    number = _wait(store, f"{mark} later", "other", mark, released.at, dated=True)
    found = FoundLater(number, replace(MATCH, rule="nato"), (mark,))
    if released.reason is Release.IN_IT_BEFORE:
        (waiting,) = (one for one in store.queued(mark) if one.article_id == number)
        digest = Digest(mark, "", released.at, None, (), id=f"{mark} digest")
        assert store.commit_digest(digest, Rendered("", "", "", ""), [], [waiting.id], None)
    else:
        found = replace(found, digests=(), without=(mark,))
    assert store.find_later([found], released.at) == [found]
    match = next(one for one in store.matches(number) if one.match.rule == "nato")
    return {mark: released}, match.released


def _release(released: Released) -> Released:
    if released.reason is Release.NOT_WANTED:
        return replace(released, sources=released.sources or 1, sources_wanted=released.sources_wanted or 2)
    return replace(released, sources=None, sources_wanted=None)


RELEASED = of(Released).map(_release)


def _released(store: SqlStore, released: Released, mark: str) -> tuple[object, object]:
    number = _wait(store, mark, "nato", mark, released.at)
    match released.reason:
        case Release.NO_SPIKE:
            assert store.release_matches(mark, ["nato"], released.at + MICROSECOND, released.at) == 1
        case Release.DIGEST_GONE:
            store.know_digests([mark], released.at)
            store.know_digests([], released.at)
            store.forget_digests(released.at + MICROSECOND, released.at)
        case Release.NOT_WANTED:
            (queued,) = store.queued(mark)
            told, wanted = released.sources, released.sources_wanted
            assert told is not None
            assert wanted is not None
            assert store.release_unwanted(mark, {queued.id: told}, wanted, released.at) == 1
        case Release.IN_IT_BEFORE | Release.LOOKED_BACK:
            return _found_later(store, released, mark)
        case _:
            typing.assert_never(released.reason)
    (match,) = store.matches(number)
    return {mark: released}, match.released


def _waited(store: SqlStore, waited: Waited, mark: str) -> tuple[object, object]:
    _wait(store, mark, "nato", mark, waited.matched_at)
    return {"nato": [Waited(waited.matched_at, waited.matched_at)]}, store.waiting_times(mark)


@dataclass(frozen=True)
class Note:
    """What the store is told beside its nouns, by a name."""

    name: str
    value: str
    at: datetime


def _note(store: SqlStore, note: Note, mark: str) -> tuple[object, object]:
    name = f"{mark} {note.name}"
    store.set_note(name, note.value)
    return note.value, store.notes().get(name)


def _told(store: SqlStore, note: Note, mark: str) -> tuple[object, object]:
    digest = Digest("operators", "", note.at, None, (), id=mark)
    told = Trouble(f"{mark} {note.name}", "", recovery=note.value, subject=mark, concerns=(mark, note.name))
    store.commit_notice(digest, Rendered("", "", "", ""), [], [told])
    kept = ReportedTrouble(note.at, note.value, mark, concerns=(mark, note.name))
    return kept, store.reported_troubles().get(told.cause)


def _stopped(store: SqlStore, note: Note, mark: str) -> tuple[object, object]:
    store.stop_channel(f"{mark} {note.name}", note.value, note.at)
    return clean(note.value), store.stopped_channels().get(f"{mark} {note.name}")


def _remembered(_: SqlStore, known: DatabaseIdentity, mark: str) -> tuple[object, object]:
    with tempfile.TemporaryDirectory() as folder:
        url = URL.create("sqlite", database=mark)
        IdentityFile(Path(folder), url).write(known)
        return known, IdentityFile(Path(folder), url).read()


PARCELS = of(Parcel, delivery=of(model.Delivery, attempts=st.integers(0, 10**6)))
"""With room for one attempt more."""
KEPT: Mapping[str, Kept] = {
    "article": Kept(INGESTED, _article, (Ingested, StoredMatch, Known, WaitingMatch)),
    "recalled": Kept(of(Recalled, keys=NAMES), _recalled, (Recalled,)),
    "source": Kept(of(SourceState), _state, (SourceState, Appointment, SourceCondition, SourceSummary)),
    "digest": Kept(of(WentOut), _made, (WentOut,)),
    "parcel": Kept(PARCELS, _parcel, (Parcel,)),
    "attempt": Kept(of(Attempt, of=PARCELS), _attempted, ()),
    "label": Kept(of(Label, article_id=st.integers(1, 2**40)), _label, (Label,)),
    "silence": Kept(of(Silence), _silence, (Silence,)),
    "mark": Kept(of(DigestMark, held=st.just(0)), _mark, (DigestMark,)),
    "released": Kept(RELEASED, _released, (Released,)),
    "waited": Kept(st.builds(Waited, MOMENTS, MOMENTS), _waited, ()),
    "note": Kept(of(Note), _note, ()),
    "told trouble": Kept(of(Note), _told, (Trouble, ReportedTrouble)),
    "stopped channel": Kept(of(Note), _stopped, ()),
    "database identity": Kept(of(DatabaseIdentity), _remembered, (DatabaseIdentity,)),
}
