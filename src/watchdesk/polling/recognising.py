"""Which entries of a poll are stored already, which are newer versions of stored articles, and which are new.

First it looks up everything that the entries' keys lead to; then it decides what each entry is. Two entries
of a poll never become one article. `articles.sameness` decides whether an entry is a certain article. Once a
source's guids turn out to name different articles, they are no longer believed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from watchdesk import articles
from watchdesk.articles import DistinctEntry, Evidence, Identified, Stored
from watchdesk.model import (
    LISTED_AGAIN,
    Article,
    Entry,
    GuidDoubt,
    GuidFault,
    Known,
    Recalled,
    Source,
    SourceState,
)
from watchdesk.ports import PollStore

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
    """Stored entries of which it is to be noted that they are listed, or that they have further keys."""
    any_known: bool = False
    """At least one entry belongs to a stored article."""
    doubt: GuidDoubt | None = None
    """Why the source's guids are not believed."""


def recognise(
    store: PollStore, source: Source, state: SourceState, polled: Polled, make: Make, now: datetime
) -> Recognised:
    """Sorts the entries of a poll by what the store knows of them."""
    doubt = state.guid_doubt
    if doubt is None:
        own = polled.entries[: len(polled.entries) - polled.older]
        guid = articles.colliding_guid(own) or _recurring_guid(own, polled, make)
        doubt = GuidDoubt(GuidFault.SHARED, guid, now) if guid else None
    entries = articles.distinct_entries(polled.entries, guids_believed=doubt is None)
    known = dict(store.known(source.id, [each.key for each in entries]))
    unsettled = [each for each in entries if not articles.is_version(known.get(each.key), each.entry)]
    listed = tuple(_listed_again(source, known.values(), now))
    if not unsettled:
        return Recognised(recalled=listed, any_known=bool(entries), doubt=doubt)
    evidence = Evidence(articles.source_zone(source))
    lookup = _LookUp(store, source, polled, make, evidence)
    lookup.follow_keys(known, unsettled)
    if doubt is None:
        guid = evidence.moved_guid(entries)
        if guid:
            doubt = GuidDoubt(GuidFault.MOVED, guid, now)
            entries = articles.distinct_entries(polled.entries, guids_believed=False)
            lookup.follow_keys(known, entries)
    decision = _Decision(source, polled, evidence, guids_believed=doubt is None)
    decision.decide(entries)
    return Recognised(
        decision.fresh(gap_since=state.last_success),
        (*decision.recalled, *listed),
        any_known=decision.any_known,
        doubt=doubt,
    )


def _listed_again(source: Source, known: Iterable[Known], now: datetime) -> Iterator[Recalled]:
    """Entries of which nobody has noted for long that they are listed: what is not is forgotten one day."""
    for one in {one.article_id: one for one in known}.values():
        if one.listed_at is None or abs(now - one.listed_at) >= LISTED_AGAIN:
            yield Recalled(source.id, (), one)


def _recurring_guid(own: Sequence[Identified], polled: Polled, make: Make) -> str | None:
    """A guid that an older page gives to another article, and not to an older version of the same one."""
    newer = {entry.guid: entry for entry in own if entry.guid}
    for entry in polled.entries[len(own) :]:
        same = newer.get(entry.guid) if entry.guid else None
        if entry.guid and same and same.wording_key != entry.wording_key:
            before, after = (articles.wording_of(article) for article in make([entry.entry, same.entry]))
            if not articles.keeps_words(before, after):
                return entry.guid[2:]
    return None


@dataclass(frozen=True, slots=True)
class _LookUp:
    """Fills the evidence from the store."""

    store: PollStore
    source: Source
    polled: Polled
    make: Make
    evidence: Evidence
    """Grows with each look-up."""

    def follow_keys(self, known: Mapping[str, Known], entries: Sequence[DistinctEntry]) -> None:
        """Adds everything that the entries' keys lead to. `known`: what some of them are known to lead to."""
        evidence = self.evidence
        keys = {key for each in entries for key in each.entry.all_keys}
        wanted = keys - known.keys() - evidence.known.keys()
        found = {**evidence.known, **known, **self.store.known(self.source.id, sorted(wanted))}
        ids = {found[key].article_id for key in keys & found.keys()} - evidence.stored.keys()
        if ids:
            wordings = self.store.wordings(sorted(ids))
            for number, article in self.store.versions(sorted(ids)).items():
                wording = wordings.get(number) or articles.wording_of(article)
                evidence.stored[number] = Stored(article, wording)
        evidence.learn(found, entries)
        self._make_articles(entries)

    def _make_articles(self, entries: Sequence[DistinctEntry]) -> None:
        evidence, made = self.evidence, self.polled.made
        for each in entries:
            if each.place < len(made):
                evidence.made[each.place] = made[each.place]
        unmade = [each for each in entries if each.place not in evidence.made]
        new = self.make([each.entry.entry for each in unmade])
        evidence.made |= {each.place: article for each, article in zip(unmade, new, strict=True)}


