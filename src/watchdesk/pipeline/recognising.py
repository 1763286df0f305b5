"""Which entries of a poll are stored already, which are newer versions of stored articles, and which are new.

Keys lead to candidates; what is said decides. Two entries of a poll are never taken for one article, and an
article is never rewritten with what another event says. A guid that is believed against all other evidence
ends the belief in its source's guids.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from watchdesk import articles
from watchdesk.articles import Apart, Identified
from watchdesk.model import (
    Article,
    Entry,
    GuidDoubt,
    GuidFault,
    Known,
    PublishedKnown,
    Recalled,
    Source,
    SourceState,
    Wording,
)
from watchdesk.pipeline.own_pages import Fresh
from watchdesk.ports import Store

Make = Callable[[Sequence[Entry]], Sequence[Article]]
"""Entries as articles."""


@dataclass(frozen=True, slots=True)
class Polled:
    """All entries of a poll."""

    entries: Sequence[Identified]
    made: Sequence[Article] = ()
    """The first of them as articles, as far as these were made while they were read."""
    older: int = 0
    """How many of them, at the end, were read from older pages of the feed."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What of a poll is to be taken in."""

    fresh: Sequence[Fresh] = ()
    """In the order of the entries."""
    recalled: Sequence[Recalled] = ()
    any_known: bool = False
    """An entry of the poll is that of a stored article."""
    doubt: GuidDoubt | None = None


def recognise(
    store: Store, source: Source, state: SourceState, polled: Polled, make: Make, now: datetime
) -> Recognised:
    """Sorts the entries of a poll out, by what the store knows of them."""
    doubt = state.guid_doubt
    if doubt is None:
        own = polled.entries[: len(polled.entries) - polled.older]
        guid = articles.colliding_guid(own) or _recurring_guid(own, polled, make)
        doubt = GuidDoubt(GuidFault.SHARED, guid, now) if guid else None
    apart = articles.tell_apart(polled.entries, guids_believed=doubt is None)
    known = dict(store.known(source.id, [each.key for each in apart]))
    unsettled = [each for each in apart if not _is_version(known.get(each.key), each.entry)]
    if not unsettled:
        return Recognised(any_known=bool(apart), doubt=doubt)
    recognition = _Recognition(store, source, polled, make)
    recognition.look_up(known, unsettled)
    if doubt is None:
        guid = recognition.moved_guid(apart)
        if guid:
            doubt = GuidDoubt(GuidFault.MOVED, guid, now)
            apart = articles.tell_apart(polled.entries, guids_believed=False)
            recognition.look_up(known, apart)
    return recognition.sort_out(apart, state, doubt)


def _recurring_guid(own: Sequence[Identified], polled: Polled, make: Make) -> str | None:
    """A guid that an older page gives to another article, and not to an older version of the same one."""
    newer = {entry.guid: entry for entry in own if entry.guid}
    for entry in polled.entries[len(own) :]:
        same = newer.get(entry.guid) if entry.guid else None
        if entry.guid and same and same.said != entry.said:
            before, after = (_wording_of(article) for article in make([entry.entry, same.entry]))
            if not articles.keeps_words(before, after):
                return entry.guid[2:]
    return None


def _is_version(known: Known | None, entry: Identified) -> bool:
    return known is not None and known.entry_hash == entry.entry_hash


def _is_version_or_unfinished(known: Known | None, entry: Identified) -> bool:
    """Earlier versions of watchdesk put `?` and a digit before a version whose page was still to be read."""
    return known is not None and entry.entry_hash in (known.entry_hash, known.entry_hash[2:])


