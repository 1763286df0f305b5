"""Long texts on SQLite: what is stored, that all of it comes back, and what happens when it cannot."""

import json
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from store.test_store import NOW, STATE, delivery, digest, item
from watchdesk.encoding.zstd import zstd
from watchdesk.errors import DamagedStorage
from watchdesk.model import Article, Ingested, Rendered, Section
from watchdesk.store import SqlStore, open_store
from watchdesk.store.compressing import SAMPLES, TRY_AGAIN
from watchdesk.store.dictionaries import Kind
from watchdesk.store.packing import LARGEST, Packer

_WORDS = (
    "the minister said on Monday that talks about the budget would go on until parliament meets again in "
    "autumn while the opposition asked for an earlier vote and unions in three cities called for a strike"
)
WORDS = _WORDS.split()


def news(seed: int, words: int = 120) -> str:
    """A text of its own whose words come back in others, as in news."""
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) + rng.choice(("", "", "s", ",")) for _ in range(words))


def long_item(number: int) -> Ingested:
    one = item(f"n{number}", rules=())
    sections = (Section(None, (news(number), news(-number))), Section("Ґудзик", (f"Число {number}.",)))
    return replace(one, article=replace(one.article, sections=sections, content_hash=f"h{number}"))


def fill(store: SqlStore, count: int, start: int = 0) -> Sequence[Article]:
    items = [long_item(number) for number in range(start, start + count)]
    numbers = [kept.article_id for kept in store.ingest(items, STATE, NOW)]
    return [replace(one.article, id=number) for one, number in zip(items, numbers, strict=True)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store("sqlite", tmp_path)) as store:
        yield store


def raw(tmp_path: Path, asked: str, *values: object) -> list[tuple[object, ...]]:
    """What SQLite itself says."""
    with closing(sqlite3.connect(tmp_path / "watchdesk.db", isolation_level=None)) as connection:
        return connection.execute(asked, values).fetchall()


def forms(tmp_path: Path) -> dict[object, int]:
    """How many articles there are of each form; None: plain."""
    asked = "SELECT CASE typeof(sections) WHEN 'blob' THEN hex(substr(sections, 1, 1)) END, count(*)"
    return dict(raw(tmp_path, f"{asked} FROM articles GROUP BY 1"))  # type: ignore[arg-type]


def as_before(tmp_path: Path, articles: Sequence[Article]) -> None:
    """Spells their texts as a watchdesk did that compressed none."""
    for article in articles:
        sections = json.dumps([[part.heading, list(part.paragraphs)] for part in article.sections])
        raw(tmp_path, "UPDATE articles SET sections = ? WHERE id = ?", sections, article.id)


def work(store: SqlStore) -> int:
    """Lets upkeep do all there is to do; in how many steps."""
    steps = 1
    while store.compress_texts(NOW):
        steps += 1
    return steps


@pytest.fixture(scope="module")
def packers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[Packer]]:
    """Of a database without a dictionary, and of one with."""
    folders = [tmp_path_factory.mktemp(name) for name in ("without", "with")]
    stores = [open_store("sqlite", folder) for folder in folders]
    fill(stores[1], SAMPLES + 60)
    work(stores[1])
    found = [Packer(store._database.dictionaries) for store in stores]
    assert [packer._dictionaries.newest(Kind.ARTICLES) for packer in found] == [None, 2]
    yield found
    for store in stores:
        store.close()


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 400))
def test_every_text_comes_back(packers: Sequence[Packer], some: str, times: int) -> None:
    written = some * times
    for packer in packers:
        stored = packer.packed(Kind.ARTICLES, written)
        assert packer.unpacked(stored) == written
        assert len(stored.encode() if isinstance(stored, str) else stored) <= len(written.encode())


def test_a_text_is_compressed_as_it_is_stored_and_a_short_one_is_not(desk: SqlStore, tmp_path: Path) -> None:
    (long,) = fill(desk, 1)
    short = desk.ingest([item("short")], STATE, NOW)[0].article_id
    assert desk.article(long.id or 0) == long
    assert forms(tmp_path) == {"01": 1, None: 1}
    assert raw(tmp_path, "SELECT json_extract(sections, '$[0][1][0]') FROM articles WHERE id = ?", short) == [
        ("Lead.",)
    ]


