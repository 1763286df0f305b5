"""Whether an entry of a poll is a stored article, a newer version of one, or neither. Pure.

Keys lead to stored articles; the title and the words decide. An entry is the same as a stored article if
both say the same and nothing tells them apart (`Evidence.the_same`). It is a newer version if it keeps enough
of what the article said (`Evidence.updated`); an article is never rewritten with what another event says.
`polling.recognising` looks the keys up, and asks about one entry after another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from watchdesk.articles.addresses import url_key
from watchdesk.articles.identity import DistinctEntry, Identified
from watchdesk.articles.revision import folded_wording, keeps_title, keeps_words, wording_of
from watchdesk.model import Article, Known, PublishedKnown, Wording


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored article that is still there."""

    article: Article
    wording: Wording
    """Its title and words as the feed gave them, without its page's."""
    words: str = field(init=False)
    """Its folded wording, to compare."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", folded_wording(self.wording))

    said = property(lambda self: self.wording)
    """Earlier name of `wording`."""


def is_version(known: Known | None, entry: Identified) -> bool:
    """Whether the entry is stored already, with this title, these words and this address."""
    return known is not None and known.entry_hash == entry.entry_hash


def is_version_or_unfinished(known: Known | None, entry: Identified) -> bool:
    """As `is_version`, also for a version whose page an earlier release had yet to read (`?` and a digit)."""
    return known is not None and entry.entry_hash in (known.entry_hash, known.entry_hash[2:])


def on_the_same_day(before: Article, after: Article, zone: tzinfo) -> bool:
    """Whether both were published on one day in the source's zone; also if one of them has no date."""
    if PublishedKnown.ABSENT in (before.published_known, after.published_known):
        return True
    days = {at.astimezone(zone).date() for at in (before.published_at, after.published_at) if at}
    return len(days) < 2


def differs_by_fragment_alone(before: Article, after: Article) -> bool:
    """Whether both have one address, fragments (`#…`) aside."""
    return after.url_key is not None and before.url_key == after.url_key


def guid_is_address(entry: Identified, article: Article) -> bool:
    """Whether the publisher's id is the address of the entry, fragments aside."""
    return url_key((entry.guid or "")[2:]) == article.url_key


