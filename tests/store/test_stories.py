"""Which story an article is put into, and why; a restart or another process changes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from store.test_store import MATCH, NOW
from watchdesk.model import Article, Ingested, JoinedBy, Membership, Sharing
from watchdesk.store import SqlStore, open_store
from watchdesk.stories import features_of, story_keys

REPORTS = (
    (
        "Quake off Valparaiso shakes central Chile",
        "A strong earthquake of magnitude 6.8 struck off the Chilean port of Valparaiso before dawn, and the"
        " navy told people on the coast to leave for higher ground.",
    ),
    (
        "Chile lifts tsunami alert after strong offshore earthquake",
        "Chile's navy lifted a tsunami alert for the coast near Valparaiso two hours after a magnitude 6.8"
        " earthquake sent thousands to higher ground.",
    ),
    (
        "Parliament in Riga passes budget after night session",
        "Lawmakers in Latvia approved next year's budget at five in the morning, with more money for teachers"
        " and a higher tax on banks.",
    ),
)
"""Two of one event, and one of another."""


def told(
    number: int, source: str, title: str, text: str, *, at: datetime = NOW, matched: bool = True
) -> Ingested:
    url = f"https://{source}.example/{number}"
    article = Article.from_text(title, text, language="en", source=source, url=url, first_seen=at)
    article = replace(article, url_key=url.removeprefix("https://"), content_hash=f"{source} {number}")
    return Ingested(
        article=article,
        keys=(f"g:{number}",),
        entry_hash="1",
        story_keys=story_keys(article),
        matches=(MATCH,) if matched else (),
        digests={MATCH.rule: ("flash",)} if matched else {},
        features=features_of(article),
    )


def take(store: SqlStore, *items: Ingested) -> Sequence[int]:
    """Ids of articles that are stored one poll after the other."""
    return [store.ingest([item], None, item.article.first_seen)[0].article_id for item in items]


def why(store: SqlStore, number: int) -> Membership:
    return store.memberships([number])[number]


def test_two_sources_that_tell_one_event_in_other_words_tell_one_story(store: SqlStore) -> None:
    items = [told(n, f"s{n}", *report) for n, report in enumerate(REPORTS)]
    first, second, other = take(store, *items)
    assert why(store, first).joined_by is JoinedBy.FIRST
    joined = why(store, second)
    assert (joined.joined_by, joined.nearest, joined.story_id) == (
        JoinedBy.EVENT,
        first,
        why(store, first).story_id,
    )
    assert {"earthquake", "valparaiso"} <= set(joined.terms)
    assert 0.13 <= joined.similarity < 1
    assert why(store, other).joined_by is JoinedBy.FIRST
    waiting = {one.article.id: one for one in store.waiting("flash")}
    assert waiting[second].membership == joined
    assert waiting[second].story_id == waiting[first].story_id != waiting[other].story_id
    assert store.story_articles(joined.story_id) == [first, second]


def test_a_copy_under_another_title_says_so(store: SqlStore) -> None:
    text = "\n\n".join(
        f"{report} {title} and this is what sets {n} apart." for n, (title, report) in enumerate(REPORTS)
    )
    [first] = take(store, told(1, "wire", "Three things that happened while you were asleep", text))
    moved = "\n\n".join(reversed(text.split("\n\n")))
    [copy] = take(store, told(2, "paper", "What the night brought", moved, at=NOW + timedelta(days=3)))
    found = why(store, copy)
    assert (found.joined_by, found.nearest, found.may_hold_back) == (JoinedBy.COPY, first, True)
    assert found.shared is not None
    assert (found.shared.sharing, found.shared.article_id) == (Sharing.COPY, first)
    [own] = take(store, told(3, "wire", "Three more things", moved, at=NOW + timedelta(days=6)))
    assert why(store, own).joined_by is JoinedBy.FIRST  # what a source keeps apart is no copy


def test_a_new_process_decides_as_the_old_one_would(storage: str, tmp_path: Path) -> None:
    before = open_store(storage, tmp_path)
    take(before, told(1, "s1", *REPORTS[0]))
    after = open_store(storage, tmp_path)
    [joined] = take(after, told(2, "s2", *REPORTS[1]))
    assert why(after, joined).joined_by is JoinedBy.EVENT
    [again] = take(before, told(3, "s3", *REPORTS[1]))  # which sees what the other one stored
    assert why(before, again).nearest == joined
    before.close()
    after.close()
