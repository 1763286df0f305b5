"""What a file of another program holds, as far as watchdesk has something like it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from watchdesk.encoding.decode import decoded
from watchdesk.errors import UnreadableInput


@dataclass(frozen=True, slots=True)
class Login:
    """HTTP basic authentication."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule that does nothing until somebody has looked at it."""

    title: str
    query: str
    exclude: str | None = None
    notes: tuple[str, ...] = ()
    """What to look at before it is used."""


@dataclass(frozen=True, slots=True)
class FoundSource:
    """Something that the other program reads."""

    place: str
    """Where it stands, as messages name it."""
    url: str
    kind: str = "feed"
    """`feed`, or `page` with `select`."""
    title: str | None = None
    tags: tuple[str, ...] = ()
    every: timedelta | None = None
    is_paused: bool = False
    full_text: str | None = None
    select: Mapping[str, str] = field(default_factory=dict)
    """Of a page: CSS of its items and their parts."""
    content: str | None = None
    """CSS of what holds an article on its page."""
    remove: tuple[str, ...] = ()
    """CSS of what is clutter there."""
    headers: Mapping[str, str] = field(default_factory=dict)
    login: Login | None = None
    draft: Draft | None = None
    """Of its own filters, see `drafts`."""


@dataclass(frozen=True, slots=True)
class Left:
    """Something that could not be carried."""

    place: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """All that the files of one program hold."""

    sources: Sequence[FoundSource] = ()
    drafts: Sequence[Draft] = ()
    """Those that are of no single source."""
    left: Sequence[Left] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """A file to import."""

    name: str
    """As the person named it."""
    content: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """Decoded. Raises `UnreadableInput`, whose message begins with the name."""
        try:
            return decoded(self.content, None)
        except UnreadableInput as unreadable:
            raise UnreadableInput(f"{self.name}: {unreadable}") from None