@dataclass(slots=True)
class Evidence:
    """The stored articles to which the keys of a poll's entries lead, and what follows from them."""

    zone: tzinfo
    """Of the source."""
    known: dict[str, Known] = field(default_factory=dict)
    """By key: what each key that was looked up leads to."""
    stored: dict[int, Stored] = field(default_factory=dict)
    """By number: the articles that keys lead to."""
    made: dict[int, Article] = field(default_factory=dict)
    """By place in the poll: the entries that were looked up, as articles."""
    at_address: dict[int, list[DistinctEntry]] = field(default_factory=dict)
    """By stored article: entries that were looked up and have its address."""
    words: dict[int, str] = field(default_factory=dict)
    """By place: what the entry says, to compare."""

    def learn(self, known: dict[str, Known], looked_up: Sequence[DistinctEntry]) -> None:
        """Records what all keys lead to, and which stored articles' addresses the entries have."""
        self.known = known
        self.at_address = {}
        for each in looked_up:
            if each.entry.address in known and self.owns_address(each):
                self.at_address.setdefault(known[each.entry.address].article_id, []).append(each)

    def owns_address(self, each: DistinctEntry) -> bool:
        """Whether no other entry has its address, in this poll or in an earlier one."""
        return each.own_address and each.entry.shared_address_key not in self.known

    def moved_guid(self, entries: Sequence[DistinctEntry]) -> str | None:
        """A publisher's id that now stands on another article: its source gives ids to places in a list.

        Either the entry is the same as an article with another id, or it has another address and is no newer
        version of the article with its id.
        """
        for each in entries:
            guid = each.entry.guid
            under_guid = self.known.get(guid) if guid else None
            if guid is None or under_guid is None or each.place not in self.made:
                continue
            if is_version_or_unfinished(under_guid, each.entry):
                continue
            before = self.stored.get(under_guid.article_id)
            if before is None or self._says_the_same(each, under_guid.article_id):
                continue
            agrees = each.entry.names_a_page and self._has_address_of(each, under_guid.article_id)
            same = self.the_same(each, believed=False)
            if (
                same is not None
                and same != under_guid.article_id
                and (not agrees or self._is_displaced(same))
            ):
                return guid[2:]
            if not agrees and not self._is_update(each, before, by_guid=True):
                return guid[2:]
        return None

    def the_same(self, each: DistinctEntry, *, believed: bool, claimed: set[int] | None = None) -> int | None:
        """The stored article that says what the entry says, if nothing tells them apart.

        The publisher's id counts first, then the address, then title and words. `believed`: whether the
        source's ids are believed. `claimed`: articles that other entries of the poll are.
        """
        entry, claimed = each.entry, claimed or set()
        by_guid = self.known.get(entry.guid) if entry.guid else None
        if by_guid and is_version_or_unfinished(by_guid, entry):
            return by_guid.article_id
        is_new_guid = believed and entry.guid is not None and by_guid is None
        if self.owns_address(each) and entry.address in self.known:
            by_address = self.known[entry.address]
            if is_version_or_unfinished(by_address, entry) and (
                not is_new_guid or entry.names_a_page or self._on_the_same_day(each, by_address.article_id)
            ):
                return by_address.article_id
        if believed and by_guid and self._says_the_same(each, by_guid.article_id):
            return by_guid.article_id
        for key in entry.misread_keys:
            misread = self.known.get(key)
            if (
                misread
                and misread.article_id not in claimed
                and self._says_the_same(each, misread.article_id)
            ):
                return misread.article_id
        for number in self._with_its_words(each):
            if number in claimed and (self.owns_address(each) or is_new_guid):
                continue
            if self._may_be(each, number, is_new_guid=is_new_guid):
                return number
        return None

    def updated(self, each: DistinctEntry, *, believed: bool, claimed: set[int]) -> int | None:
        """The stored article of which the entry is a newer version in other words; None: of none.

        It must keep the words: at least half of the shorter text, as `keeps_words` counts. What else it must
        keep depends on what both share:

        - the id: nothing else; title, address and day will do in place of the words;
        - an address that no other entry has, with a new id: the day, and the address must name a page;
        - an address that no other entry has, without an id that is believed: nothing else, if the address
          names a page or the times of publication are equal; title and day will do in place of the words;
        - neither id nor address: the title and the time of publication.
        """
        entry = each.entry
        by_guid = self.known.get(entry.guid) if believed and entry.guid else None
        if by_guid is not None:
            before = self.stored.get(by_guid.article_id)
            if before and by_guid.article_id not in claimed and self._is_update(each, before, by_guid=True):
                return by_guid.article_id
            return None
        if not self.owns_address(each) and not (believed and entry.guid):
            return self._updated_by_title(each, claimed)
        by_address = self.known.get(entry.address) if entry.address and self.owns_address(each) else None
        before = self.stored.get(by_address.article_id) if by_address else None
        if by_address is None or before is None or by_address.article_id in claimed:
            return None
        if believed and entry.guid:
            kept = keeps_words(before.wording, self._wording(each))
            update = entry.names_a_page and kept and self._on_the_same_day(each, by_address.article_id)
        else:
            same_time = before.article.published_at == self.made[each.place].published_at
            update = (entry.names_a_page or same_time) and self._is_update(each, before, by_guid=False)
        return by_address.article_id if update else None

    def known_as(self, each: DistinctEntry, number: int) -> Known:
        """What is stored of the article under the entry's keys, the entry's own version first."""
        found = [self.known[key] for key in each.entry.all_keys if key in self.known]
        of_it = [known for known in found if known.article_id == number]
        own = (known for known in of_it if is_version_or_unfinished(known, each.entry))
        return next(own, of_it[0] if of_it else Known(number, ""))

    def _with_its_words(self, each: DistinctEntry) -> Iterator[int]:
        """Stored articles with the entry's title and words, likeliest first."""
        entry = each.entry
        if entry.wording_key in self.known:
            yield self.known[entry.wording_key].article_id
        for key in entry.older_keys:
            if key in self.known and (
                key.startswith("c:") or self._says_the_same(each, self.known[key].article_id)
            ):
                yield self.known[key].article_id
        for number in self.stored:
            if self._says_the_same(each, number):
                yield number

    def _may_be(self, each: DistinctEntry, number: int, *, is_new_guid: bool) -> bool:
        """Whether an entry with a stored article's title and words is that article, by what else is known.

        It is if only the fragment of the address differs, or if the article's address now belongs to other
        words. Else a new id or a new address of its own speaks against it, unless the entry says enough on
        the same day; with both, it is another article.
        """
        entry = each.entry
        owns = self.owns_address(each)
        before, after = self.stored.get(number), self.made[each.place]
        if before is not None and differs_by_fragment_alone(before.article, after):
            return not is_new_guid or guid_is_address(entry, after)
        if self._is_displaced(number):
            return True
        if is_new_guid:
            return not owns and entry.is_telling and self._on_the_same_day(each, number)
        if not owns:
            return True
        by_guid = entry.guid in self.known
        return by_guid or (entry.is_telling and self._on_the_same_day(each, number))

    def _updated_by_title(self, each: DistinctEntry, claimed: set[int]) -> int | None:
        """As `updated`, for an entry that has nothing but its title and words."""
        titled = self.known.get(each.entry.title_key) if each.entry.title_key else None
        wording, now = self._wording(each), self.made[each.place].published_at
        for number in ([titled.article_id] if titled else []) + sorted(self.stored):
            before = self.stored.get(number)
            if before is None or number in claimed or before.article.published_at != now:
                continue
            if keeps_title(before.wording, wording) and keeps_words(before.wording, wording):
                return number
        return None

    def _is_update(self, each: DistinctEntry, before: Stored, *, by_guid: bool) -> bool:
        """Whether the entry keeps the words, or the title on the same day at an address of its own.

        `by_guid`: the id led to the article, and the address must be the article's too.
        """
        wording = self._wording(each)
        if keeps_words(before.wording, wording):
            return True
        number = before.article.id
        assert number is not None  # it comes from the store
        return (
            keeps_title(before.wording, wording)
            and (not by_guid or self._has_address_of(each, number))
            and self.owns_address(each)
            and self._on_the_same_day(each, number)
        )

    def _has_address_of(self, each: DistinctEntry, number: int) -> bool:
        """Whether the entry has the address under which an article is stored."""
        entry = each.entry
        keys = [entry.address, *(key for key in entry.older_keys if key.startswith("u:"))]
        leading = next((self.known[key].article_id for key in keys if key in self.known), None)
        if leading is not None:
            return leading == number
        before = self.stored.get(number)  # an address that was no key when it was stored
        return before is not None and before.article.url == self.made[each.place].url

    def _is_displaced(self, number: int) -> bool:
        """Whether a stored article's address is now that of an entry with other words, as in a list."""
        return any(not self._says_the_same(other, number) for other in self.at_address.get(number, ()))

    def _on_the_same_day(self, each: DistinctEntry, number: int) -> bool:
        before = self.stored.get(number)
        return before is None or on_the_same_day(before.article, self.made[each.place], self.zone)

    def _says_the_same(self, each: DistinctEntry, number: int) -> bool:
        before = self.stored.get(number)
        return before is not None and before.words == self._words(each)

    def _wording(self, each: DistinctEntry) -> Wording:
        return wording_of(self.made[each.place])

    def _words(self, each: DistinctEntry) -> str:
        if each.place not in self.words:
            self.words[each.place] = folded_wording(self._wording(each))
        return self.words[each.place]
