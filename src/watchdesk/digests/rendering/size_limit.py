"""Cuts a page to a size limit: leaves out the least important first, and counts what is missing.

Gmail shows the first 102 KB of a mail's HTML and hides the rest behind a link.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace

from watchdesk.digests.rendering.phrases import Phrases
from watchdesk.digests.rendering.view import DigestView, PartView, StoryView
from watchdesk.digests.round_robin import shares

LARGEST = 102_000
"""Bytes of a page, or of a text, in UTF-8."""
_MOST_LINES = 3000
"""No headline is so short that more of them would fit."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much of each kind is shown, in the order in which it is cut."""

    more: int
    """Headlines over the digest's `most`."""
    summaries: int
    """Stories that stand with snippet and copies; the first of the page keep them longest."""
    updates: int
    histories: int
    """Rules with the bars of their days."""
    held_back: int
    stories: int
    parts: int

    @classmethod
    def of(cls, view: DigestView) -> "Room":
        """Room for everything."""
        return cls(
            more=sum(len(part.more) for part in view.parts),
            summaries=sum(len(part.stories) for part in view.parts),
            updates=sum(len(part.updates) for part in view.parts),
            histories=len(view.parts),
            held_back=sum(len(part.held_back) for part in view.parts),
            stories=sum(len(part.stories) for part in view.parts),
            parts=len(view.parts),
        )


def fit_to_size(
    view: DigestView, phrases: Phrases, write: Callable[[DigestView], str], largest: int = LARGEST
) -> str:
    """What `write` makes of the view, with as little left out as possible."""
    search = _Search(lambda room: write(within(view, room, phrases)), largest)
    everything = Room.of(view)
    room = replace(
        everything,
        more=min(everything.more, _MOST_LINES),
        updates=min(everything.updates, _MOST_LINES),
        held_back=min(everything.held_back, _MOST_LINES),
    )
    if search.fits(room):
        return search.page(room)
    for field in fields(Room):
        bare = replace(room, **{field.name: 0})
        if search.fits(bare):
            room = search.widest(room, field.name)
            break
        room = bare
    if room.parts < everything.parts:
        # Half of the rules with their stories say more than all of them without.
        some = replace(room, parts=(room.parts + 1) // 2, stories=everything.stories)
        room = search.widest(some, "stories")
    return search.page(room)


class _Search:
    """Looks for the largest page that fits; writes none twice."""

    def __init__(self, write: Callable[[Room], str], largest: int) -> None:
        self._write = write
        self._largest = largest
        self._pages: dict[Room, str] = {}

    def page(self, room: Room) -> str:
        """The page with as much as this."""
        if room not in self._pages:
            self._pages[room] = self._write(room)
        return self._pages[room]

    def fits(self, room: Room) -> bool:
        """Whether a page with as much is small enough."""
        return self._over(room) <= 0

    def widest(self, room: Room, name: str) -> Room:
        """With as much of one kind as fits, looked for by its share of the bytes, and by halving."""
        few, many = replace(room, **{name: 0}), room
        while getattr(many, name) - getattr(few, name) > 1 and self.fits(few):
            low, high = getattr(few, name), getattr(many, name)
            free, over = -self._over(few), self._over(many)
            guess = low + (high - low) * free // max(1, free + over)
            if guess <= low or len(self._pages) % 3 == 0:
                guess = (low + high) // 2
            between = replace(room, **{name: min(max(guess, low + 1), high - 1)})
            few, many = (between, many) if self.fits(between) else (few, between)
        return few

    def _over(self, room: Room) -> int:
        """By how many bytes it is too long; negative where there is room."""
        return len(self.page(room).encode("utf-8", "replace")) - self._largest


def within(view: DigestView, room: Room, phrases: Phrases) -> DigestView:
    """The view with no more than there is room for; every part says how many of its stories are missing.

    A story that several rules found stands in full under the first of those where there is room for it.
    """
    parts = view.parts[: room.parts]
    stories = shares([len(part.stories) for part in parts], room.stories)
    more = shares([len(part.more) for part in parts], room.more)
    held_back = shares([len(part.held_back) for part in parts], room.held_back)
    updates = shares([len(part.updates) for part in parts], room.updates)
    summaries = room.summaries
    cut: list[PartView] = []
    in_full: dict[int, str] = {}
    bare: set[int] = set()
    for number, part in enumerate(parts):
        kept = part.stories[: stories[number]]
        full = max(0, min(len(kept), summaries))
        summaries -= full
        shown = [
            _once(story, part, in_full, phrases, has_room=place < full) for place, story in enumerate(kept)
        ]
        bare |= {story.number for story in shown[full:] if not story.see_also}
        cut.append(
            replace(
                part,
                history=part.history if number < room.histories else None,
                stories=tuple(shown),
                more=part.more[: more[number]],
                left_out=_left_out(
                    len(part.stories) - stories[number] + len(part.more) - more[number], phrases
                ),
                updates=part.updates[: updates[number]],
                updates_left_out=_left_out(len(part.updates) - updates[number], phrases),
                held_back=part.held_back[: held_back[number]],
                held_back_left_out=_left_out(len(part.held_back) - held_back[number], phrases),
            )
        )
    return replace(
        view, parts=tuple(cut), shortened=_shortened(len(bare), len(view.parts) - len(cut), phrases)
    )


def _once(
    story: StoryView, part: PartView, in_full: dict[int, str], phrases: Phrases, *, has_room: bool
) -> StoryView:
    """The story as the part shows it, once it is settled whether it stands in full here or elsewhere."""
    elsewhere = in_full.get(story.number)
    if elsewhere is not None and not story.own_lead:
        story = replace(story, see_also=phrases.see_also(elsewhere))
    else:
        story = replace(story, see_also=None)
        if has_room:
            in_full.setdefault(story.number, part.title)
    if has_room:
        return story
    copies = phrases.count(phrases.words.more, story.copy_count) if story.copy_count else None
    return replace(
        story,
        snippet=(),
        copies=(),
        more_copies=copies,
        headlines=(),
        doubtful=(),
        names=(),
        more_names=copies,
        same_text=None,
        same_text_copies=(),
        links=story.links[:1],
    )


def _left_out(count: int, phrases: Phrases) -> str | None:
    return phrases.count(phrases.words.left_out, count) if count else None


def _shortened(bare: int, rules: int, phrases: Phrases) -> tuple[str, ...]:
    said: Iterable[tuple[int, str]] = (
        (bare, phrases.count(phrases.words.headlines_only, bare)),
        (rules, phrases.count(phrases.words.rules_left_out, rules)),
    )
    return tuple(sentence for count, sentence in said if count)
