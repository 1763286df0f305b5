"""Feeds of OPML files, with all that their outlines say; for the programs that export it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from watchdesk.config.opml import Subscription, attributes_of_outlines, read_opml
from watchdesk.errors import UnreadableInput
from watchdesk.importing.addresses import web_address
from watchdesk.importing.found import FoundSource, Given, Left, Login
from watchdesk.importing.keys import Keys

OF_OPML = frozenset(
    (
        "text",
        "title",
        "type",
        "xmlurl",
        "url",
        "htmlurl",
        "category",
        "description",
        "version",
        "language",
        "created",
        "iscomment",
        "isbreakpoint",
    )
)
"""Attributes of OPML itself (opml.org) that are carried or only describe."""
_FOLDERS = Keys(OF_OPML, reasons={"opmlurl": "its feeds are in a list elsewhere: save it, and import it too"})


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed of an OPML file."""

    place: str
    feed: Subscription
    url: str
    """Without a login."""
    login: Login | None
    said: Mapping[str, str]

    def source(self) -> FoundSource:
        """It, without what the program adds to OPML."""
        feed = self.feed
        return FoundSource(self.place, self.url, title=feed.title, tags=feed.tags, login=self.login)


def is_opml(file: Given) -> bool:
    """Whether it looks like OPML."""
    return b"<opml" in file.content[:2_000].lower() or b"<outline" in file.content[:20_000].lower()


def outlines_of(file: Given, left: list[Left]) -> Sequence[Outline]:
    """Every feed. Raises `UnreadableInput`, whose message begins with the file's name."""
    try:
        listed = read_opml(file.content)
        said, folders, without_address = attributes_of_outlines(file.content)
    except UnreadableInput as unreadable:
        line, column = getattr(unreadable, "line", None), getattr(unreadable, "column", None)
        place = f"{file.name}:{line}:{column}: " if line else f"{file.name}: "
        raise UnreadableInput(f"{place}{unreadable}") from None
    left += [Left(file.name, name, "its address is not a web address") for name in listed.left_out]
    left += [Left(file.name, name, "it has no address of a feed") for name in without_address]
    left += _repeated(file, said)
    for folder in folders:
        left += _FOLDERS.left(folder, f"{file.name} folder '{folder.get('text') or folder.get('title')}'")
    return [_outline(file, feed, said.get(feed.url, ()), left) for feed in listed.feeds]


def _repeated(file: Given, said: Mapping[str, Sequence[Mapping[str, str]]]) -> Iterator[Left]:
    """Each further entry of one address."""
    for url, outlines in said.items():
        first, *others = [one.get("title") or one.get("text") or url for one in outlines]
        for name in others:
            why = f"'{first}' has the same address; both are one source, with the folders of both"
            yield Left(file.name, f"'{name}'", why)


def _outline(
    file: Given, feed: Subscription, outlines: Sequence[Mapping[str, str]], left: list[Left]
) -> Outline:
    """`outlines`: one in each of its folders; what they say together."""
    url, login = web_address(feed.url) or (feed.url, None)
    place = f"{file.name} '{feed.title or url}'"
    said: dict[str, str] = {}
    for name, value in (pair for outline in outlines for pair in outline.items()):
        if said.setdefault(name, value) != value and name not in OF_OPML:
            left.append(
                Left(place, name, "its folders say different things of it; what the first says is taken")
            )
    return Outline(place, feed, url, login, said)


def is_set(said: Mapping[str, str], name: str) -> bool:
    """Whether an attribute says yes."""
    return said.get(name, "").strip().lower() in ("true", "1", "yes")
