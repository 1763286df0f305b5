"""Articles' own pages whose servers are down: they are asked for again, and their feeds are left in peace."""

import random
import subprocess
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

from support.desk import DeskFiles, environment, item, rss, wait_for
from support.postgresql import Cluster
from support.web import Answer, Request, WebServer
from watchdesk.model import PageToFetch
from watchdesk.scheduling import GiveUp, next_page_try
from watchdesk.scheduling.pages import GIVE_UP_AFTER, MOST_TRIES
from watchdesk.store import SqlStore, open_store

SETTINGS = """\
polling: {every: 1s, fastest: 1s, first_poll: all, private_addresses: allow, timeout: 5s}
articles: {full_text: always}
channels: {shelf: {files: digests/}}
digests: {flash: {title: Flash, rules: all, at: once, to: [shelf]}}
"""
PAGE = "<article><h1>Ukraine aid agreed</h1>" + "<p>NATO has a spending target for all.</p>" * 20
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def down(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk whose one source leads to a page that answers 503; its entry matches one rule, its page two."""
    web.respond("/page", Answer(b"", 503))
    web.serve("/feed", rss(item("1", "Ukraine aid agreed", "Short …", link=web.url("/page"))))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    return desk


def recover(web: WebServer) -> None:
    web.serve("/page", PAGE.encode(), content_type="text/html")


def asked(web: WebServer, path: str) -> list[Request]:
    return [request for request in web.requests if request.path == path]


def rules(document: dict[str, list[dict[str, str]]]) -> list[str]:
    return [match["rule"] for match in document["matches"]]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def test_a_feed_is_asked_conditionally_while_a_page_of_it_is_down(
    down: DeskFiles, web: WebServer, database: str, request: pytest.FixtureRequest
) -> None:
    if database == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        down.write({"wire": web.url("/feed")}, settings=f"storage: {cluster.new_database()}\n{SETTINGS}")
    first = down.run("once", "--all", "--json").document
    assert rules(first) == ["ukraine-aid"], "it alerts by its entry meanwhile"
    assert rules(down.run("once", "--all", "--json").document) == []
    assert "asked again at" in down.run("sources", "--json").document["sources"][0]["trouble"][0]
    recover(web)
    late = down.run("once", "--all", "--json").document
    assert rules(late) == ["nato-spending"]
    assert (late["sources"][0]["outcome"], late["sources"][0]["updated_articles"]) == ("new", 1)
    for _ in range(2):
        assert rules(down.run("once", "--all", "--json").document) == []
    assert len(asked(web, "/page")) == 3, "twice while it was down, and once since"
    feeds = asked(web, "/feed")
    assert ["if-none-match" in feed.headers for feed in feeds] == [False] + [True] * 4
    assert down.run("sources", "--json").document["sources"][0]["trouble"] == []


def test_once_asks_for_a_page_when_it_is_due_and_polls_no_source_for_it(
    down: DeskFiles, web: WebServer
) -> None:
    down.write({"wire": web.url("/feed")}, settings=SETTINGS.replace("1s", "1h"))
    down.run("once", "--json")
    recover(web)
    assert down.run("once", "--json").document["sources"][0]["outcome"] == "skipped"
    with closing(open_store("sqlite", down.state)) as store:
        [page] = store.pages_to_fetch()
        store.put_off_page(replace(page, next_try=datetime.now(UTC)))
    document = down.run("once", "--json").document
    assert rules(document) == ["nato-spending"]
    assert (len(asked(web, "/feed")), len(asked(web, "/page"))) == (1, 2)


def test_a_page_is_fetched_though_the_process_was_killed_while_it_asked(
    down: DeskFiles, web: WebServer
) -> None:
    down.run("once", "--all")
    web.respond("/page", Answer(b"", 503, delay=30))
    killed = subprocess.Popen(down.command("once", "--all"), env=environment())
    wait_for(lambda: len(asked(web, "/page")) == 2, "a second try", 60)
    killed.kill()
    killed.wait()
    recover(web)
    assert rules(down.run("once", "--all", "--json").document) == ["nato-spending"]
    assert rules(down.run("once", "--all", "--json").document) == []
    assert len(asked(web, "/page")) == 3
    assert all("if-none-match" in feed.headers for feed in asked(web, "/feed")[1:])


@pytest.mark.slow
def test_the_service_fetches_a_page_once_it_is_there_though_it_was_killed_meanwhile(
    down: DeskFiles, web: WebServer
) -> None:
    def sent() -> int:
        return len(list((down.state / "digests").glob("2*.html")))

    with down.service() as service:
        wait_for(lambda: len(asked(web, "/page")) == 2, "a second try", 60)
        wait_for(lambda: sent() == 1, "the alert by the entry's text", 60)
        service.kill()
    tried = len(asked(web, "/page"))
    recover(web)
    with down.service():
        wait_for(lambda: sent() == 2, "the late match", 60)
        polled = len(asked(web, "/feed"))
        wait_for(lambda: len(asked(web, "/feed")) > polled + 2, "more polls", 60)
    assert len(asked(web, "/page")) == tried + 1
    assert all("if-none-match" in feed.headers for feed in asked(web, "/feed")[1:])
    assert sent() == 2, "each match once"


def test_a_revised_entry_whose_page_is_down_keeps_its_text_and_waits_for_the_new_one(
    down: DeskFiles, web: WebServer
) -> None:
    recover(web)
    down.run("once", "--all")
    web.respond("/page", Answer(b"", 503))
    web.serve("/feed", rss(item("1", "Ukraine aid agreed", "Short, and new …", link=web.url("/page"))))
    down.run("once", "--all")
    assert down.run("search", "spending", "--json").document["articles"]
    short = "<article><h1>Ukraine aid agreed</h1>" + "<p>Parliament has voted for it today.</p>" * 8
    web.serve("/page", short.encode(), content_type="text/html")
    down.run("once", "--all")
    assert down.run("search", "Parliament", "--json").document["articles"]


def test_a_page_that_robots_txt_forbids_is_not_asked_for_again(down: DeskFiles, web: WebServer) -> None:
    web.serve("/robots.txt", b"User-agent: *\nDisallow: /page", content_type="text/plain")
    down.run("once", "--all")
    with closing(open_store("sqlite", down.state)) as store:
        assert store.pages_to_fetch() == []
    assert asked(web, "/page") == []
    assert "asks not to read this page" in down.run("sources").out


def test_entries_that_an_older_version_left_unfinished_are_finished(down: DeskFiles, web: WebServer) -> None:
    down.run("once", "--all")
    with closing(open_store("sqlite", down.state)) as store, store._database.write() as connection:
        connection.execute(text("DELETE FROM pages_to_fetch"))
        connection.execute(text("UPDATE entry_keys SET entry_hash = '?1' || entry_hash"))
        connection.execute(text("UPDATE sources SET etag = NULL, body_hash = NULL"))
    recover(web)
    assert rules(down.run("once", "--all", "--json").document) == ["nato-spending"]
    assert rules(down.run("once", "--all", "--json").document) == []
    assert "if-none-match" in asked(web, "/feed")[-1].headers


def test_a_site_that_is_down_is_not_asked_for_all_of_its_pages(desk: DeskFiles, web: WebServer) -> None:
    entries = [item(str(n), f"Story {n}", "Short …", link=web.url(f"/page/{n}")) for n in range(10)]
    for n in range(10):
        web.respond(f"/page/{n}", Answer(b"", 503))
    web.serve("/feed", rss(*entries))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    desk.run("once", "--all")
    web.requests.clear()
    desk.run("once", "--all")
    assert len([request for request in web.requests if request.path.startswith("/page")]) == 2
    with closing(open_store("sqlite", desk.state)) as store:
        assert len(store.pages_to_fetch()) == 10


def test_a_page_is_claimed_by_one_process_and_goes_with_age_and_with_its_article(down: DeskFiles) -> None:
    def pages() -> int:
        return len(store.pages_to_fetch())

    down.run("once", "--all")
    with (
        closing(open_store("sqlite", down.state)) as store,
        closing(open_store("sqlite", down.state)) as other,
    ):
        [page] = store.pages_to_fetch()
        later = page.next_try + timedelta(hours=1)
        assert (store.claim_page(page, later), other.claim_page(page, later)) == (True, False)
        assert store.pages_to_fetch(due=page.next_try) == []
        store.prune_pages(page.since)
        assert pages() == 1
        store.prune_pages(page.since + timedelta(seconds=1))
        assert pages() == 0
        _keep(store, page)
        assert pages() == 1
        with store._database.write() as connection:
            connection.execute(text("DELETE FROM places"))
        store.prune(datetime.now(UTC) + timedelta(days=1))
        assert pages() == 0


def _keep(store: SqlStore, page: PageToFetch) -> None:
    with store._database.write() as connection:
        connection.execute(
            text("INSERT INTO pages_to_fetch VALUES (:id, 'wire', 'http://e.org/', '[]', 0, 1, 0, 'down')"),
            {"id": page.article_id},
        )


def test_tries_are_further_and_further_apart_and_come_to_an_end() -> None:
    rng, now, waits = random.Random(1), NOW, []
    for tries in range(1, MOST_TRIES):
        again = next_page_try(tries, NOW, timedelta(minutes=15), now, rng)
        assert isinstance(again, datetime)
        waits.append(again - now)
        now = again
    assert timedelta(seconds=50) < waits[0] < timedelta(seconds=70)
    assert all(later > 1.5 * sooner for sooner, later in pairwise(waits[:9]))
    assert timedelta(hours=12) < now - NOW < GIVE_UP_AFTER
    assert isinstance(next_page_try(MOST_TRIES, NOW, timedelta(minutes=15), now, rng), GiveUp)
    assert isinstance(next_page_try(1, NOW, timedelta(minutes=15), NOW + GIVE_UP_AFTER, rng), GiveUp)
    asked_for = next_page_try(1, NOW, timedelta(minutes=15), NOW, rng, after=timedelta(hours=2))
    assert isinstance(asked_for, datetime)
    assert asked_for >= NOW + timedelta(hours=2)
