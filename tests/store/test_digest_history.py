"""What digests tell of the past, silences, and clocks that were wrong; on both databases."""

from dataclasses import replace
from datetime import timedelta

from store.test_store import ARTICLE, NOW, RENDERED, STATE, delivery, digest, item
from watchdesk.model import DAY_KEY, Delivery, DeliveryState, PublishedKnown, Release, Released, Standing
from watchdesk.store import SqlStore

DAY = timedelta(days=1)


def send(store: SqlStore, identity: str, name: str = "flash") -> None:
    places = [waiting.id for waiting in store.waiting(name)]
    assert store.commit_digest(digest(name, identity), RENDERED, [], places, None)


def test_a_story_is_told_from_the_digest_that_held_it(store: SqlStore) -> None:
    store.know_digests(["flash", "morning"], NOW)
    store.ingest([item("a", story="same"), item("b")], STATE, NOW)
    stories = {waiting.story_id for waiting in store.waiting("flash")}
    assert store.last_included("flash", stories) == {}
    send(store, "d1")
    assert store.last_included("flash", stories) == dict.fromkeys(stories, NOW)
    assert store.last_included("morning", stories) == {}


def test_what_rules_found_is_counted_by_quarters_when_it_happened(store: SqlStore) -> None:
    early = replace(item("a"), article=replace(ARTICLE, url_key="a", published_at=NOW - timedelta(hours=1)))
    undated = replace(
        item("b"),
        article=replace(ARTICLE, url_key="b", published_at=None, published_known=PublishedKnown.ABSENT),
    )
    old = replace(item("c"), article=replace(ARTICLE, url_key="c", published_at=NOW - timedelta(days=9)))
    archived = replace(item("d"), digests={})
    store.ingest([early, undated, old, archived], STATE, NOW)
    quarter = NOW.replace(microsecond=0)
    found = store.match_counts(["nato"], [(NOW - DAY, NOW + DAY)])
    assert found == {"nato": {quarter: 1, quarter - timedelta(hours=1): 1}}
    assert store.match_counts(["nato"], [(NOW + DAY, NOW + 2 * DAY)]) == {}
    (matched,) = store.match_counts(["nato"], [(NOW - 9 * DAY, NOW + DAY)], when_matched=True)["nato"].items()
    assert matched == (quarter, 4)
    times = store.waiting_times("flash")["nato"]
    old_one = NOW - timedelta(days=9)
    assert sorted(waited.happened_at for waited in times) == [old_one, NOW - timedelta(hours=1), NOW]
    assert store.first_match_at(["nato", "aid"]) == old_one


def test_a_silence_runs_until_its_end_or_until_it_is_ended(store: SqlStore) -> None:
    silence = store.silence("nato", NOW, NOW + DAY)
    store.ingest([item("a")], STATE, NOW + timedelta(hours=1))
    assert store.silences(NOW) == [silence]
    assert store.held_back(silence) == 1
    ended = store.end_silence(silence.id, NOW + timedelta(hours=2))
    assert ended == replace(silence, until=NOW + timedelta(hours=2))
    assert store.end_silence(silence.id, NOW + timedelta(hours=3)) is None
    assert store.silences(NOW + timedelta(hours=3)) == []


def test_what_made_no_spike_is_let_go_and_still_counts_as_found(store: SqlStore) -> None:
    store.ingest([item("a")], STATE, NOW)
    store.ingest([item("b")], STATE, NOW + timedelta(hours=2))
    assert store.release_matches("flash", ["other"], NOW + timedelta(hours=1)) == 0
    assert store.release_matches("flash", ["nato"], NOW + timedelta(hours=1)) == 1
    assert [waiting.article.url_key for waiting in store.waiting("flash")] == ["e.org/b"]
    assert len(store.waiting("morning")) == 2
    assert sum(store.match_counts(["nato"], [(NOW - DAY, NOW + DAY)])["nato"].values()) == 2


def test_a_title_makes_one_story_within_a_day_and_not_after_it(store: SqlStore) -> None:
    def entry(key: str) -> object:
        return replace(item(key), story_keys=(f"u:{key}", f"{DAY_KEY}title"))

    for key, when in (("a", NOW), ("b", NOW + timedelta(hours=23)), ("c", NOW + timedelta(hours=25))):
        store.ingest([entry(key)], STATE, when)  # type: ignore[list-item]  # an Ingested
    first, second, third = (waiting.story_id for waiting in store.waiting("flash"))
    assert first == second != third


def test_a_clock_that_was_ahead_is_forgotten(store: SqlStore) -> None:
    years = timedelta(days=2000)
    store.know_digests(["flash"], NOW)
    assert store.commit_digest(digest(identity="d1"), RENDERED, [], [], NOW)
    late = replace(digest(identity="d2"), composed_at=NOW + years)
    assert store.commit_digest(late, RENDERED, [], [], NOW + years)
    store.know_digests(["flash", "new"], NOW + timedelta(minutes=1))
    mark = store.digest_marks()["flash"]
    assert (mark.last_scheduled, mark.last_composed) == (NOW, NOW)


def test_a_window_that_a_clock_days_ahead_served_is_still_to_come(store: SqlStore) -> None:
    tomorrow = NOW + timedelta(hours=25)
    store.know_digests(["flash"], NOW)
    ahead = replace(digest(identity="d1"), composed_at=tomorrow)
    assert store.commit_digest(ahead, RENDERED, [], [], tomorrow)
    store.know_digests(["flash"], NOW)
    assert store.commit_digest(digest(identity="d2"), RENDERED, [], [], tomorrow)


