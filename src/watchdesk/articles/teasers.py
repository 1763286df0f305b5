"""Removes lines inside a text that lead away from it: to other articles, to subscriptions, to apps.

Which lines these are is said in `teaser_lines` and `call_lines`. A paragraph that is a link and nothing else
may be part of the text and is kept, unless it is written in capitals.
"""

from collections.abc import Mapping, Sequence

from watchdesk.articles.blocks import Block, key
from watchdesk.articles.call_lines import calls
from watchdesk.articles.clutter_lines import opens_related
from watchdesk.articles.lines import Line
from watchdesk.articles.teaser_lines import is_bare_label, is_label, names_others

_WHOLLY = 0.9
"""Share of a line that is nothing but a link."""
_CAPITALS = 0.85
_FEWEST_LETTERS = 12
_MOST_LISTED = 12
"""Headlines below a heading such as `Related`."""


def without_teasers(
    lines: Sequence[Line], blocks: Sequence[Block] = ()
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The lines without those that lead away, and these. The page's `blocks` know what is a link."""
    linked = {block.key: block.linked / len(block.line.text) for block in blocks if block.linked}
    kept: list[Line] = []
    removed: list[str] = []
    place = 0
    while place < len(lines):
        end = _end_of_teaser(lines, place, linked)
        if end > place:
            removed += [line.text for line in lines[place:end]]
        else:
            kept.append(lines[place])
        place = max(end, place + 1)
    return tuple(kept), tuple(removed)


def _end_of_teaser(lines: Sequence[Line], place: int, linked: Mapping[str, float]) -> int:
    """Where the teaser that begins at a line ends; `place` itself if the line is none."""
    line = lines[place]
    share = _share(line, linked)
    if opens_related(line.text) or is_label(line.text):
        return _end_of_links(lines, place + 1, linked)
    if is_bare_label(line.text):
        end = _end_of_links(lines, place + 1, linked)
        return end if end > place + 1 or share >= _WHOLLY else place
    if (
        names_others(line.text, share)
        or calls(line.text)
        or (share >= _WHOLLY and _is_in_capitals(line.text))
    ):
        return place + 1
    return place


def _end_of_links(lines: Sequence[Line], start: int, linked: Mapping[str, float]) -> int:
    """Where the lines end that are nothing but links, from a place on; not many of them."""
    end = start
    while end < len(lines) and end - start < _MOST_LISTED and _share(lines[end], linked) >= _WHOLLY:
        end += 1
    return end


def _share(line: Line, linked: Mapping[str, float]) -> float:
    """How much of a line is links."""
    return linked.get(key(line.text), 0.0) if linked else 0.0


def _is_in_capitals(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha() and letter.lower() != letter.upper()]
    return len(letters) >= _FEWEST_LETTERS and sum(map(str.isupper, letters)) >= _CAPITALS * len(letters)
