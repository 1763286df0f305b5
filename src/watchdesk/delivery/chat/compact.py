"""Shortens a digest to a chat message: its subject, then each rule with its best stories. Pure.

The message counts what it leaves out, so that nobody takes it for everything.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchdesk.delivery.chat.markup import Markup, inert
from watchdesk.delivery.digest_document import document_in
from watchdesk.digests.rendering.languages import words_of
from watchdesk.digests.rendering.sanitising import LONGEST_NAME
from watchdesk.digests.rendering.times import locale_of
from watchdesk.digests.round_robin import round_robin
from watchdesk.encoding.display import shortened
from watchdesk.model import Rendered

_LONGEST_TITLE = 200
_MISSED = 10
"""After so many lines in a row that do not fit, no shorter one is looked for."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much one message of a service holds."""

    body: int
    title: int
    """0: messages have no title of their own."""
    lines: int = 0
    """0: no limit."""
    measure: Callable[[str], int] = len
    """How the service counts characters."""


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message."""

    title: str
    """Empty where messages have no title, or there is nothing else to say."""
    body: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that the message holds together with its heading, or not at all."""

    part: int
    text: str


def compact(rendered: Rendered, markup: Markup, room: Room) -> Message:
    """The digest or notice as one message that fits."""
    document = document_in(rendered)
    headings, lines, left_out = _lines(document, markup)
    title = shortened(inert(rendered.subject), room.title)
    head = [] if title else [markup.strong(shortened(rendered.subject, _LONGEST_TITLE))]
    fits = _Fitting(room, markup, head, headings, _more(document))
    shown = fits.chosen(lines, left_out)
    body = fits.laid_out(shown, left_out + len(lines) - len(shown))
    if fits.holds(body) and body:
        return Message(title, body)
    return Message("", _subject_alone(rendered.subject, markup, room))


class _Fitting:
    """Chooses the lines that fit."""

    def __init__(
        self,
        room: Room,
        markup: Markup,
        head: Sequence[str],
        headings: Sequence[str],
        more: Callable[[int], str],
    ) -> None:
        self._room = room
        self._markup = markup
        self._head = head
        self._headings = headings
        self._more = more

    def chosen(self, lines: Sequence[_Line], left_out: int) -> list[_Line]:
        """As many as fit, the best first."""
        if self.holds(self.laid_out(lines, left_out)):
            return list(lines)
        shown: list[_Line] = []
        missed = 0
        for line in lines:
            if self.holds(self.laid_out([*shown, line], left_out + len(lines) - len(shown) - 1)):
                shown.append(line)
                missed = 0
            elif (missed := missed + 1) > _MISSED:
                break
        return shown

    def laid_out(self, shown: Sequence[_Line], more: int) -> str:
        """Each heading with its lines, and how many there are besides."""
        laid = list(self._head)
        for number, heading in enumerate(self._headings):
            own = [line.text for line in shown if line.part == number]
            if own:
                laid += [heading, *own] if heading else own
        if more:
            laid.append(self._markup.plain(self._more(more)))
        return self._markup.line_break.join(laid)

    def holds(self, body: str) -> bool:
        """Whether the service takes it as it is."""
        if self._room.lines and body.count("\n") >= self._room.lines:
            return False
        return self._room.measure(body) <= self._room.body


def _lines(document: Mapping[str, Any], markup: Markup) -> tuple[list[str], list[_Line], int]:
    """Headings, lines by importance, and how many stories the digest itself left out."""
    if document.get("type") == "notice":
        sentences = [trouble["sentence"] for trouble in document.get("troubles", ())]
        sentences += [f"Over: {trouble['sentence']}" for trouble in document.get("over", ())]
        return [""], [_Line(0, f"• {markup.plain(sentence)}") for sentence in sentences], 0
    rules = document.get("rules", ())
    headings = [markup.strong(rule["title"]) for rule in rules]
    sources = _sources(document)
    lines = [_Line(part, _story(story, markup, sources)) for part, story in _dealt(rules)]
    return headings, lines, max(0, document.get("total_count", 0) - len(lines))


def _dealt(rules: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The stories, rule by rule in turn, each once."""
    seen: set[Any] = set()
    for part, rank in round_robin([len(rule["stories"]) for rule in rules]):
        story = rules[part]["stories"][rank]
        article = story["article"]
        identity = article.get("id") or article.get("url") or article["title"]
        if identity not in seen:
            seen.add(identity)
            yield part, story


def _story(story: Mapping[str, Any], markup: Markup, sources: Callable[[int], str]) -> str:
    article, count = story["article"], story.get("source_count") or 1
    title = shortened(article["title"], _LONGEST_TITLE)
    source = shortened(article.get("source_name") or article["source"], LONGEST_NAME)
    return markup.story(title, f"{source} ({sources(count)})" if count > 1 else source, article.get("url"))


def _sources(document: Mapping[str, Any]) -> Callable[[int], str]:
    words = words_of(str(document.get("language", "en")))
    plural, forms = locale_of(words.code).plural_form, words.tellers
    return lambda count: forms.get(plural(count), forms["other"]).format(n=count)


def _more(document: Mapping[str, Any]) -> Callable[[int], str]:
    if document.get("type") == "notice":
        return "… and {} more: watchdesk status".format
    words = words_of(str(document.get("language", "en")))
    plural, forms = locale_of(words.code).plural_form, words.left_out
    return lambda count: forms.get(plural(count), forms["other"]).format(n=count)


def _subject_alone(subject: str, markup: Markup, room: Room) -> str:
    """The shortest message, which always fits."""
    most = min(room.body, _LONGEST_TITLE)
    shown = markup.plain(shortened(subject, most))
    while most > 0 and room.measure(shown) > room.body:
        most -= max(1, most // 8)
        shown = markup.plain(shortened(subject, most))
    return shown
