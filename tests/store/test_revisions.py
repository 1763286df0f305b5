"""What articles said before they were rewritten: all of it, exactly, in little room, on both databases."""

import random
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from store.test_store import ARTICLE, NOW, STATE, item
from support.examples import thinned, tries
from watchdesk.model import Article, Ingested, PageToFetch, Section, Wording
from watchdesk.store import SqlStore, open_store
from watchdesk.store.revisions import LATEST, MOST, difference, older_text
from watchdesk.store.tables import revisions

MINUTE = timedelta(minutes=1)


def version(number: int, *paragraphs: str, title: str = "Title", wording: Wording | None = None) -> Ingested:
    """The same entry as it says something else."""
    written = replace(item("a").article, title=title, sections=(Section(None, paragraphs),))
    written = replace(written, content_hash=f"h{number}")
    return replace(item("a", entry_hash=f"e{number}", rules=()), article=written, wording=wording)


def rewritten(store: SqlStore, *versions: Ingested) -> int:
    """Stores one after the other, each a minute later; the number of the article."""
    for minute, one in enumerate(versions):
        (kept,) = store.ingest([one], STATE, NOW + minute * MINUTE)
    return kept.article_id


def sizes(store: SqlStore) -> list[int]:
    with store._database.read() as connection:
        return list(connection.execute(select(func.length(revisions.c.difference))).scalars())


def words(seed: int, count: int) -> str:
    """As hard to compress as words can be."""
    rng = random.Random(seed)
    return " ".join(
        "".join(rng.choices("abcdefghijklmnoprstuvwy", k=rng.randint(2, 9))) for _ in range(count)
    )


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)
SECTIONS = st.lists(
    st.builds(Section, st.none() | TEXTS, st.lists(TEXTS, max_size=3).map(tuple)), max_size=3
).map(tuple)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=tries(40), deadline=None)
@given(st.lists(st.tuples(TEXTS, SECTIONS), min_size=1, max_size=8))
def test_every_older_version_is_had_exactly(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[str, tuple[Section, ...]]]
) -> None:
    with closing(open_store("sqlite", tmp_path_factory.mktemp("revisions"))) as store:
        said = [
            replace(
                version(number),
                article=replace(ARTICLE, title=title, sections=parts, content_hash=f"{number}"),
            )
            for number, (title, parts) in enumerate(made)
        ]
        found = store.said_before(rewritten(store, *said))
    assert [(one.title, one.sections) for one in found.revisions] == made[-2::-1]
    assert [one.until for one in found.revisions] == [NOW + n * MINUTE for n in range(len(made) - 1, 0, -1)]
    assert (found.left_out, found.unreadable_until) == (0, None)


def test_it_is_kept_on_both_databases_and_removed_with_the_article(store: SqlStore) -> None:
    number = rewritten(store, version(1, "One."), version(2, "Two.", title="Other"), version(3, "Three."))
    found = store.said_before(number).revisions
    assert [(one.title, one.text) for one in found] == [("Other", "Two."), ("Title", "One.")]
    assert store.prune(NOW + timedelta(days=1)) == 1
    assert sizes(store) == []
    assert store.said_before(number).revisions == ()


def test_one_word_changed_in_six_hundred_takes_less_than_two_hundred_bytes(store: SqlStore) -> None:
    paragraphs = [words(seed, 60) for seed in range(10)]
    changed = [*paragraphs]
    changed[6] = changed[6].replace(changed[6].split()[30], "corrected")
    rewritten(store, version(1, *paragraphs), version(2, *changed))
    (size,) = sizes(store)
    assert size < 200


def test_a_wholly_new_text_is_kept_whole(store: SqlStore) -> None:
    number = rewritten(store, version(1, words(1, 600)), version(2, words(2, 600)))
    assert store.said_before(number).revisions[0].text == words(1, 600)


def test_of_very_many_versions_the_first_and_the_latest_are_kept(store: SqlStore) -> None:
    texts = [f"{words(1, 40)} {number} {words(number, 5)}" for number in range(60)]
    number = rewritten(store, *(version(n, said) for n, said in enumerate(texts)))
    found = store.said_before(number)
    assert [one.text for one in found.revisions] == [*texts[58 : 58 - LATEST : -1], texts[0]]
    assert found.left_out == 59 - LATEST - 1


def test_versions_that_have_nothing_in_common_are_bounded_in_size(store: SqlStore) -> None:
    texts = [words(number, 16_000) for number in range(9)]
    number = rewritten(store, *(version(n, said) for n, said in enumerate(texts)))
    found = store.said_before(number)
    assert sum(sizes(store)) <= MOST
    assert (found.revisions[0].text, found.revisions[-1].text) == (texts[-2], texts[0])
    assert found.left_out == len(texts) - 1 - len(found.revisions) > 0