def _wording_of(article: Article) -> Wording:
    return Wording(article.title, article.text)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A stored article that is still there."""

    article: Article
    said: Wording
    words: str
    """What it said, to compare."""


@dataclass(slots=True)
class _Recognition:
    store: Store
    source: Source
    polled: Polled
    make: Make
    known: dict[str, Known] = field(default_factory=dict)
    """By key: what all keys that were looked up lead to."""
    stored: dict[int, _Candidate] = field(default_factory=dict)
    articles: dict[int, Article] = field(default_factory=dict)
    """By place in the poll: its entries as articles, of those that were looked up."""
    at_address: dict[int, list[Apart]] = field(default_factory=dict)
    """By stored article: entries that were looked up and have its address."""
    words: dict[int, str] = field(default_factory=dict)
    """By place: what the entry says, to compare."""

    def look_up(self, known: Mapping[str, Known], unsettled: Sequence[Apart]) -> None:
        """Everything that the entries' keys lead to."""
        keys = {key for each in unsettled for key in _all_keys(each.entry)}
        wanted = keys - known.keys() - self.known.keys()
        found = {**self.known, **known, **self.store.known(self.source.id, sorted(wanted))}
        ids = {found[key].article_id for key in keys & found.keys()} - self.stored.keys()
        if ids:
            said = self.store.wordings(sorted(ids))
            for number, article in self.store.versions(sorted(ids)).items():
                wording = said.get(number) or _wording_of(article)
                self.stored[number] = _Candidate(article, wording, articles.folded_wording(wording))
        self.known = found
        self.at_address = {}
        for each in unsettled:
            if each.entry.address in found and self._owns_address(each):
                self.at_address.setdefault(found[each.entry.address].article_id, []).append(each)
        unmade = [each for each in unsettled if each.place >= len(self.polled.made)]
        unmade = [each for each in unmade if each.place not in self.articles]
        for each in unsettled:
            if each.place < len(self.polled.made):
                self.articles[each.place] = self.polled.made[each.place]
        made = self.make([each.entry.entry for each in unmade])
        self.articles |= {each.place: article for each, article in zip(unmade, made, strict=True)}

    def moved_guid(self, apart: Sequence[Apart]) -> str | None:
        """A guid that is believed against all other evidence: its entry is that of another article."""
        for each in apart:
            guid = each.entry.guid
            under_guid = self.known.get(guid) if guid else None
            if guid is None or under_guid is None or each.place not in self.articles:
                continue
            if _is_version_or_unfinished(under_guid, each.entry):
                continue
            before = self.stored.get(under_guid.article_id)
            if before is None or self._says_the_same(each, under_guid.article_id):
                continue
            agrees = each.entry.names_a_page and self._has_address_of(each, under_guid.article_id)
            same = self._the_same(each, believed=False)
            if (
                same is not None
                and same != under_guid.article_id
                and (not agrees or self._is_displaced(same))
            ):
                return guid[2:]
            if not agrees and not self._is_update(each, before, by_guid=True):
                return guid[2:]
        return None

    def sort_out(self, apart: Sequence[Apart], state: SourceState, doubt: GuidDoubt | None) -> Recognised:
        """What becomes of each entry. What is the same is settled before what may be an update."""
        believed = doubt is None
        apart = self._without_repeats(apart, believed=believed)
        settled = {
            each.place: self.known[each.key].article_id
            for each in apart
            if _is_version(self.known.get(each.key), each.entry)
        }
        recalled: list[Recalled] = []
        taken = set(settled.values())
        revised: dict[int, int] = {}
        for each in apart:
            same = None if each.place in settled else self._the_same(each, believed=believed, taken=taken)
            if same is None:
                continue
            taken.add(same)
            known = self._known_as(each, same)
            under_key = self.known.get(each.key)
            went_back = under_key is not None and under_key.article_id == same
            if _is_version(known, each.entry) and not went_back:
                settled[each.place] = same
                recalled += self._recalled(each, known, believed=believed)
            else:
                revised[each.place] = same
        for each in apart:
            if each.place in settled or each.place in revised:
                continue
            updated = self._updated(each, believed=believed, taken=taken)
            if updated is not None:
                revised[each.place] = updated
                taken.add(updated)
        fresh = [
            self._fresh(each, revised.get(each.place), state, believed=believed)
            for each in apart
            if each.place not in settled
        ]
        return Recognised(fresh, recalled, any_known=bool(settled or revised), doubt=doubt)

    def _without_repeats(self, apart: Sequence[Apart], *, believed: bool) -> Sequence[Apart]:
        """Without entries that have nothing but the title and words of another entry."""
        plain = [each for each in apart if not (self._owns_address(each) or (believed and each.entry.guid))]
        if not plain:
            return apart
        places = {each.place for each in plain}
        said = {each.entry.said for each in apart if each.place not in places}
        for each in plain:
            if each.entry.said not in said:
                said.add(each.entry.said)
                places.remove(each.place)
        return [each for each in apart if each.place not in places]

    def _the_same(self, each: Apart, *, believed: bool, taken: set[int] | None = None) -> int | None:
        """The stored article that has the entry's title and words, and is not told apart from it."""
        entry, taken = each.entry, taken or set()
        by_guid = self.known.get(entry.guid) if entry.guid else None
        if by_guid and _is_version_or_unfinished(by_guid, entry):
            return by_guid.article_id
        is_new_guid = believed and entry.guid is not None and by_guid is None
        if self._owns_address(each) and entry.address in self.known:
            by_address = self.known[entry.address]
            if _is_version_or_unfinished(by_address, entry) and (
                not is_new_guid or entry.names_a_page or self._on_the_same_day(each, by_address.article_id)
            ):
                return by_address.article_id
        if believed and by_guid and self._says_the_same(each, by_guid.article_id):
            return by_guid.article_id
        for key in entry.misread_keys:
            misread = self.known.get(key)
            if misread and misread.article_id not in taken and self._says_the_same(each, misread.article_id):
                return misread.article_id
        for number in self._with_its_words(each):
            if number in taken and (self._owns_address(each) or is_new_guid):
                continue
            if self._may_be(each, number, is_new_guid=is_new_guid):
                return number
        return None

    def _with_its_words(self, each: Apart) -> Iterator[int]:
        """Stored articles with the entry's title and words, the likeliest first."""
        entry = each.entry
        if entry.said in self.known:
            yield self.known[entry.said].article_id
        for key in entry.older_keys:
            if key in self.known and (
                key.startswith("c:") or self._says_the_same(each, self.known[key].article_id)
            ):
                yield self.known[key].article_id
        for number in self.stored:
            if self._says_the_same(each, number):
                yield number

    def _may_be(self, each: Apart, number: int, *, is_new_guid: bool) -> bool:
        """Whether an entry with a stored article's title and words is that article, by what else is known."""
        entry = each.entry
        owns = self._owns_address(each)
        if self._differs_by_fragment_alone(each, number):
            return not is_new_guid or self._guid_is_address(each)
        if self._is_displaced(number):
            return True
        if is_new_guid:
            return not owns and entry.is_telling and self._on_the_same_day(each, number)
        if not owns:
            return True
        by_guid = entry.guid in self.known
        return by_guid or (entry.is_telling and self._on_the_same_day(each, number))

    def _updated(self, each: Apart, *, believed: bool, taken: set[int]) -> int | None:
        """The stored article of which the entry is a newer version in other words; None: of none."""
        entry = each.entry
        by_guid = self.known.get(entry.guid) if believed and entry.guid else None
        if by_guid is not None:
            before = self.stored.get(by_guid.article_id)
            if before and by_guid.article_id not in taken and self._is_update(each, before, by_guid=True):
                return by_guid.article_id
            return None
        if not self._owns_address(each) and not (believed and entry.guid):
            return self._updated_by_title(each, taken)
        by_address = self.known.get(entry.address) if entry.address and self._owns_address(each) else None
        before = self.stored.get(by_address.article_id) if by_address else None
        if by_address is None or before is None or by_address.article_id in taken:
            return None
        if believed and entry.guid:
            kept = articles.keeps_words(before.said, self._said(each))
            update = entry.names_a_page and kept and self._on_the_same_day(each, by_address.article_id)
        else:
            same_time = before.article.published_at == self.articles[each.place].published_at
            update = (entry.names_a_page or same_time) and self._is_update(each, before, by_guid=False)
        return by_address.article_id if update else None

    def _updated_by_title(self, each: Apart, taken: set[int]) -> int | None:
        """As `_updated`, for an entry that has nothing but its title and words."""
        titled = self.known.get(each.entry.titled) if each.entry.titled else None
        said, now = self._said(each), self.articles[each.place].published_at
        for number in ([titled.article_id] if titled else []) + sorted(self.stored):
            before = self.stored.get(number)
            if before is None or number in taken or before.article.published_at != now:
                continue
            if articles.keeps_title(before.said, said) and articles.keeps_words(before.said, said):
                return number
        return None

    def _is_update(self, each: Apart, before: _Candidate, *, by_guid: bool) -> bool:
        """Whether enough is kept of what was said: of the words, or title and address of one publication."""
        said = self._said(each)
        if articles.keeps_words(before.said, said):
            return True
        number = before.article.id
        assert number is not None  # it comes from the store
        return (
            articles.keeps_title(before.said, said)
            and (not by_guid or self._has_address_of(each, number))
            and self._owns_address(each)
            and self._on_the_same_day(each, number)
        )

    def _owns_address(self, each: Apart) -> bool:
        """Whether no other entry has its address, in this poll or in an earlier one."""
        return each.own_address and each.entry.shared not in self.known

    def _has_address_of(self, each: Apart, number: int) -> bool:
        """Whether the entry has the address under which an article is stored."""
        entry = each.entry
        keys = [entry.address, *(key for key in entry.older_keys if key.startswith("u:"))]
        leading = next((self.known[key].article_id for key in keys if key in self.known), None)
        if leading is not None:
            return leading == number
        before = self.stored.get(number)  # an address that was no key when it was stored
        return before is not None and before.article.url == self.articles[each.place].url

    def _is_displaced(self, number: int) -> bool:
        """Whether a stored article's address is now that of an entry with other words, as in a list."""
        return any(not self._says_the_same(other, number) for other in self.at_address.get(number, ()))

    def _differs_by_fragment_alone(self, each: Apart, number: int) -> bool:
        before = self.stored.get(number)
        key = self.articles[each.place].url_key
        return before is not None and key is not None and before.article.url_key == key

    def _guid_is_address(self, each: Apart) -> bool:
        guid = (each.entry.guid or "")[2:]
        return articles.url_key(guid) == self.articles[each.place].url_key

    def _on_the_same_day(self, each: Apart, number: int) -> bool:
        """Whether nothing says that the entry was published on another day than a stored article."""
        before, after = self.stored.get(number), self.articles[each.place]
        if before is None or PublishedKnown.ABSENT in (before.article.published_known, after.published_known):
            return True
        zone = articles.source_zone(self.source)
        days = [at.astimezone(zone).date() for at in (before.article.published_at, after.published_at) if at]
        return len(set(days)) < 2

    def _says_the_same(self, each: Apart, number: int) -> bool:
        before = self.stored.get(number)
        return before is not None and before.words == self._words(each)

    def _said(self, each: Apart) -> Wording:
        return _wording_of(self.articles[each.place])

    def _words(self, each: Apart) -> str:
        if each.place not in self.words:
            self.words[each.place] = articles.folded_wording(self._said(each))
        return self.words[each.place]

    def _known_as(self, each: Apart, number: int) -> Known:
        """What is known of the article under the entry's keys, its own version first."""
        found = [self.known[key] for key in _all_keys(each.entry) if key in self.known]
        of_it = [known for known in found if known.article_id == number]
        own = (known for known in of_it if _is_version_or_unfinished(known, each.entry))
        return next(own, of_it[0] if of_it else Known(number, ""))

    def _keys(self, each: Apart, *, believed: bool) -> tuple[str, ...]:
        """What the entry is known by from now on."""
        entry, owns = each.entry, self._owns_address(each)
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
        unknown = tuple(key for key in keys if self.known.get(key) != known)
        if unknown:
            yield Recalled(self.source.id, unknown, known)

    def _fresh(self, each: Apart, revises: int | None, state: SourceState, *, believed: bool) -> Fresh:
        known = self._known_as(each, revises) if revises is not None else None
        before = self.stored.get(revises) if revises is not None else None
        led_to = {self.known[key].article_id for key in _all_keys(each.entry) if key in self.known}
        is_older = each.place >= len(self.polled.entries) - self.polled.older
        return Fresh(
            each.entry,
            self._keys(each, believed=believed),
            self.articles[each.place],
            known,
            before.article if before else None,
            state.last_success if is_older else None,
            frozenset(led_to - {revises}),
            each.own_page,
        )


def _all_keys(entry: Identified) -> Iterator[str]:
    yield from entry.keys
    yield from entry.older_keys
    yield from entry.misread_keys
    if entry.shared:
        yield entry.shared
    if entry.titled:
        yield entry.titled
