"""Which story an article is put into, and why; a restart or another process changes nothing."""

import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

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
    assert 0.12 <= joined.similarity < 1
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


MORTAL = """
import os, pickle, signal, sys
from pathlib import Path
from sqlalchemy import event
from watchdesk.store import open_store

storage, directory, file = sys.argv[1:]
items = pickle.loads(Path(file).read_bytes())
store = open_store(storage, Path(directory))
for item in items[:-1]:
    store.ingest([item], None, item.article.first_seen)
def killed(connection):
    if connection.get_execution_options().get("watchdesk_writes"):
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(store._database.engine, "commit", killed)
store.ingest([items[-1]], None, items[-1].article.first_seen)
"""
"""Takes all but the last, and is killed when the last is about to be committed."""


def reasons(store: SqlStore, numbers: Sequence[int]) -> Sequence[Membership]:
    """Of these articles, each with ids that count from the first article and story among them."""
    found = [why(store, number) for number in numbers]
    stories = list(dict.fromkeys(one.story_id for one in found))
    return [
        replace(
            one,
            story_id=stories.index(one.story_id),
            nearest=None if one.nearest is None else numbers.index(one.nearest),
            shared=one.shared and replace(one.shared, article_id=numbers.index(one.shared.article_id)),
        )
        for one in found
    ]


def test_after_kill_9_the_same_is_decided(new_storage: Callable[[], str], tmp_path: Path) -> None:
    items = [told(n, f"s{n % 5}", *REPORTS[n % 3], at=NOW + timedelta(hours=11 * n)) for n in range(9)]
    whole, cut = (tmp_path / name for name in ("whole", "cut"))
    whole.mkdir()
    cut.mkdir()
    steady = open_store(new_storage(), whole)
    expected = reasons(steady, take(steady, *items))
    steady.close()
    storage = new_storage()
    (tmp_path / "items").write_bytes(pickle.dumps(items[:6]))
    killed = subprocess.run([sys.executable, "-c", MORTAL, storage, cut, tmp_path / "items"], check=False)
    assert killed.returncode == -signal.SIGKILL
    after = open_store(storage, cut)
    numbers = [*range(1, 6), *take(after, *items[5:])]
    assert reasons(after, numbers) == expected
    assert {one.joined_by for one in expected} > {JoinedBy.FIRST, JoinedBy.EVENT}
    after.close()


def test_what_a_failed_transaction_added_is_taken_back(store: SqlStore) -> None:
    [first] = take(store, told(1, "s1", *REPORTS[2]))
    bad = replace(told(2, "s2", *REPORTS[0]), entry_hash="\0")
    assert [kept.refused is None for kept in store.ingest([bad], None, NOW)] == [False]
    [second] = take(store, told(3, "s3", *REPORTS[1]))
    assert why(store, second).joined_by is JoinedBy.FIRST  # what it would have joined is not there
    assert why(store, second).story_id != why(store, first).story_id


def test_bulletins_of_one_template_with_few_facts_are_no_copies(store: SqlStore) -> None:
    said = (
        "A magnitude {} earthquake struck {} on Tuesday, the geological survey said. The quake was at a depth"
        " of {} kilometres. There were no reports of damage. The survey said that no tsunami was expected."
    )
    told_of = (("5.1", "Chile", "10"), ("6.2", "Japan", "40"), ("5.4", "Peru", "60"))
    items = [
        told(n, f"wire{n}", f"Earthquake strikes {facts[1]}", said.format(*facts))
        for n, facts in enumerate(told_of)
    ]
    assert JoinedBy.COPY not in {one.joined_by for one in reasons(store, take(store, *items))}


def test_notices_of_one_title_stay_apart(store: SqlStore) -> None:
    texts = (
        "Licence 311 for the dredging of sand at Hollowmere passes from Brandt to the Oakby Trust.",
        "The owners of the Fernhill quarry ask to blast on two more mornings in each week until autumn.",
        "A veterinary office at Saltby reports that movement of pigs is free again inside the inner zone.",
    )
    items = [told(n, "register", f"Notice of the district no. {n}", text) for n, text in enumerate(texts)]
    found = reasons(store, take(store, *items))
    assert len({one.story_id for one in found}) == len(texts)


def test_articles_from_before_features_are_found_by_their_keys(store: SqlStore) -> None:
    old = replace(told(1, "s1", *REPORTS[0]), features=None)
    [first] = take(store, old)
    assert store.memberships([first]) == {}
    same = replace(told(2, "s2", *REPORTS[0]), story_keys=old.story_keys)
    other = told(3, "s3", *REPORTS[1])
    second, third = take(store, same, other)
    assert (why(store, second).joined_by, store.story_articles(why(store, second).story_id)) == (
        JoinedBy.WORDS if not old.story_keys[0].startswith("u:") else JoinedBy.ADDRESS,
        [first, second, third],
    )


def test_a_newer_version_is_what_later_articles_are_compared_with(store: SqlStore) -> None:
    [first] = take(store, told(1, "s1", "Details to follow", REPORTS[2][1]))
    newer = replace(told(1, "s1", *REPORTS[0]), entry_hash="2", revises=first)
    newer = replace(newer, article=replace(newer.article, content_hash="newer"))
    [kept] = store.ingest([newer], None, NOW)
    assert (kept.article_id, kept.updated) == (first, True)
    [second] = take(store, told(2, "s2", *REPORTS[1]))
    assert (why(store, second).joined_by, why(store, second).nearest) == (JoinedBy.EVENT, first)
    assert why(store, first).joined_by is JoinedBy.FIRST


def words_of(name: str, count: int) -> str:
    return " ".join(f"{name}{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(count))


@pytest.mark.parametrize(
    ("facts", "sharing"),
    [
        ("Nystrom of Bergen spent 17 crowns, 350 boats, 2040 nets and 88 oars", Sharing.COPY),
        ("Petrov of Varna spent 19 crowns, 410 boats, 1999 nets and 61 oars", Sharing.SOME),
    ],
    ids=["the same numbers and names", "others"],
)
def test_a_text_that_was_half_rewritten_is_a_copy_where_all_its_facts_are_the_same(
    store: SqlStore, facts: str, sharing: Sharing
) -> None:
    begun = "Keller of Oslo and Nystrom of Bergen spent 17 crowns, 350 boats, 2040 nets and 88 oars."
    passage = words_of("shared", 50)
    first = told(1, "one", words_of("early", 4), f"{words_of('before', 80)}. {begun} {passage}.")
    other = f"{words_of('after', 80)}. Keller of Oslo and {facts}. {passage}."
    second = told(2, "two", words_of("late", 4), other)
    _, number = take(store, first, second)
    shared = why(store, number).shared
    assert shared is not None
    assert (shared.sharing, shared.containment < 0.5) == (sharing, True)