def test_a_digest_that_comes_back_begins_its_schedule_anew(store: SqlStore) -> None:
    store.know_digests(["flash", "morning"], NOW)
    assert store.commit_digest(digest(identity="d1"), RENDERED, [], [], NOW)
    store.ingest([item("a")], STATE, NOW)
    store.know_digests(["morning"], NOW + DAY)
    store.know_digests(["flash", "morning"], NOW + 9 * DAY)
    mark = store.digest_marks()["flash"]
    assert (mark.known_since, mark.last_scheduled, mark.waiting) == (NOW + 9 * DAY, None, 1)


def test_what_waits_for_a_digest_that_is_gone_for_long_keeps_nothing_alive(store: SqlStore) -> None:
    store.know_digests(["flash", "morning"], NOW)
    only_flash = replace(item("a"), digests={"nato": ("flash",)})
    store.ingest([only_flash], STATE, NOW)
    store.know_digests(["morning"], NOW + DAY)
    assert store.forget_digests(NOW + DAY) == 0
    assert store.prune(NOW + 9 * DAY) == 0
    assert store.forget_digests(NOW + 2 * DAY) == 1
    assert store.prune(NOW + 9 * DAY) == 1
    assert "flash" not in store.digest_marks()


def test_a_digest_known_only_by_a_wrong_clock_begins_anew(store: SqlStore) -> None:
    store.know_digests(["flash"], NOW + timedelta(days=2000))
    store.know_digests(["flash"], NOW)
    assert store.digest_marks()["flash"].known_since == NOW


def test_a_window_that_was_served_is_not_served_again_when_the_clock_goes_back(store: SqlStore) -> None:
    store.know_digests(["flash"], NOW - 2 * DAY)
    assert store.commit_digest(digest(identity="d1"), RENDERED, [], [], NOW)
    earlier = NOW - timedelta(hours=3)
    store.know_digests(["flash"], earlier)
    assert store.digest_marks()["flash"].last_scheduled is None
    assert not store.commit_digest(digest(identity="d2"), RENDERED, [], [], NOW)
    assert store.digest_marks()["flash"].last_scheduled == NOW


def test_old_digests_go_when_all_of_them_is_done(store: SqlStore) -> None:
    store.know_digests(["flash"], NOW)
    store.ingest([item("a")], STATE, NOW)
    places = [waiting.id for waiting in store.waiting("flash")]
    assert store.commit_digest(digest(identity="d1"), RENDERED, [], places, None)
    assert store.commit_digest(digest(identity="d2"), RENDERED, [delivery("x2", "d2")], [], None)
    assert store.commit_digest(digest(identity="d3"), RENDERED, [], [], None)
    assert store.prune_digests(NOW) == 0
    assert store.prune_digests(NOW + DAY) == 1
    store.lease("me", NOW, NOW + DAY, 5)
    assert store.mark_sent("x2", "me", NOW, None)
    assert store.prune_digests(NOW + DAY) == 1
    assert store.deliveries() == []


def test_why_an_article_alerts_nobody_is_kept_and_counted(store: SqlStore) -> None:
    old = replace(item("a"), digests={}, standing=Standing.TOO_OLD)
    store.ingest([old, item("b")], STATE, NOW)
    assert [store.matches(number)[0].standing for number in (1, 2)] == [Standing.TOO_OLD, Standing.NEWS]
    assert store.archive_only(NOW) == {Standing.TOO_OLD: 1}
    assert store.archive_only(NOW, ["other"]) == {}
    assert store.archive_only(NOW + DAY) == {}


def test_why_a_match_waits_no_longer_is_kept(store: SqlStore) -> None:
    store.know_digests(["flash", "morning"], NOW)
    store.ingest([item("a")], STATE, NOW)
    store.release_matches("flash", ["nato"], NOW + DAY, NOW + 2 * DAY)
    (match,) = store.matches(1)
    assert match.released["flash"] == Released(Release.NO_SPIKE, NOW + 2 * DAY)
    assert "flash" not in match.digests


def test_a_digest_that_went_out_is_read_with_its_deliveries(store: SqlStore) -> None:
    store.ingest([item("a")], STATE, NOW)
    places = [waiting.id for waiting in store.waiting("flash")]
    assert store.commit_digest(digest("flash", "d1"), RENDERED, [delivery()], places, None)
    made = store.went_out(["d1", "gone"])
    assert list(made) == ["d1"]
    assert (made["d1"].name, made["d1"].rendered) == ("flash", RENDERED)
    assert [one.channel for one in made["d1"].deliveries] == ["desk"]


def test_sources_are_found_by_the_domain_of_their_articles(store: SqlStore) -> None:
    for number, key in enumerate(("news.example.org/1", "example.org/2", "badexample.org/3"), start=1):
        named = replace(ARTICLE, url_key=key, source_id=f"s{number}")
        store.ingest([replace(item(f"k{number}"), article=named)], None, NOW)
    assert store.sources_at("example.org", NOW) == {"s1", "s2"}
    assert store.sources_at("example.org", NOW + DAY) == frozenset()


def test_notices_to_the_operators_are_no_digests_of_the_day(store: SqlStore) -> None:
    for name, identity in (("flash", "d1"), ("operators", "n1"), ("operators", "n2")):
        made = digest(name, identity)
        letter = Delivery(f"l-{identity}", identity, name, "desk", DeliveryState.SENT, NOW, NOW)
        if name == "operators":
            store.commit_notice(made, RENDERED, [letter], [])
        else:
            assert store.commit_digest(made, RENDERED, [letter], [], None)
    assert store.sent_since(NOW - DAY) == (1, 1)
