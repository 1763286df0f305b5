"""What each step of reading did to an article, in order, for a person who asks why it came out as it did.

`page` and `normalise` note their steps in a `Trail`; without one, nothing is recorded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from watchdesk.articles.lines import Line
from watchdesk.articles.opening import Opened
from watchdesk.model import Article, Entry, PublishedKnown


@dataclass(frozen=True, slots=True)
class Step:
    """One step."""

    name: str
    result: str
    """What came of it."""
    considered: tuple[tuple[str, str], ...] = ()
    """What it chose from, in order of trust: where it stands, and what it says."""
    removed: tuple[str, ...] = ()
    """Lines that it took out."""
    why: str = ""
    """Why these lines were taken out."""


@dataclass(slots=True)
class Trail:
    """Collects the steps of one article."""

    recording: bool = True
    steps: list[Step] = field(default_factory=list)

    def chose(self, name: str, result: str | None, considered: Iterable[tuple[str, str | None]]) -> None:
        """Notes what a step chose, and what it chose from."""
        if self.recording:
            given = tuple((where, said) for where, said in considered if said)
            self.steps.append(Step(name, result or "none", given))

    def removed(self, name: str, lines: Iterable[str], why: str, left: Sequence[Line] | None = None) -> None:
        """Notes lines that a step took out; `left`: the text that it left."""
        if self.recording:
            gone = tuple(lines)
            result = (
                f"{len(gone)} {'line' if len(gone) == 1 else 'lines'} removed" if gone else "nothing removed"
            )
            self.steps.append(Step(name, f"{result}{_size(left)}", (), gone, why if gone else ""))

    def less(self, name: str, before: Sequence[Line], after: Sequence[Line], why: str) -> None:
        """Notes which lines of a text are no longer in it."""
        if self.recording:
            kept = {line.text for line in after}
            self.removed(name, (line.text for line in before if line.text not in kept), why, after)


ABOVE_TEXT = "they stand above the text: its title again, a date, a byline, a button"
OWN_SITE = "they name the site and lead to more of it"
TEASERS = "they lead to other articles, subscriptions or apps"
AFTER_TEXT = "they follow the text and are the site's"
SILENT = Trail(recording=False)
"""Records nothing."""


def note_entry(
    trail: Trail,
    entry: Entry,
    article: Article,
    opened: Opened,
    teasers: Sequence[str],
    tail: Sequence[str],
) -> None:
    """Notes what became of a feed's entry; its language is noted by `normalise`."""
    trail.chose("address", article.url, (("original", entry.original_url), ("link", entry.url)))
    trail.chose("title", article.title, (("entry", entry.title),))
    bodies = (("content", entry.content), ("summary", entry.summary))
    sizes = ((name, f"{len(body):,} characters") for name, body in bodies if body)
    lines = len(opened.lines) + len(opened.removed)
    trail.chose("text", f"{lines} lines of the fullest body", sizes)
    trail.removed("opening", opened.removed, ABOVE_TEXT, opened.lines)
    trail.removed("teasers", teasers, TEASERS)
    trail.removed("end", tail, AFTER_TEXT)
    written = (("published", entry.published), ("updated", entry.updated), ("printed", opened.stamp))
    trail.chose("date", shown_date(article.published_at, article.published_known), written)
    trail.chose("byline", article.byline, (("author", entry.author),))


def shown_date(at: datetime | None, known: PublishedKnown) -> str:
    """A time of publication in words: UTC, and how well it is known."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC, {known}" if at else "none"


def _size(left: Sequence[Line] | None) -> str:
    if left is None:
        return ""
    words = sum(len(line.text.split()) for line in left)
    return f"; {words:,} {'word' if words == 1 else 'words'} are left"
