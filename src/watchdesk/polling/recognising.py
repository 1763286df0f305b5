"""Which entries of a poll are stored already, which are newer versions of stored articles, and which are new.

First it looks up everything that the entries' keys lead to; then it settles what becomes of each entry. Two
entries of a poll never become one article. `articles.sameness` decides whether an entry is a certain article.
Once a source's guids turn out to name different articles, they are no longer believed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchdesk import articles
from watchdesk.articles import Apart, Evidence, Identified, Stored
from watchdesk.model import (
    Article,
    Entry,
    GuidDoubt,
    GuidFault,
    Known,
    Recalled,
    Source,
    SourceState,
)
from watchdesk.ports import Store

Make = Callable[[Sequence[Entry]], Sequence[Article]]
"""Makes articles of entries."""


@dataclass(frozen=True, slots=True)
class Polled:
    """All entries of a poll."""

    entries: Sequence[Identified]
    made: Sequence[Article] = ()
    """The first of them as articles, as far as reading made them."""
    older: int = 0
    """How many of them, at the end, were read from older pages of the feed."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """An entry that is not stored in this form yet."""

    entry: Identified
    keys: tuple[str, ...]
    """What it is known by from now on, strongest first."""
    article: Article
    """Made of the entry alone."""
    known: Known | None = None
    """What it is stored under, as another version; that may have been pruned since."""
    before: Article | None = None
    """What is stored of it."""
    gap_since: datetime | None = None
    """When the gap began for which an older page was read, where it comes from one."""
    ruled_out: frozenset[int] = frozenset()
    """Stored articles that one of its keys leads to and that it is not."""
    has_own_page: bool = True
    """Its address is not that of a page with other entries on it."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the store knows of a poll's entries, and what is new to it."""

    fresh: Sequence[Fresh] = ()
    """In the order of the entries."""
    recalled: Sequence[Recalled] = ()
    """Further keys that stored articles are known by from now on."""
    any_known: bool = False
    """At least one entry belongs to a stored article."""
    doubt: GuidDoubt | None = None
    """Why the source's guids are not believed."""


def recognise(
    store: Store, source: Source, state: SourceState, polled: Polled, make: Make, now: datetime
) -> Recognised:
    """Sorts the entries of a poll by what the store knows of them."""
    doubt = state.guid_doubt
    if doubt is None:
        own = polled.entries[: len(polled.entries) - polled.older]
        guid = articles.colliding_guid(own) or _recurring_guid(own, polled, make)
        doubt = GuidDoubt(GuidFault.SHARED, guid, now) if guid else None
    apart = articles.tell_apart(polled.entries, guids_believed=doubt is None)
    known = dict(store.known(source.id, [each.key for each in apart]))
    unsettled = [each for each in apart if not articles.is_version(known.get(each.key), each.entry)]
    if not unsettled:
        return Recognised(any_known=bool(apart), doubt=doubt)
    recognition = _Recognition(store, source, polled, make, Evidence(articles.source_zone(source)))
    recognition.look_up(known, unsettled)
    if doubt is None:
        guid = recognition.evidence.moved_guid(apart)
        if guid:
            doubt = GuidDoubt(GuidFault.MOVED, guid, now)
            apart = articles.tell_apart(polled.entries, guids_believed=False)
            recognition.look_up(known, apart)
    return recognition.settle(apart, state, doubt)


def _recurring_guid(own: Sequence[Identified], polled: Polled, make: Make) -> str | None:
    """A guid that an older page gives to another article, and not to an older version of the same one."""
    newer = {entry.guid: entry for entry in own if entry.guid}
    for entry in polled.entries[len(own) :]:
        same = newer.get(entry.guid) if entry.guid else None
        if entry.guid and same and same.said != entry.said:
            before, after = (articles.wording_of(article) for article in make([entry.entry, same.entry]))
            if not articles.keeps_words(before, after):
                return entry.guid[2:]
    return None


