"""A digest as plain text: 72 columns, each address at the end of a line of its own."""

from collections.abc import Iterable, Iterator, Sequence

from watchdesk.digests.rendering.columns import WIDTH, spread, wrapped
from watchdesk.digests.rendering.sanitising import Run
from watchdesk.digests.rendering.view import BriefView, CopyLine, DigestView, LinkView, PartView, StoryView

_INDENT = "  "
_CONTENTS_FROM = 3
"""Parts, below which a list of them says nothing that cannot be seen."""


def text_of(view: DigestView) -> str:
    """The whole text, ending with a line break."""
    blocks = [_masthead(view), _contents(view), *(_part(part, view) for part in view.parts), _foot(view)]
    return "\n\n".join("\n".join(lines) for lines in map(list, blocks) if lines) + "\n"


def starred(runs: Iterable[Run]) -> str:
    """Matched words between asterisks, as people mark words in plain text."""
    return "".join(f"*{run.text}*" if run.marked else run.text for run in runs)


def unmarked(runs: Iterable[Run]) -> str:
    """The text alone."""
    return "".join(run.text for run in runs)


def _masthead(view: DigestView) -> Iterator[str]:
    if view.test:
        yield from (*wrapped(view.test, "*** "), "")
    yield from wrapped(view.title.upper())
    yield from wrapped(view.date)
    for spike in view.spikes:
        yield from ("", *wrapped(spike, _INDENT, "! "))
    awake = view.awake if view.quiet else None
    for said in (view.summary, view.quiet, awake, *view.shortened, view.too_wide):
        if said:
            yield from ("", *wrapped(said))


def _contents(view: DigestView) -> Iterator[str]:
    if len(view.parts) < _CONTENTS_FROM:
        return
    yield from wrapped(view.contents)
    for part in view.parts:
        yield from spread(f"{_INDENT}{part.title}", part.count)


def _part(part: PartView, view: DigestView) -> Iterator[str]:
    yield "=" * WIDTH
    yield from wrapped(("! " if part.urgent else "") + part.title.upper())
    history = f"{part.history.blocks}  {part.history.caption}" if part.history else ""
    yield from spread(part.count, history) if history else wrapped(part.count)
    yield "=" * WIDTH
    for story in part.stories:
        yield from ("", *_story(story, view.also_in))
    if part.more:
        yield from _briefs(part.more_heading, part.more)
    if part.left_out:
        yield from ("", *wrapped(part.left_out))
    if part.updates or part.updates_left_out:
        yield from _briefs(part.updates_heading, part.updates)
        yield from wrapped(part.updates_left_out or "", _INDENT)
    if part.held_back or part.held_back_left_out:
        yield from _briefs(part.held_back_heading, part.held_back)
        yield from wrapped(part.held_back_left_out or "", _INDENT)


def _story(story: StoryView, also_in: str) -> Iterator[str]:
    yield from wrapped(unmarked(story.title))
    if story.see_also:
        yield from wrapped(story.see_also, _INDENT)
        yield from _headlines(also_in, story.only_here)
        yield from _links(story.links)
        return
    facts = (story.source, story.when, story.byline, *story.notes)
    yield from wrapped(" · ".join(fact for fact in facts if fact), _INDENT)
    yield from wrapped(starred(story.snippet), _INDENT)
    if story.url:
        yield f"{_INDENT}{story.url}"
    yield from wrapped(story.coverage or "", _INDENT)
    yield from _headlines(also_in, story.headlines)
    yield from _named(story.names_label, story.names, story.more_names)
    yield from _named(story.same_text or "", story.same_text_copies, None)
    yield from _headlines(story.doubtful_label, story.doubtful)
    yield from _links(story.links)


def _links(links: Iterable[LinkView]) -> Iterator[str]:
    for link in links:
        yield f"{_INDENT}{link.words}: {link.url}"


def _headlines(label: str, headlines: Sequence[BriefView]) -> Iterator[str]:
    if headlines:
        yield from wrapped(label, _INDENT)
    for headline in headlines:
        yield from wrapped(unmarked(headline.title), f"{_INDENT}  ", f"{_INDENT}- ")
        yield from wrapped(f"{headline.source} · {headline.when}", f"{_INDENT}  ")
        if headline.url:
            yield f"{_INDENT}  {headline.url}"


def _named(label: str, copies: Sequence[CopyLine], more: str | None) -> Iterator[str]:
    named = [label + ", ".join(copy.source for copy in copies)] if copies else []
    yield from wrapped(" ".join([*named, more or ""]), _INDENT)


def _briefs(heading: str, briefs: Iterable[BriefView]) -> Iterator[str]:
    lines = wrapped(heading)
    yield from ("", *lines, "-" * min(WIDTH, max(map(len, lines), default=0)))
    for brief in briefs:
        yield from wrapped(unmarked(brief.title), _INDENT, "- ")
        yield from wrapped(f"{brief.source} · {brief.when}", _INDENT)
        if brief.url:
            yield f"{_INDENT}{brief.url}"
        if brief.why:
            yield from _links([brief.why])


def _foot(view: DigestView) -> Iterator[str]:
    yield "-" * WIDTH
    awake = None if view.quiet else view.awake
    yield from wrapped(" ".join(said for said in (view.window, awake, view.health) if said))
    for trouble in view.troubles:
        error = f": {trouble.error}" if trouble.error else ""
        since = f", {trouble.since}" if trouble.since else ""
        yield from wrapped(f"{trouble.name}{since}{error}", _INDENT, "- ")
    yield from wrapped(view.more_troubles or "", _INDENT)
    yield from wrapped(view.found_nothing or "")
    for silence in view.silenced:
        yield from wrapped(silence)
    for said in (view.archive_only, view.not_wanted, view.waits):
        yield from wrapped(said or "")
    about = [said for said in (view.why, view.ask, view.mute) if said]
    if about:
        yield ""
    for said in about:
        yield from wrapped(said)
    if view.rule_links:
        yield from ("", *wrapped(view.rules_label.rstrip()))
    yield from _links(view.rule_links)
