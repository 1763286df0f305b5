"""`watchdesk once`, more rarely than every two days: what is old goes where publishers confirm the clock."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from store.test_looking_back import ingest
from store.test_looking_back import item as stored
from support.desk import SETTINGS, DeskFiles, item, rss
from support.proxy import HttpProxy
from support.way_out import leading_to
from support.web import WebServer
from watchdesk.remembered import ClockCheck, remember
from watchdesk.store import open_store

HOSTS = ("news.example", "daily.test")
OLD = "https://e.org/old"


def dated(age: timedelta) -> bytes:
    moment = time.gmtime((datetime.now(UTC) - age).timestamp())
    return rss(item("1", "NATO agrees", "Talks.", date=time.strftime("%a, %d %b %Y %H:%M:%S +0000", moment)))


@pytest.fixture
def weekly(desk: DeskFiles, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskFiles]:
    """With an article of 300 days ago, and a last pass of a week ago."""
    now = datetime.now(UTC)
    desk.write({name.partition(".")[0]: f"http://{name}/feed" for name in HOSTS}, SETTINGS)
    desk.state.mkdir()
    with closing(open_store("sqlite", desk.state)) as store:
        ingest(store, stored("old", first_seen=now - timedelta(days=300)), now=now - timedelta(days=300))
        remember(store, ClockCheck(now - timedelta(days=7), now - timedelta(days=7)))
    with HttpProxy(leading_to(urlsplit(web.url()).port or 0, *HOSTS)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        yield desk


def is_there(desk: DeskFiles) -> bool:
    with closing(open_store("sqlite", desk.state)) as store:
        return bool(store.articles_by_url(OLD, None, 1))


def test_a_weekly_pass_removes_what_is_old(weekly: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", dated(timedelta(hours=3)))
    assert is_there(weekly)
    assert weekly.run("once", "--all").status == 0
    assert not is_there(weekly)


def test_to_a_clock_that_is_years_ahead_of_all_publishers_nothing_is_old(
    weekly: DeskFiles, web: WebServer
) -> None:
    web.serve("/feed", dated(timedelta(days=1100)))
    assert weekly.run("once", "--all").status == 0
    assert is_there(weekly)