@dataclass(slots=True)
class _Recognition:
    store: Store
    source: Source
    polled: Polled
    make: Make
    evidence: Evidence
    """Grows with each look-up."""

    def look_up(self, known: Mapping[str, Known], unsettled: Sequence[Apart]) -> None:
        """Adds everything that the entries' keys lead to."""
        evidence = self.evidence
        keys = {key for each in unsettled for key in each.entry.all_keys}
        wanted = keys - known.keys() - evidence.known.keys()
        found = {**evidence.known, **known, **self.store.known(self.source.id, sorted(wanted))}
        ids = {found[key].article_id for key in keys & found.keys()} - evidence.stored.keys()
        if ids:
            said = self.store.wordings(sorted(ids))
            for number, article in self.store.versions(sorted(ids)).items():
                evidence.stored[number] = Stored(article, said.get(number) or articles.wording_of(article))
        evidence.learn(found, unsettled)
        unmade = [each for each in unsettled if each.place >= len(self.polled.made)]
        unmade = [each for each in unmade if each.place not in evidence.made]
        for each in unsettled:
            if each.place < len(self.polled.made):
                evidence.made[each.place] = self.polled.made[each.place]
        made = self.make([each.entry.entry for each in unmade])
        evidence.made |= {each.place: article for each, article in zip(unmade, made, strict=True)}

    def settle(self, apart: Sequence[Apart], state: SourceState, doubt: GuidDoubt | None) -> Recognised:
        """What becomes of each entry. Those that are stored already come before those that may be updates."""
        evidence, believed = self.evidence, doubt is None
        apart = self._without_repeats(apart, believed=believed)
        settled = {
            each.place: evidence.known[each.key].article_id
            for each in apart
            if articles.is_version(evidence.known.get(each.key), each.entry)
        }
        recalled: list[Recalled] = []
        claimed = set(settled.values())
        revised: dict[int, int] = {}
        for each in apart:
            same = (
                None if each.place in settled else evidence.the_same(each, believed=believed, claimed=claimed)
            )
            if same is None:
                continue
            claimed.add(same)
            known = evidence.known_as(each, same)
            under_key = evidence.known.get(each.key)
            went_back = under_key is not None and under_key.article_id == same
            if articles.is_version(known, each.entry) and not went_back:
                settled[each.place] = same
                recalled += self._recalled(each, known, believed=believed)
            else:
                revised[each.place] = same
        for each in apart:
            if each.place in settled or each.place in revised:
                continue
            updated = evidence.updated(each, believed=believed, claimed=claimed)
            if updated is not None:
                revised[each.place] = updated
                claimed.add(updated)
        fresh = [
            self._fresh(each, revised.get(each.place), state, believed=believed)
            for each in apart
            if each.place not in settled
        ]
        return Recognised(fresh, recalled, any_known=bool(settled or revised), doubt=doubt)

    def _without_repeats(self, apart: Sequence[Apart], *, believed: bool) -> Sequence[Apart]:
        """Leaves out entries that have nothing but the title and words of another entry."""
        plain = [
            each for each in apart if not (self.evidence.owns_address(each) or (believed and each.entry.guid))
        ]
        if not plain:
            return apart
        places = {each.place for each in plain}
        said = {each.entry.said for each in apart if each.place not in places}
        for each in plain:
            if each.entry.said not in said:
                said.add(each.entry.said)
                places.remove(each.place)
        return [each for each in apart if each.place not in places]

    def _keys(self, each: Apart, *, believed: bool) -> tuple[str, ...]:
        """What the entry is known by from now on."""
        entry, owns = each.entry, self.evidence.owns_address(each)
        keys = (
            entry.guid if believed else None,
            entry.address if owns else None,
            entry.said,
            None if owns else entry.shared,
            None if owns or (believed and entry.guid) else entry.titled,
        )
        return tuple(key for key in keys if key)

    def _recalled(self, each: Apart, known: Known, *, believed: bool) -> Iterator[Recalled]:
        keys = self._keys(each, believed=believed)
        unknown = tuple(key for key in keys if self.evidence.known.get(key) != known)
        if unknown:
            yield Recalled(self.source.id, unknown, known)

    def _fresh(self, each: Apart, revises: int | None, state: SourceState, *, believed: bool) -> Fresh:
        evidence = self.evidence
        known = evidence.known_as(each, revises) if revises is not None else None
        before = evidence.stored.get(revises) if revises is not None else None
        led_to = {evidence.known[key].article_id for key in each.entry.all_keys if key in evidence.known}
        is_older = each.place >= len(self.polled.entries) - self.polled.older
        return Fresh(
            each.entry,
            self._keys(each, believed=believed),
            evidence.made[each.place],
            known,
            before.article if before else None,
            state.last_success if is_older else None,
            frozenset(led_to - {revises}),
            each.own_page,
        )