def test_a_digest_is_compressed_and_sent_as_it_was(desk: SqlStore, tmp_path: Path) -> None:
    rendered = Rendered("subject", f"<p>{news(1)}</p>", news(2), json.dumps(news(3)))
    desk.know_digests(["flash"], NOW)
    assert desk.commit_digest(digest(), rendered, [delivery()], [], None)
    (kinds,) = raw(tmp_path, "SELECT typeof(html), typeof(text), typeof(json) FROM digests")
    assert kinds == ("blob",) * 3
    (parcel,) = desk.lease("me", NOW, NOW + timedelta(minutes=1), 1)
    assert parcel.rendered == rendered == desk.went_out(["d1"])["d1"].rendered


def test_postgresql_keeps_texts_as_they_are(store: SqlStore) -> None:
    fill(store, 1)
    if store._database.open_file:
        return
    assert not store.compress_texts(NOW)
    with store._database.read() as connection:
        asked = "SELECT sections->0->1->>0 FROM articles"
        assert connection.execute(text(asked)).scalar_one() == news(0)


def test_old_texts_are_compressed_behind_and_all_forms_are_read(desk: SqlStore, tmp_path: Path) -> None:
    old = fill(desk, SAMPLES)
    as_before(tmp_path, old)
    more = fill(desk, 60, SAMPLES)
    assert list(reversed(list(desk.articles()))) == [*old, *more]
    assert forms(tmp_path) == {None: SAMPLES, "01": 60}
    assert work(desk) > 4  # several short transactions
    late = fill(desk, 1, 1000)
    assert forms(tmp_path) == {"02": SAMPLES + 61}
    assert list(reversed(list(desk.articles()))) == [*old, *more, *late]
    as_before(tmp_path, late)
    assert work(desk) == 1  # it is not begun anew each time
    assert forms(tmp_path) == {"02": SAMPLES + 60, None: 1}


def test_digests_have_a_dictionary_of_their_own(desk: SqlStore, tmp_path: Path) -> None:
    desk.know_digests(["flash"], NOW)
    made = [Rendered("s", f"<p>{news(n)}</p>", news(n), json.dumps(news(n))) for n in range(SAMPLES // 3)]
    for number, rendered in enumerate(made):
        assert desk.commit_digest(digest(identity=f"d{number}"), rendered, [], [], None)
    size = raw(tmp_path, "SELECT sum(length(html)) FROM digests")[0][0]
    work(desk)
    assert raw(tmp_path, "SELECT DISTINCT hex(substr(html, 1, 1)) FROM digests") == [("02",)]
    smaller = raw(tmp_path, "SELECT sum(length(html)) FROM digests")[0][0]
    assert isinstance(size, int) and isinstance(smaller, int) and smaller < size
    found = desk.went_out([f"d{number}" for number in range(len(made))])
    assert [found[f"d{number}"].rendered for number in range(len(made))] == made


def test_another_dictionary_is_made_only_where_it_pays(desk: SqlStore, tmp_path: Path) -> None:
    fill(desk, SAMPLES + 60)
    work(desk)
    assert desk.compress_texts(NOW + TRY_AGAIN)  # it tried
    assert not desk.compress_texts(NOW + TRY_AGAIN)
    assert raw(tmp_path, "SELECT count(*) FROM dictionaries") == [(2,)]  # one, twice
    before = list(desk.articles())
    WORDS[:] = [word[::-1] for word in WORDS]  # the desk turns to another language
    try:
        fill(desk, SAMPLES * 2, 5000)
        assert desk.compress_texts(NOW + 2 * TRY_AGAIN)
        fill(desk, 1, 9000)
    finally:
        WORDS[:] = [word[::-1] for word in WORDS]
    assert raw(tmp_path, "SELECT DISTINCT number FROM dictionaries") == [(2,), (3,)]
    assert forms(tmp_path)["03"] == 1
    assert list(desk.articles())[-len(before) :] == before


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        ("DELETE FROM dictionaries", "is missing"),
        ("UPDATE dictionaries SET content = zeroblob(length(content))", "is damaged"),
    ],
)
def test_without_its_dictionary_a_text_is_damage_that_says_so(tmp_path: Path, harm: str, what: str) -> None:
    with closing(open_store("sqlite", tmp_path)) as store:
        fill(store, SAMPLES + 60)
        work(store)
        (lost,) = fill(store, 1, 5000)
    raw(tmp_path, harm)
    with closing(open_store("sqlite", tmp_path)) as store:
        with pytest.raises(DamagedStorage, match=f"dictionary 2, .* {what}.*put a backup in its place"):
            store.article(lost.id or 0)
        (later,) = fill(store, 1, 6000)  # what comes is stored all the same
        assert store.article(later.id or 0) == later