@dataclass(slots=True)
class _Decision:
    """What each entry of a poll is: what was decided of one, in an earlier step, holds in the later ones."""

    source: Source
    polled: Polled
    evidence: Evidence
    guids_believed: bool
    entries: Sequence[DistinctEntry] = ()
    """All that are decided about."""
    unchanged: dict[int, int] = field(default_factory=dict)
    """By an entry's place in the poll: the article that is stored in this form."""
    changed: dict[int, int] = field(default_factory=dict)
    """By an entry's place in the poll: the article of which it is another version."""
    claimed: set[int] = field(default_factory=set)
    """All these articles: no other entry may be one of them."""
    recalled: list[Recalled] = field(default_factory=list)
    """Further keys of articles that were found by other keys than an entry's own."""

    def decide(self, entries: Sequence[DistinctEntry]) -> None:
        """Each step decides about all entries, the surest step first. What remains is new."""
        self.entries = self._without_repeats(entries)
        for step in (self._find_by_key, self._find_by_evidence, self._find_changed_words):
            for each in self.entries:
                if each.place not in self.unchanged and each.place not in self.changed:
                    step(each)

    @property
    def any_known(self) -> bool:
        """At least one entry belongs to a stored article."""
        return bool(self.unchanged or self.changed)

    def fresh(self, *, gap_since: datetime | None) -> Sequence[Fresh]:
        """The entries that are new or another version. `gap_since`: for entries of older pages."""
        return [self._fresh(each, gap_since) for each in self.entries if each.place not in self.unchanged]

    def _without_repeats(self, entries: Sequence[DistinctEntry]) -> Sequence[DistinctEntry]:
        """Leaves out entries that have nothing but the title and words of another entry."""
        plain = {
            each.place
            for each in entries
            if not (self.evidence.owns_address(each) or (self.guids_believed and each.entry.guid))
        }
        wordings = {each.entry.wording_key for each in entries if each.place not in plain}
        kept: list[DistinctEntry] = []
        for each in entries:
            if each.place in plain:
                if each.entry.wording_key in wordings:
                    continue
                wordings.add(each.entry.wording_key)
            kept.append(each)
        return kept

    def _find_by_key(self, each: DistinctEntry) -> None:
        """Its own key leads to an article that is stored in this form."""
        known = self.evidence.known.get(each.key)
        if known is not None and articles.is_version(known, each.entry):
            self.unchanged[each.place] = known.article_id
            self.claimed.add(known.article_id)

    def _find_by_evidence(self, each: DistinctEntry) -> None:
        """It says what a stored article says, and nothing tells them apart."""
        same = self.evidence.the_same(each, believed=self.guids_believed, claimed=self.claimed)
        if same is None:
            return
        self.claimed.add(same)
        known = self.evidence.known_as(each, same)
        if articles.is_version(known, each.entry) and not self._went_back(each, same):
            self.unchanged[each.place] = same
            self.recalled += self._recalled(each, known)
        else:
            self.changed[each.place] = same

    def _went_back(self, each: DistinctEntry, article_id: int) -> bool:
        """Whether its own key leads to a later form of the article: its publisher took a change back."""
        under_key = self.evidence.known.get(each.key)
        return under_key is not None and under_key.article_id == article_id

    def _find_changed_words(self, each: DistinctEntry) -> None:
        """It is a newer version of a stored article, in other words."""
        updated = self.evidence.updated(each, believed=self.guids_believed, claimed=self.claimed)
        if updated is not None:
            self.changed[each.place] = updated
            self.claimed.add(updated)

    def _keys(self, each: DistinctEntry) -> tuple[str, ...]:
        """What the entry is known by from now on."""
        entry, owns = each.entry, self.evidence.owns_address(each)
        guid = entry.guid if self.guids_believed else None
        keys = (
            guid,
            entry.address if owns else None,
            entry.wording_key,
            None if owns else entry.shared_address_key,
            None if owns or guid else entry.title_key,
        )
        return tuple(key for key in keys if key)

    def _recalled(self, each: DistinctEntry, known: Known) -> Iterator[Recalled]:
        unknown = tuple(key for key in self._keys(each) if self.evidence.known.get(key) != known)
        if unknown:
            yield Recalled(self.source.id, unknown, known)

    def _fresh(self, each: DistinctEntry, gap_since: datetime | None) -> Fresh:
        evidence, article_id = self.evidence, self.changed.get(each.place)
        known = evidence.known_as(each, article_id) if article_id is not None else None
        before = evidence.stored.get(article_id) if article_id is not None else None
        led_to = {evidence.known[key].article_id for key in each.entry.all_keys if key in evidence.known}
        is_older = each.place >= len(self.polled.entries) - self.polled.older
        return Fresh(
            each.entry,
            self._keys(each),
            evidence.made[each.place],
            known,
            before.article if before else None,
            gap_since if is_older else None,
            frozenset(led_to - {article_id}),
            each.own_page,
        )
