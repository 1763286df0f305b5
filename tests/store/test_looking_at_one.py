"""What the pages of a source, a rule and the digests ask, on both databases."""

from dataclasses import replace
from datetime import timedelta

from store.test_store import NOW, RENDERED, STATE, delivery, item
from watchdesk.model import Delivery, Digest, Ingested, PublishedKnown
from watchdesk.store import SqlStore

HOUR = timedelta(hours=1)


def seen(key: str, hours_ago: int, *, source: str = "wire", rules: tuple[str, ...] = ("nato",)) -> Ingested:
    one = item(key, rules=rules)
    at = NOW - hours_ago * HOUR
    return replace(one, article=replace(one.article, source_id=source, first_seen=at, published_at=at - HOUR))


def test_a_rule_has_its_matches_newest_first_and_no_other_rules(store: SqlStore) -> None:
    for hours_ago in (3, 2, 1):
        store.ingest([seen(f"a{hours_ago}", hours_ago)], STATE, NOW - hours_ago * HOUR)
    store.ingest([seen("b", 0, rules=("other", "nato"))], STATE, NOW)
    store.ingest([seen("c", 0, rules=("other",))], STATE, NOW)
    found = store.rule_matches("nato", NOW - 2 * HOUR, 10)
    assert [one.article.url for one in found] == [f"https://e.org/{key}" for key in ("b", "a1", "a2")]
    assert [one.matched_at for one in found] == [NOW, NOW - HOUR, NOW - 2 * HOUR]
    assert {one.match.rule for one in found} == {"nato"}
    assert len(store.rule_matches("nato", NOW - 9 * HOUR, 2)) == 2
    assert store.match_totals(["nato", "other", "none"], NOW - 2 * HOUR) == {"nato": 3, "other": 2}


def test_a_source_has_the_times_of_its_own_articles(store: SqlStore) -> None:
    day = seen("day", 1)
    unsure = replace(day.article, published_known=PublishedKnown.DAY)
    store.ingest([seen("a", 3), replace(day, article=unsure)], STATE, NOW)
    store.ingest([seen("b", 2, source="other")], replace(STATE, source_id="other"), NOW)
    own = [(NOW - HOUR, NOW - HOUR), (NOW - 3 * HOUR, NOW - 4 * HOUR)]
    assert store.article_times("wire", NOW - 5 * HOUR, 10) == own
    assert store.article_times("wire", NOW - 5 * HOUR, 1) == own[:1]
    assert store.article_times("wire", NOW - 2 * HOUR, 10) == own[:1]


def test_digests_and_deliveries_of_one_moment_come_each_once_page_by_page(store: SqlStore) -> None:
    store.know_digests(["flash"], NOW)
    for number, name in enumerate(["flash", "flash", "operators"]):
        made = Digest(name, name, NOW, None, (), id=f"d{number}")
        to = [
            replace(delivery(f"x{number}{channel}", made.id, channel), digest_name=name)
            for channel in ("a", "b")
        ]
        assert store.commit_digest(made, RENDERED, to, [], None)
    empty = Digest("flash", "Flash", NOW, None, (), id="d9")
    assert store.commit_digest(empty, RENDERED, [], [], None)
    assert [one.id for one in store.made_digests(None, 10)] == ["d2", "d1", "d0"]
    assert [one.id for one in store.made_digests("flash", 10)] == ["d1", "d0"]
    first = store.made_digests(None, 2)
    after = (first[-1].composed_at, first[-1].id)
    assert [one.id for one in store.made_digests(None, 2, after)] == ["d0"]
    every, last = store.deliveries(), None
    found: list[Delivery] = []
    while page := store.deliveries(limit=4, after=last):
        found += page
        last = (page[-1].created_at, page[-1].id)
    assert found == every
    assert len(every) == 6
