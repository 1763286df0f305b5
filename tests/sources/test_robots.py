"""robots.txt (RFC 9309): asked for before an article's page, never for a feed."""

import itertools
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from support.web import Answer, Request, WebServer
from watchdesk.config.settings import PollingSettings
from watchdesk.model import (
    Failed,
    Fetched,
    FetchOutcome,
    Gone,
    Held,
    Source,
    SourceState,
    Throttled,
    Validators,
)
from watchdesk.sources import HttpFetcher, host_of
from watchdesk.sources.web.client import Forbidden
from watchdesk.sources.web.robots import MOST_ORIGINS, Robots

POLLING = PollingSettings(private_addresses=True, timeout=timedelta(seconds=1), per_host=1)
DENIED = "User-agent: *\nDisallow: /\n"


def page(web: WebServer, path: str = "/article", fetcher: HttpFetcher | None = None) -> FetchOutcome:
    fetcher = fetcher or HttpFetcher(POLLING, None)
    return fetcher.page(web.url(path), Source("a", web.url("/feed")))


def paths(web: WebServer) -> list[str]:
    return [request.path for request in web.requests]


@pytest.fixture
def site(web: WebServer) -> WebServer:
    web.serve("/article", b"<p>text</p>", content_type="text/html")
    web.serve("/feed", b"feed")
    return web


def robots(web: WebServer, text: str | bytes) -> None:
    web.serve("/robots.txt", text if isinstance(text, bytes) else text.encode(), content_type="text/plain")


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow:\n", True),
        (DENIED, False),
        ("User-agent: *\nDisallow: /article\n", False),
        ("User-agent: *\nDisallow: /\nAllow: /article\n", True),
        ("User-agent: *\nDisallow: /*cle$\n", False),
        ("User-agent: watchdesk\nDisallow: /\n", False),
        ("user-agent: WatchDesk/1.0 (+somewhere)\nDisallow: /\n", False),
        ("User-agent: watchdesk\nAllow: /\n\nUser-agent: *\nDisallow: /\n", True),
        ("User-agent: watch\nDisallow: /\n", True),
        ("User-agent: watchdesk-news\nDisallow: /\n", True),
        ("User-agent: OtherBot\nDisallow: /\n", True),
        ("User-agent: OtherBot\nUser-agent: *\nDisallow: /\n", False),
        ("User-agent: *\nAllow: /\n\nUser-agent: OtherBot\nDisallow: /\n", True),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("User-agent: *\rDisallow: /\r", False),
        ("<html>not found</html>", True),
        ("\x00\x01\x02", True),
    ],
)
def test_what_robots_txt_asks_is_done(site: WebServer, text: str, allowed: bool) -> None:
    robots(site, text)
    outcome = page(site)
    if allowed:
        assert isinstance(outcome, Fetched)
    else:
        host = host_of(site.url())
        assert outcome == Forbidden(f"robots.txt of {host} asks not to read this page")
        assert paths(site) == ["/robots.txt"]


def test_feeds_and_parts_are_asked_for_without_it(site: WebServer) -> None:
    robots(site, DENIED)
    fetcher, source = HttpFetcher(POLLING, None), Source("a", site.url("/feed"))
    assert isinstance(fetcher.fetch(source, SourceState("a")), Fetched)
    assert isinstance(fetcher.part(site.url("/feed"), source, Validators()), Fetched)
    assert "/robots.txt" not in paths(site)


def test_a_person_who_asks_is_no_robot(site: WebServer) -> None:
    robots(site, DENIED)
    assert isinstance(page(site, fetcher=HttpFetcher(POLLING, None, heed_robots=False)), Fetched)
    assert paths(site) == ["/article"]


def test_it_is_asked_for_once_a_day(site: WebServer) -> None:
    fetcher = HttpFetcher(POLLING, None)
    for _ in range(3):
        page(site, fetcher=fetcher)
    assert paths(site).count("/robots.txt") == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 204, 304])
def test_a_site_without_one_allows_everything(site: WebServer, status: int) -> None:
    site.respond("/robots.txt", Answer(b"", status))
    assert isinstance(page(site), Fetched)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599])
def test_a_site_that_cannot_say_is_not_read_for_now(site: WebServer, status: int) -> None:
    site.respond("/robots.txt", Answer(b"", status))
    outcome = page(site)
    assert isinstance(outcome, Failed)
    assert "could not be read" in outcome.reason
    assert "/article" not in paths(site)


def test_a_site_that_cannot_be_reached_is_not_read_for_now() -> None:
    outcome = HttpFetcher(POLLING, None).page(
        "http://127.0.0.1:1/article", Source("a", "http://127.0.0.1:1/")
    )
    assert isinstance(outcome, Failed)
    assert "robots.txt of 127.0.0.1:1 could not be read" in outcome.reason


def test_it_may_be_somewhere_else_up_to_five_redirects_away(site: WebServer) -> None:
    for number in range(6):
        site.respond(f"/{number}", Answer(status=302, headers={"Location": f"/{number + 1}"}))
    site.serve("/6", DENIED.encode())
    site.respond("/robots.txt", Answer(status=301, headers={"Location": "/2"}))
    assert isinstance(page(site), Failed)
    site.respond("/robots.txt", Answer(status=301, headers={"Location": "/1"}))
    assert isinstance(page(site), Fetched)


def test_a_page_that_leads_to_another_site_is_judged_there_too(site: WebServer) -> None:
    with WebServer() as other:
        robots(other, DENIED)
        other.serve("/article", b"text")
        site.respond("/moved", Answer(status=301, headers={"Location": other.url("/article")}))
        outcome = page(site, "/moved")
        assert isinstance(outcome, Failed)
        assert f"robots.txt of {host_of(other.url())} asks" in outcome.reason
        assert paths(other) == ["/robots.txt"]