def test_one_of_its_two_copies_is_enough(tmp_path: Path) -> None:
    with closing(open_store("sqlite", tmp_path)) as store:
        fill(store, SAMPLES + 60)
        work(store)
        (kept,) = fill(store, 1, 5000)
    raw(tmp_path, "UPDATE dictionaries SET content = zeroblob(length(content)) WHERE copy = 0")
    with closing(open_store("sqlite", tmp_path)) as store:
        assert store.article(kept.id or 0) == kept


@pytest.mark.parametrize("noted", [True, False])
def test_the_number_of_a_lost_dictionary_is_never_given_again(tmp_path: Path, *, noted: bool) -> None:
    with closing(open_store("sqlite", tmp_path)) as store:
        fill(store, SAMPLES + 60)
        work(store)
        fill(store, 30, 5000)
    raw(tmp_path, "DELETE FROM dictionaries")
    if not noted:  # by a watchdesk that did not do so yet
        raw(tmp_path, "DELETE FROM notes WHERE name = 'database.dictionaries'")
    with closing(open_store("sqlite", tmp_path)) as store:
        later = fill(store, SAMPLES * 2, 6000)
        while store.compress_texts(NOW + TRY_AGAIN):
            pass
        assert raw(tmp_path, "SELECT DISTINCT number FROM dictionaries") == [(3,)]
        (last,) = fill(store, 1, 9000)
        assert forms(tmp_path)["03"] >= 1
        assert [store.article(one.id or 0) for one in (*later[:3], last)] == [*later[:3], last]
        with pytest.raises(DamagedStorage, match=r"dictionary 2, .* is missing"):
            list(store.articles())


def test_texts_that_cannot_be_read_do_not_keep_others_from_being_compressed(
    desk: SqlStore, tmp_path: Path
) -> None:
    written = fill(desk, SAMPLES + 160)
    as_before(tmp_path, written)
    for number in range(10, 60):
        raw(tmp_path, "UPDATE articles SET sections = ? WHERE id = ?", b"\1" + bytes(90), number)
    work(desk)
    assert forms(tmp_path) == {"01": 50, "02": SAMPLES + 110}
    assert desk.article(written[-1].id or 0) == written[-1]


def test_where_both_copies_are_damaged_another_dictionary_is_made(tmp_path: Path) -> None:
    with closing(open_store("sqlite", tmp_path)) as store:
        fill(store, SAMPLES + 60)
        work(store)
    raw(tmp_path, "UPDATE dictionaries SET content = zeroblob(length(content))")
    with closing(open_store("sqlite", tmp_path)) as store:
        fill(store, SAMPLES * 2, 6000)
        while store.compress_texts(NOW + TRY_AGAIN):
            pass
        assert raw(tmp_path, "SELECT DISTINCT number FROM dictionaries") == [(2,), (3,)]


@pytest.mark.parametrize("copy", [0, 1])
@pytest.mark.parametrize(
    "harm", ["UPDATE dictionaries SET content = zeroblob(length(content))", "DELETE FROM dictionaries"]
)
def test_a_copy_that_is_lost_is_told_and_written_again(tmp_path: Path, harm: str, copy: int) -> None:
    with closing(open_store("sqlite", tmp_path)) as store:
        fill(store, SAMPLES + 60)
        work(store)
        assert store.verifying().lost_copies() == ()
    both = raw(tmp_path, "SELECT * FROM dictionaries ORDER BY copy")
    raw(tmp_path, f"{harm} WHERE copy = {copy}")
    with closing(open_store("sqlite", tmp_path)) as store:
        assert store.verifying().lost_copies() == (2,)
        assert not store.compress_texts(NOW)
        assert store.verifying().lost_copies() == ()
    assert raw(tmp_path, "SELECT * FROM dictionaries ORDER BY copy") == both


