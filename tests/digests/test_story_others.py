"""The other articles of a story: whose headlines are shown, who is named, and who has the same text."""

import html
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from support.digests import BRUSSELS, DAY, HOUR, NATO, NOW, digest, found, render_plain
from watchdesk.digests.rendering.page import view_of
from watchdesk.digests.rendering.phrases import Phrases
from watchdesk.digests.rendering.size_limit import Room, within
from watchdesk.digests.rendering.view import StoryView
from watchdesk.model import (
    Coverage,
    DigestPart,
    DigestStory,
    JoinedBy,
    Membership,
    SharedText,
    Sharing,
    Telling,
    WaitingMatch,
)


def joined(
    number: int,
    *,
    by: JoinedBy = JoinedBy.EVENT,
    similarity: float = 0.4,
    copy_of: int | None = None,
    title: str | None = None,
    source: str | None = None,
) -> WaitingMatch:
    """An article of the story, and why it is in it."""
    match = found(number, title=title or f"Headline number {number}", source=source or f"paper-{number}")
    shared = SharedText(Sharing.COPY, copy_of, 0.9) if copy_of is not None else None
    why = Membership(1, by, similarity, nearest=copy_of, shared=shared)
    return replace(match, article=replace(match.article, id=number), membership=why)


FIRST = joined(0, by=JoinedBy.FIRST, similarity=1)


def shown(*others: WaitingMatch, best: WaitingMatch = FIRST) -> StoryView:
    story = DigestStory(1, best, others)
    ((view,),) = [part.stories for part in view_of(digest(DigestPart(NATO, (story,))), BRUSSELS, "en").parts]
    return view


def headlines(view: StoryView) -> list[str]:
    return ["".join(run.text for run in line.title) for line in view.headlines]


def test_three_other_headlines_are_shown_and_further_sources_named() -> None:
    view = shown(*(joined(n) for n in range(1, 7)))
    assert headlines(view) == ["Headline number 1", "Headline number 2", "Headline number 3"]
    assert [line.source for line in view.headlines] == ["paper-1", "paper-2", "paper-3"]
    assert (view.names_label, [copy.source for copy in view.names]) == (
        "others report: ",
        ["paper-4", "paper-5", "paper-6"],
    )
    assert (view.more_names, view.same_text) == (None, None)


def test_a_copy_of_the_article_that_leads_is_the_same_text_by_whatever_way() -> None:
    view = shown(
        joined(1, by=JoinedBy.COPY, copy_of=0),
        joined(2, by=JoinedBy.COPY, copy_of=1),
        joined(3, by=JoinedBy.WORDS, similarity=1),
        joined(4),
    )
    assert (view.same_text, [copy.source for copy in view.same_text_copies]) == (
        "same text in 3 more: ",
        ["paper-1", "paper-2", "paper-3"],
    )
    assert headlines(view) == ["Headline number 4"]


def test_what_leads_may_be_the_copy() -> None:
    best = joined(5, by=JoinedBy.COPY, copy_of=0)
    assert [copy.source for copy in shown(FIRST, best=best).same_text_copies] == ["paper-0"]


def test_a_headline_that_says_the_same_is_named_and_not_repeated() -> None:
    same = [joined(n, title="The same words") for n in (1, 2)]
    view = shown(*same, joined(3, title=FIRST.article.title))
    assert headlines(view) == ["The same words"]
    assert [copy.source for copy in view.names] == ["paper-2", "paper-3"]


def test_a_further_headline_of_a_source_is_shown_where_others_leave_room() -> None:
    view = shown(joined(1, source="paper-0"), joined(2), joined(3))
    assert headlines(view) == ["Headline number 2", "Headline number 3", "Headline number 1"]
    view = shown(joined(1, source="paper-0"), joined(2), joined(3), joined(4))
    assert (headlines(view), view.more_names) == (
        ["Headline number 2", "Headline number 3", "Headline number 4"],
        "and 1 more",
    )


@pytest.mark.parametrize("source", ["paper-9", "paper-0", "paper-1"])
def test_what_may_not_belong_is_always_shown_by_its_headline(source: str) -> None:
    others = [joined(n) for n in range(1, 6)]
    view = shown(*others, joined(9, similarity=0.15, source=source))
    assert headlines(view) == [f"Headline number {n}" for n in (1, 2, 3)]
    assert ["".join(run.text for run in line.title) for line in view.doubtful] == ["Headline number 9"]
    assert [copy.source for copy in view.names] == ["paper-4", "paper-5"]


def test_every_article_is_shown_named_or_counted() -> None:
    others: Sequence[WaitingMatch] = [
        *(joined(n) for n in range(1, 20)),
        *(joined(n, by=JoinedBy.COPY, copy_of=0) for n in range(20, 32)),
        *(joined(n, source="paper-1") for n in range(32, 35)),
        *(joined(n, similarity=0.14) for n in range(35, 47)),
    ]
    view = shown(*others)
    assert (len(view.headlines), len(view.doubtful)) == (3, 8)
    assert len(view.names) == len(view.same_text_copies) == 8
    assert view.same_text == "same text in 12 more: "
    assert view.more_names == f"and {len(others) - 11 - 8 - 12} more"


def test_who_tells_it_since_when_and_who_has_joined() -> None:
    moments = [NOW - DAY - 2 * HOUR, NOW - 3 * HOUR, NOW - HOUR]
    tellings = [
        Telling(name, at, at, at) for name, at in zip(("wire", "daily", "gazette"), moments, strict=True)
    ]
    story = DigestStory(1, FIRST, (joined(1),), NOW - DAY, Coverage(tuple(tellings)))
    rendered = render_plain(digest(DigestPart(NATO, (story,))), BRUSSELS, "en")
    line = (
        "3 sources since yesterday 05:00, last 06:00; joined since then: Daily\n  Courier, Harbour Gazette\n"
    )
    assert line in rendered.text
    page = html.unescape(re.sub(r"<[^>]*>", "", rendered.html)).replace("\N{NO-BREAK SPACE}", " ")
    assert "3 sources since yesterday 05:00, last 06:00; joined since then: Daily Courier" in page


def test_one_source_is_not_counted() -> None:
    story = DigestStory(1, FIRST, (), None, Coverage((Telling("wire", NOW, NOW, NOW),)))
    assert "1 source" not in render_plain(digest(DigestPart(NATO, (story,))), BRUSSELS, "en").text


def test_a_page_without_room_counts_the_others() -> None:
    story = DigestStory(1, FIRST, tuple(joined(n) for n in range(1, 7)))
    view = view_of(digest(DigestPart(NATO, (story,), updates=(story,))), BRUSSELS, "en")
    cut = within(view, replace(Room.of(view), summaries=0, updates=0), Phrases(NOW, BRUSSELS, "en"))
    (part,) = cut.parts
    assert (part.updates, part.updates_left_out) == ((), "… and 1 more, kept in the archive")
    assert (part.stories[0].headlines, part.stories[0].more_names) == ((), "and 6 more")