def test_one_that_is_too_large_by_itself_costs_no_others_and_is_counted(store: SqlStore) -> None:
    base, large = words(1, 40), words(2, 90_000)
    said = [*(f"{base} {number}" for number in range(27)), large, base]
    number = rewritten(store, *(version(n, text) for n, text in enumerate(said)))
    found = store.said_before(number)  # the newest of them is the large one
    assert [one.number for one in found.revisions] == [*range(28, 8, -1), 1]
    assert (found.revisions[0].text, found.revisions[-1].text) == (large, said[0])
    assert (found.times, found.left_out) == (28, 7)
    rewritten(store, version(30, base, title="Other"))
    found = store.said_before(number)
    assert [one.number for one in found.revisions] == [29, *range(27, 8, -1), 1]
    assert [one.text for one in found.revisions] == [base, *said[26:7:-1], said[0]]
    assert (found.times, found.left_out) == (29, 8)
    assert sum(sizes(store)) <= MOST


def test_the_first_stays_however_large_it_is(store: SqlStore) -> None:
    large = words(2, 90_000)
    number = rewritten(store, *(version(n, text) for n, text in enumerate([large, *"abcdefg"])))
    found = store.said_before(number)
    assert [one.text for one in found.revisions] == [*"fedcba", large]
    assert (found.times, found.left_out) == (7, 0)


HARMS = (b"", b"\0" * 40, difference("of another", "of another text"), difference("{}", words(1, 9)))


@pytest.mark.parametrize(("harm", "place"), thinned(product(HARMS, (1, 3, 5)), 2))
def test_a_torn_chain_is_said_and_what_is_newer_is_read(store: SqlStore, harm: bytes, place: int) -> None:
    texts = [words(number, 30) for number in range(6)]
    number = rewritten(store, *(version(n, said) for n, said in enumerate(texts)))
    with store._database.write() as connection:
        torn = update(revisions).where(revisions.c.number == place)
        connection.execute(torn.values(difference=harm))
    found = store.said_before(number)
    assert [one.text for one in found.revisions] == texts[4 : place - 1 : -1]
    assert found.unreadable_until == NOW + place * MINUTE
    for n in range(6, 40):  # and it goes on
        rewritten(store, version(n, words(n, 30)))
    found = store.said_before(number)
    assert found.unreadable_until is None
    assert found.revisions[0].text == words(38, 30)


def test_that_the_page_was_read_for_the_first_time_is_no_correction(store: SqlStore) -> None:
    teaser = Wording("Title", "Teaser.")
    number = rewritten(
        store, version(1, "Teaser."), version(2, "Teaser.", "All of the page.", wording=teaser)
    )
    assert store.said_before(number).revisions == ()
    rewritten(store, version(3, "Teaser.", "All of another page.", wording=teaser))
    assert [one.text for one in store.said_before(number).revisions] == ["Teaser.\n\nAll of the page."]


def test_an_entry_that_says_something_else_is_one_though_its_page_comes_with_it(store: SqlStore) -> None:
    newer = version(2, "Other.", "All of the page.", wording=Wording("Title", "Other."))
    number = rewritten(store, version(1, "Teaser."), newer)
    assert [one.text for one in store.said_before(number).revisions] == ["Teaser."]


def test_a_page_that_comes_late_is_no_correction(store: SqlStore) -> None:
    page = PageToFetch("wire", "https://e.org/a", (Section(None, ("Teaser.",)),), NOW, 1, NOW, "away")
    number = rewritten(store, replace(version(1, "Teaser."), page=page))
    whole = version(2, "Teaser.", "All of the page.", wording=Wording("Title", "Teaser."))
    assert store.take_page(replace(page, article_id=number), replace(whole, revises=number), NOW)
    found = store.article(number)
    assert isinstance(found, Article) and found.text.endswith("page.")
    assert store.said_before(number).revisions == ()


def test_what_reads_the_same_is_no_correction(store: SqlStore) -> None:
    same = version(2, "One.")
    same = replace(same, article=replace(same.article, byline="Another", content_hash="h1"))
    number = rewritten(store, version(1, "One."), same)
    assert store.said_before(number).revisions == ()


def test_a_difference_from_another_text_is_not_taken_for_one() -> None:
    older, newer = f"{words(1, 50)} before", f"{words(1, 50)} after"
    made = difference(older, newer)
    assert older_text(newer, made) == older
    assert older_text(newer.upper(), made) is None
    assert older_text(newer, made[:-2]) is None
