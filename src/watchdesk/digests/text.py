"""A digest as plain text: 72 columns, each address on a line of its own."""

import textwrap
from collections.abc import Iterable, Iterator

from watchdesk.digests.page import DigestView, PartView, Run, StoryView

WIDTH = 72


def text_of(view: DigestView) -> str:
    """The whole text, ending with a line break."""
    lines = [view.title, view.date, ""]
    if view.quiet:
        lines += [view.quiet, ""]
    for part in view.parts:
        lines += _part(part, view.also_in)
    lines += ["-" * WIDTH, *_wrapped(f"{view.window} {view.health}")]
    for trouble in view.troubles:
        lines += _wrapped(f"{trouble.name}, {trouble.since}: {trouble.error}", "  ")
    if view.found_nothing:
        lines += _wrapped(view.found_nothing)
    return "\n".join(lines) + "\n"


def _part(part: PartView, also_in: str) -> Iterator[str]:
    heading = f"{part.title.upper()} ({part.count})"
    yield heading
    yield "=" * min(len(heading), WIDTH)
    yield ""
    for story in part.stories:
        yield from _story(story, also_in)
        yield ""
    if part.left_out:
        yield part.left_out
        yield ""


def _story(story: StoryView, also_in: str) -> Iterator[str]:
    yield from _wrapped("".join(run.text for run in story.title))
    if story.see_also:
        yield from _wrapped(f"({story.see_also})", "  ")
        return
    yield from _wrapped(story.facts, "  ")
    yield from _wrapped(_starred(story.snippet), "  ")
    if story.url:
        yield f"  {story.url}"
    for copy in story.copies:
        yield from _wrapped(f"{also_in}: {copy.source}", "  ")
        if copy.url:
            yield f"  {copy.url}"


def _starred(runs: Iterable[Run]) -> str:
    """Matched words between asterisks, as people mark words in plain text."""
    return "".join(f"*{run.text}*" if run.marked else run.text for run in runs)


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