def test_a_damaged_text_is_said_to_be_where_it_is(tmp_path: Path) -> None:
    with closing(open_store("sqlite", tmp_path)) as store:
        fill(store, SAMPLES + 60)
        work(store)
    ((whole,),) = raw(tmp_path, "SELECT sections FROM articles WHERE id = 7")
    assert isinstance(whole, bytes) and whole[0] == 2
    raw(tmp_path, "UPDATE articles SET sections = ? WHERE id = 7", whole[:-1] + bytes((whole[-1] ^ 1,)))
    with closing(open_store("sqlite", tmp_path)) as store, pytest.raises(DamagedStorage) as met:
        store.article(7)
    assert met.value.part == "articles"
    raw(tmp_path, "DELETE FROM dictionaries")
    with closing(open_store("sqlite", tmp_path)) as store, pytest.raises(DamagedStorage) as met:
        store.article(7)
    assert met.value.part == "dictionaries"


def _claiming(length: int) -> bytes:
    """A frame that says it holds so many bytes (RFC 8878 §3.1.1), and holds none."""
    return b"\x28\xb5\x2f\xfd\xe0" + length.to_bytes(8, "little") + b"\x01\x00\x00"


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"\x00{}",
        b"\x01",
        b"\x01no frame",
        b"\x01" + _claiming(LARGEST + 1),
        b"\x01" + _claiming(1 << 40),
        b"\x01" + _claiming(100),
        b"\x01" + zstd.compress(b"x" * 500)[:-3],
        b"\x01" + zstd.compress(b"\xff" * 500),
        b"\xff" + zstd.compress(b"x" * 500),
    ],
)
def test_bytes_that_nobody_wrote_are_damage(desk: SqlStore, tmp_path: Path, stored: bytes) -> None:
    bad, good = fill(desk, 2)
    raw(tmp_path, "UPDATE articles SET sections = ? WHERE id = ?", stored, bad.id)
    with pytest.raises(DamagedStorage, match="backup"):
        desk.article(bad.id or 0)
    assert desk.article(good.id or 0) == good


def test_a_flipped_bit_does_not_become_another_text(desk: SqlStore, tmp_path: Path) -> None:
    (article,) = fill(desk, 1)
    stored = raw(tmp_path, "SELECT sections FROM articles")[0][0]
    assert isinstance(stored, bytes)
    rng = random.Random(7)
    for _ in range(60):
        place, bit = rng.randrange(len(stored)), 1 << rng.randrange(8)
        changed = stored[:place] + bytes((stored[place] ^ bit,)) + stored[place + 1 :]
        raw(tmp_path, "UPDATE articles SET sections = ?", changed)
        with suppress(DamagedStorage):
            assert desk.article(article.id or 0) == article  # of a bit that means nothing


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE articles SET sections = substr(sections, 1, length(sections) - 1) || x'00' WHERE id = 7",
        "UPDATE articles SET removed = x'01' WHERE id = 7",
        "UPDATE articles SET sections = '[[null, [' WHERE id = 7",
    ],
)
def test_the_check_of_the_whole_database_finds_a_text_that_cannot_be_read(
    desk: SqlStore, tmp_path: Path, harm: str
) -> None:
    fill(desk, 20)
    with closing(desk.reading()) as reading:
        assert not any(reading.step(1_000_000).damages for _ in range(99) if not reading.is_done)
    raw(tmp_path, "UPDATE articles SET sections = CAST(sections AS BLOB)")
    raw(tmp_path, harm)
    with closing(desk.reading()) as reading:
        found = [one for _ in range(99) if not reading.is_done for one in reading.step(1_000_000).damages]
    assert {one.part.partition(",")[0] for one in found} == {"articles"}


def test_a_dictionary_that_another_process_made_meanwhile_is_found(desk: SqlStore, tmp_path: Path) -> None:
    fill(desk, SAMPLES + 60)
    with closing(open_store("sqlite", tmp_path)) as beside:
        work(beside)
    assert len(list(desk.articles())) == SAMPLES + 60