def test_a_redirect_to_a_forbidden_page_of_the_same_site_is_not_followed(site: WebServer) -> None:
    robots(site, "User-agent: *\nDisallow: /article\n")
    site.respond("/moved", Answer(status=302, headers={"Location": "/article"}))
    assert isinstance(page(site, "/moved"), Failed)
    assert "/article" not in paths(site)


def test_secrets_are_not_told_to_it(site: WebServer) -> None:
    source = Source("a", site.url("/feed"), user="desk", password="sesame", headers={"X-Key": "k"})
    HttpFetcher(POLLING, None).page(site.url("/article"), source)
    assert paths(site) == ["/robots.txt", "/article"]
    assert not site.requests[0].headers.keys() & {"authorization", "x-key"}
    assert site.requests[1].headers["x-key"] == "k"


def test_no_more_than_half_a_megabyte_of_it_is_read(site: WebServer) -> None:
    line = b"Disallow: /nothing-of-interest\n"
    lines = line * (500_000 // len(line))
    robots(site, b"User-agent: *\n" + lines + b"Disallow: /article\n")
    assert isinstance(page(site), Fetched)
    robots(site, b"User-agent: *\nDisallow: /article\n" + lines * 4)
    assert isinstance(page(site), Failed)


def test_a_private_address_behind_it_is_refused(site: WebServer) -> None:
    site.respond("/robots.txt", Answer(status=302, headers={"Location": "http://127.0.0.2/"}))
    fetcher = HttpFetcher(replace(POLLING, private_addresses=("127.0.0.1/32",)), None)
    outcome = page(site, fetcher=fetcher)
    assert isinstance(outcome, Failed)
    assert "private network" in outcome.reason


def test_a_crawl_delay_is_kept_between_pages(site: WebServer) -> None:
    robots(site, "User-agent: *\nCrawl-delay: 0.3\n")
    fetcher = HttpFetcher(POLLING, None)
    times: list[float] = []

    def article(_request: Request) -> Answer:
        times.append(time.monotonic())
        return Answer(b"text")

    site.respond("/article", article)
    for _ in range(3):
        assert isinstance(page(site, fetcher=fetcher), Fetched)
    assert all(later - earlier >= 0.3 for earlier, later in itertools.pairwise(times))


# From here on: the rules alone, with clocks that are moved.


class Library:
    """Gives out robots.txt, and counts."""

    def __init__(self, outcome: FetchOutcome) -> None:
        self.outcome = outcome
        self.read: list[str] = []
        self.passed = 0.0
        self.robots = Robots(self._give, lambda: self.passed)

    def _give(self, url: str, source: Source) -> FetchOutcome:
        self.read.append(url)
        return self.outcome

    def allows(self, url: str = "https://news.example/a") -> bool:
        return self.robots.permit(url, Source("a", url)).refusal is None


def text(said: str) -> Fetched:
    return Fetched(said.encode(), "https://news.example/robots.txt")


@pytest.mark.parametrize(
    ("outcome", "again_after"),
    [
        (text(DENIED), 24 * 3600),
        (Failed("none", 404), 24 * 3600),
        (Gone(), 24 * 3600),
        (Failed("in trouble", 500), 3600),
        (Failed("not reached"), 3600),
        (Throttled(503), 3600),
        (Held(datetime(2026, 3, 1, tzinfo=UTC)), 1),
    ],
)
def test_it_is_believed_for_a_while(outcome: FetchOutcome, again_after: float) -> None:
    library = Library(outcome)
    library.allows()
    library.passed = again_after / 100
    library.allows()
    library.passed = again_after
    library.allows()
    assert len(library.read) == (3 if isinstance(outcome, Held) else 2)


def test_each_origin_has_its_own() -> None:
    library = Library(text(""))
    for url in (
        "https://a.example/1",
        "https://a.example/2",
        "http://a.example/1",
        "https://a.example:8443/",
    ):
        library.allows(url)
    assert library.read == [
        "https://a.example/robots.txt",
        "http://a.example/robots.txt",
        "https://a.example:8443/robots.txt",
    ]


def test_no_more_are_kept_than_so_many() -> None:
    library = Library(text(""))
    for number in range(MOST_ORIGINS + 1):
        library.allows(f"https://host{number}.example/")
    library.read.clear()
    library.allows(f"https://host{MOST_ORIGINS}.example/")
    assert library.read == []
    library.allows("https://host0.example/")
    assert library.read == ["https://host0.example/robots.txt"]


def test_long_ones_displace_more() -> None:
    library = Library(text("User-agent: *\n" + "Disallow: /x\n" * 30_000))
    for number in range(4):
        library.allows(f"https://host{number}.example/")
    library.allows("https://host0.example/")
    assert len(library.read) == 5


def test_a_file_of_many_names_and_many_rules_is_read_in_no_time() -> None:
    many = "".join(f"User-agent: bot{number}\n" for number in range(15_000))
    library = Library(text(many + "Disallow: /x\n" * 15_000 + DENIED))
    before = time.monotonic()
    assert not library.allows()
    assert time.monotonic() - before < 3


@pytest.mark.parametrize(
    ("said", "crawl_delay"),
    [
        ("2", 2),
        ("0.5", 0.5),
        ("86400", 30),
        ("1e300", 30),
        ("1e400", 0),
        ("-5", 0),
        ("nan", 0),
        ("soon", 0),
        ("0", 0),
    ],
)
def test_a_crawl_delay_is_obeyed_within_reason(said: str, crawl_delay: float) -> None:
    library = Library(text(f"User-agent: *\nCrawl-delay: {said}\n"))
    url = "https://news.example/a"
    assert library.robots.permit(url, Source("a", url)).crawl_delay == crawl_delay
