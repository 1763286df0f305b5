"""A source that names an OPML file → a source for each feed in it, under names that last."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from watchdesk.config.names import source_names
from watchdesk.config.ordinary_files import read_file
from watchdesk.config.places import Place, Problems
from watchdesk.config.secrets import hide_secrets
from watchdesk.config.source_settings import DeclaredSource
from watchdesk.encoding.decode import decoded
from watchdesk.errors import UnreadableInput
from watchdesk.model import Source

if TYPE_CHECKING:
    from watchdesk.config.opml import Subscriptions

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Subscribed:
    """An OPML file that was read, and the source that names it."""

    declared: DeclaredSource
    listed: "Subscriptions"

    @property
    def place(self) -> Place:
        """The place that names the file."""
        named = self.declared.element.get("opml")
        return named.place if named else self.declared.key


def read_subscriptions(declared: DeclaredSource, directory: Path, problems: Problems) -> Subscribed:
    """The file's feeds. Notes what is wrong with the file at the place that names it."""
    from watchdesk.config.opml import BrokenList, Subscriptions, read_opml  # noqa: PLC0415 - lxml is heavy

    path = declared.address
    nothing = Subscribed(declared, Subscriptions(()))
    content = b""
    try:
        content = read_file(directory / path)
        problems.files.note(directory / path, content)
        listed = read_opml(content)
    except (OSError, ValueError) as error:  # ValueError: a name that no file may have
        problems.files.note(directory / path)
        reason = error.strerror if isinstance(error, OSError) else "no file can have this name"
        hint = "its path counts from the configuration directory"
        problems.error(nothing.place, f"{path} cannot be read: {reason}", hint)
        return nothing
    except BrokenList as broken:
        hint = "export the subscriptions anew, or mend the file"
        line = decoded(content, None).split("\n")[broken.line - 1 :][:1]
        place = Place(path, broken.line, broken.column, hide_secrets(line[0]) if line else "")
        problems.error(place, str(broken), hint)
        return nothing
    except UnreadableInput as unreadable:
        hint = "export the subscriptions anew, as OPML"
        problems.error(nothing.place, f"{path} cannot be read: {unreadable}", hint)
        return nothing
    if not listed.feeds:
        problems.warning(nothing.place, f"{path} lists no feed")
    if listed.left_out:
        named = ", ".join(f"'{name}'" for name in listed.left_out[:_MOST_NAMED])
        others = len(listed.left_out) - _MOST_NAMED
        more = f" and {others} more" if others > 0 else ""
        problems.warning(
            nothing.place, f"left out of {path}, because the address is not a web address: {named}{more}"
        )
    return Subscribed(declared, listed)


def names_of(files: Iterable[Subscribed], taken: Collection[str]) -> Mapping[str, str]:
    """A name for each feed of the files, by its address; none of `taken`."""
    titles: dict[str, str | None] = {}
    for one in files:
        for feed in one.listed.feeds:
            titles.setdefault(feed.url, feed.title)
    return source_names(titles, taken)


def sources_of(one: Subscribed, common: Source, names: Mapping[str, str]) -> Sequence[Source]:
    """The file's feeds as sources, with the settings of `common` and the tags of their folders added."""
    return [
        replace(
            common,
            id=names[feed.url],
            url=feed.url,
            kind="feed",
            title=common.title or feed.title,
            tags=common.tags | frozenset(feed.tags),
        )
        for feed in one.listed.feeds
    ]
