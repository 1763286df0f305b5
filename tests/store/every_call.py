"""Every method of the store, called as the program calls it, beside a history of any size."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from store.test_store import MATCH, RENDERED, STATE, item
from watchdesk.model import (
    ChannelLimits,
    Delivery,
    DeliveryState,
    Digest,
    FoundLater,
    Ingested,
    JoinedBy,
    Judgement,
    Label,
    LabelledBy,
    PageToFetch,
    Rate,
    Recalled,
    Trouble,
)
from watchdesk.store import SqlStore
from watchdesk.stories import features_of

HOUR = timedelta(hours=1)
MAIN = "main"
"""The digest whose history is long."""
CHANNEL = "desk 1"
SOURCE = "source 1"


@dataclass(frozen=True)
class Present:
    """What waits beside the history."""

    now: datetime
    mark: str
    """Part of what must be new each time."""
    article: int
    story: int
    place: int
    went_out: str
    """Id of a digest."""
    page: PageToFetch
    delivery: Delivery


def polled(key: str, now: datetime, story: str = "s") -> Ingested:
    """An article of now that a rule with a long history found, and that waits for the digest."""
    one = item(key, story=story)
    article = replace(one.article, source_id=SOURCE, first_seen=now, published_at=now, title=f"About {key}")
    return replace(
        one, article=article, digests={"nato": (MAIN,)}, features=features_of(article), entry_hash=key
    )


def at_present(store: SqlStore, now: datetime) -> Present:
    """Adds what waits: an article, its page, and a delivery."""
    store.know_digests([MAIN], now)
    page = PageToFetch(SOURCE, "http://e.org/x", (), now, 0, now, "busy")
    mark = f"{now:%d%H}"
    one = replace(polled(f"present {mark}", now), page=page)
    (stored,) = store.ingest([one], replace(STATE, source_id=SOURCE), now)
    (waiting,) = (one for one in store.waiting(MAIN) if one.article.id == stored.article_id)
    other = Digest("other", "", now, None, (), id=f"aabb{mark}")
    delivery = Delivery(f"feed{mark}", other.id, other.name, CHANNEL, DeliveryState.WAITING, now, now)
    assert store.commit_digest(other, RENDERED, [delivery], [], None)
    found = store.missing_page(stored.article_id)
    assert found is not None
    return Present(now, mark, stored.article_id, waiting.story_id, waiting.id, other.id, found, delivery)


Call = Callable[[SqlStore, Present], object]


def _read_all(rows: Iterable[Any]) -> list[Any]:
    return list(rows)


def _ingest(store: SqlStore, at: Present) -> None:
    """New, changed, recalled: in one poll."""
    key, present = f"new {at.mark}", f"present {at.mark}"
    again = Recalled(SOURCE, ("g:1",), store.known(SOURCE, [f"g:{present}"])[f"g:{present}"])
    fresh, changed = polled(key, at.now), replace(polled(present, at.now), entry_hash=key)
    store.ingest(
        [fresh, changed, polled(f"story {at.mark}", at.now, "u:1")],
        replace(STATE, source_id=SOURCE),
        at.now,
        [again],
    )


def _retried(store: SqlStore, at: Present) -> None:
    """Everything that may become of a lease."""
    until = at.now + 10 * HOUR
    limits = {CHANNEL: ChannelLimits(1, Rate(10_000, timedelta(days=1)))}

    def lease() -> None:
        store.retry([at.delivery.id], at.now)
        assert store.lease("us", at.now, until, 1, limits)

    lease()
    store.lease_owners()
    store.release("us")
    lease()
    store.mark_waiting(at.delivery.id, "us", at.now, "no")
    store.failing_channels()
    store.overdue(at.now, HOUR, [at.delivery.id])
    store.mark_overdue(at.delivery, at.now, HOUR, [at.delivery.id], at.now, "late")
    lease()
    store.mark_dead(at.delivery.id, "us", "no")
    store.dead_letters()
    store.drop([at.delivery.id])


def _sent(store: SqlStore, at: Present) -> None:
    again = replace(at.delivery, id=f"feef{at.mark}", digest_id=f"dd{at.mark}", channel="another")
    digest = Digest("other", "", at.now, None, (), id=f"dd{at.mark}")
    assert store.commit_digest(digest, RENDERED, [again], [], None)
    assert store.lease("us", at.now, at.now + HOUR, 1)
    assert store.mark_sent(again.id, "us", at.now, "said")


def _waits(store: SqlStore, at: Present, key: str) -> int:
    """The id of the place of another match that waits for the digest."""
    store.ingest([polled(f"{key} {at.mark}", at.now - 2 * HOUR)], None, at.now - 2 * HOUR)
    return max(one.id for one in store.queued(MAIN))


def _taken(store: SqlStore, at: Present) -> None:
    place = _waits(store, at, "taken")
    assert store.commit_digest(
        Digest(MAIN, "", at.now, None, (), id=f"ff{at.mark}"), RENDERED, [], [place], None
    )


def _labelled(store: SqlStore, at: Present) -> None:
    store.label(Label("nato", at.article, Judgement.WRONG, at.now, LabelledBy.PAGE, "h"))
    store.labels_of(at.article)
    store.label_counts(["nato", "none"])


def _silenced(store: SqlStore, at: Present) -> None:
    made = store.silence("nato", at.now - HOUR, at.now + HOUR)
    store.held_back(made)
    store.end_silence(made.id, at.now)


def _page(store: SqlStore, at: Present) -> None:
    page = at.page
    assert store.claim_page(page, at.now)
    store.put_off_page(replace(page, tries=1))
    store.forget_page(page)
    store.take_page(replace(page, tries=1), polled(f"present {at.mark}", at.now), at.now)


def _forgotten(store: SqlStore, at: Present) -> None:
    store.know_digests([MAIN, "gone"], at.now)
    store.know_digests([MAIN], at.now)
    store.forget_digests(at.now + HOUR, at.now)


def _told(store: SqlStore, at: Present) -> None:
    notice = Digest("operators", "", at.now, None, (), id=f"01{at.mark}")
    store.commit_notice(notice, RENDERED, [], [Trouble("x", "X.", recovery="Over.")])
    store.reported_troubles()
    store.end_troubles(["x"])
    store.forget_troubles(["x"])


def _noted(store: SqlStore, _: Present) -> None:
    store.set_note("a", "b")
    store.notes()


def _stopped(store: SqlStore, at: Present) -> None:
    store.stop_channel("off", "why", at.now)
    store.stopped_channels()
    store.restart_channel("off")


def _merged(store: SqlStore, at: Present) -> None:
    (why,) = store.memberships([at.article]).values()
    assert why.joined_by is not JoinedBy.EVENT
    store.merges(at.story)


CALLS: Mapping[str, Call] = {
    "appointments": lambda store, _: store.appointments(),
    "archive_only": lambda store, at: (
        store.archive_only(at.now - HOUR, ["nato"]),
        store.archive_only(at.now - HOUR),
    ),
    "article": lambda store, at: store.article(at.article),
    "article_count": lambda store, at: store.article_count(at.now - HOUR),
    "sent_since": lambda store, at: store.sent_since(at.now - HOUR),
    "article_counts_between": lambda store, at: store.article_counts_between([at.now - HOUR, at.now]),
    "arrivals": lambda store, at: store.arrivals(SOURCE, at.now - HOUR, 100),
    "article_counts": lambda store, at: store.article_counts(at.now - HOUR),
    "articles": lambda store, at: _read_all(store.articles(at.now - 10 * HOUR, 50)),
    "article_times": lambda store, at: store.article_times(SOURCE, at.now - HOUR, 100),
    "articles_by_url": lambda store, _: store.articles_by_url("http://e.org/7", "e.org/7", 5),
    "channel_counts": lambda store, _: store.channel_counts(set(DeliveryState) - {DeliveryState.SENT}),
    "claim_page, put_off_page, forget_page, take_page": _page,
    "commit_digest": _taken,
    "commit_notice, reported_troubles, end_troubles, forget_troubles": _told,
    "conditions": lambda store, _: store.conditions(),
    "summaries": lambda store, _: store.summaries(),
    "coverage": lambda store, at: store.coverage([at.story, 1, 2, 3]),
    "deliveries": lambda store, at: (
        store.deliveries(limit=20),
        store.deliveries(DeliveryState.SENT, 20),
        store.deliveries(DeliveryState.DEAD),
        store.deliveries(DeliveryState.DEAD, 20, channel=CHANNEL),
        store.deliveries(limit=20, channel="nobody's"),
        store.deliveries(limit=20, digest="nobody's"),
        store.deliveries(limit=4, beginning="feed"),
        store.deliveries(limit=20, after=(at.now - 500 * HOUR, "d")),
        store.deliveries(limit=20, channel=CHANNEL, after=(at.now - 500 * HOUR, "d")),
    ),
    "deliveries_of": lambda store, at: store.deliveries_of([at.delivery.id], [at.went_out]),
    "digest_marks": lambda store, _: store.digest_marks(),
    "find_later": lambda store, at: store.find_later(
        [FoundLater(at.article, replace(MATCH, rule=f"later {at.mark}"), (MAIN,), ("other",))], at.now
    ),
    "first_match_at": lambda store, _: store.first_match_at(["nato", "none"]),
    "forget_digests, know_digests": _forgotten,
    "ingest, ingest_together": _ingest,
    "known": lambda store, _: store.known("source 7", ["g:7", "g:207", "g:8"]),
    "label, labels_of, label_counts": _labelled,
    "languages": lambda store, at: store.languages(at.now - HOUR),
    "last_included": lambda store, at: store.last_included(MAIN, [at.story, 1, 2, 3]),
    "last_matches": lambda store, _: store.last_matches(),
    "lease, lease_owners, release, retry, mark_waiting, mark_overdue, mark_dead, overdue, drop": _retried,
    "failing_channels, dead_letters": lambda store, _: (store.failing_channels(), store.dead_letters()),
    "mark_sent": _sent,
    "made_digests": lambda store, at: (
        store.made_digests(None, 20),
        store.made_digests(MAIN, 20, (at.now - 500 * HOUR, "d")),
        store.made_digests("nobody's", 20),
    ),
    "match_totals": lambda store, at: store.match_totals(["nato", "none"], at.now - HOUR),
    "last_match, matches_after, sent_after": lambda store, at: (
        store.last_match(),
        store.matches_after(store.last_match() - 20, 20),
        store.sent_after([CHANNEL], at.now - HOUR, 20),
    ),
    "rule_matches": lambda store, at: store.rule_matches("nato", at.now - 500 * HOUR, 20),
    "match_counts": lambda store, at: (
        store.match_counts(
            ["nato"], [(at.now - HOUR * 24 * 7 * n, at.now - HOUR * 24 * 7 * n + HOUR) for n in range(9)]
        ),
        store.match_counts(["nato"], [(at.now - HOUR, at.now)], when_matched=True),
    ),
    "matches": lambda store, at: (store.matches(at.article), store.matches(7)),
    "memberships, merges": _merged,
    "missing_page": lambda store, at: store.missing_page(at.article),
    "not_wanted": lambda store, at: store.not_wanted(MAIN, at.now - HOUR),
    "notes, set_note": _noted,
    "newest_published": lambda store, at: store.newest_published(at.now - HOUR, at.now),
    "least_number": lambda store, at: store.least_number(at.now - 4000 * HOUR, at.now),
    "oldest_article": lambda store, at: store.oldest_article(at.now - HOUR),
    "first_compared": lambda store, _: store.first_compared(),
    "pages_to_fetch": lambda store, at: store.pages_to_fetch(at.now),
    "renew_planner_counts": lambda store, _: store.renew_planner_counts(),
    "queued": lambda store, _: store.queued(MAIN),
    "recent_articles": lambda store, _: store.recent_articles(SOURCE, 10),
    "recent_lines": lambda store, _: store.recent_lines(SOURCE, 10),
    "release_matches": lambda store, at: (
        _waits(store, at, "late"),
        store.release_matches(MAIN, ["nato"], at.now - HOUR, at.now),
    ),
    "release_unwanted": lambda store, at: store.release_unwanted(
        MAIN, {_waits(store, at, "unwanted"): 1}, 2, at.now
    ),
    "save_states": lambda store, _: store.save_states([replace(STATE, source_id=SOURCE)]),
    "sent_notes": lambda store, at: store.sent_notes(at.now - 24 * 7 * HOUR),
    "silence, held_back, end_silence": _silenced,
    "silences": lambda store, at: store.silences(at.now),
    "source_states": lambda store, _: (store.source_states([SOURCE]), store.source_states()),
    "spread": lambda store, at: (store.spread(at.story), store.spread(7)),
    "stamp": lambda store, _: store.stamp(),
    "stop_channel, stopped_channels, restart_channel": _stopped,
    "story_articles": lambda store, at: (store.story_articles(at.story), store.story_articles(7)),
    "surely_included": lambda store, at: store.surely_included(MAIN, [at.story, 1, 2, 3]),
    "troubled_sources": lambda store, _: store.troubled_sources(3),
    "versions": lambda store, at: store.versions([at.article, 1, 2]),
    "waiting": lambda store, _: store.waiting(MAIN),
    "waiting_times": lambda store, _: store.waiting_times(MAIN),
    "went_out": lambda store, at: store.went_out([at.went_out, "digest 3"]),
    "wordings": lambda store, at: store.wordings([at.article]),
}
"""By the methods that are called, in this order: whoever ends something comes after those who need it."""
