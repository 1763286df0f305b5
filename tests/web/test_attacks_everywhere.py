"""Attacks that no route may fall to: each is tried on all pages, files and operations that there are."""

import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import requests

from support.desk import SETTINGS, DeskFiles
from support.page import FREE_PORT, ServedPage, seeded, served
from support.web import WebServer
from watchdesk.web.api import OPERATIONS
from watchdesk.web.exports import FILES
from watchdesk.web.pages import PAGES, digest, playground
from watchdesk.web.routes import API

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain")
"""What a form of any site can send, with any browser."""
CROSS_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
_IDS = {"rules": "nato-spending", "sources": "wire", "next": "flash"}


def there(path: str) -> str:
    """An address of the route."""
    kind = path.partition("/{")[0].rpartition("/")[2]
    return re.sub(r"\{\w+\}", _IDS.get(kind, "1"), path)


READ = [
    *(there(page.path) for page in PAGES),
    *map(there, (digest.SENT, digest.PREVIEW)),
    *FILES,
    *(API + there(one.path) for one in OPERATIONS if one.method == "GET"),
    *(f"{API}/openapi.json", "/healthz", "/readyz", "/metrics", "/nothing", "/api/nothing"),
]
CHANGED = [*(there(page.path) for page in PAGES if page.change), playground.LIVE]
SENT = [API + there(one.path) for one in OPERATIONS if one.method == "POST"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    """On loopback without a token, where most is allowed."""
    desk = DeskFiles(tmp_path_factory.mktemp("everywhere"))
    with WebServer() as web:
        seeded(desk, web, SETTINGS + FREE_PORT)
    with served(desk) as one:
        yield one


def test_nothing_is_kept_by_what_stands_between(page: ServedPage) -> None:
    with requests.Session() as session:
        for path in READ:
            answer = session.get(page.address + path, timeout=30, allow_redirects=False)
            assert answer.headers["Cache-Control"] == "private, no-cache", path
            assert answer.headers["Vary"] == "Cookie, Authorization", path
        known = session.get(f"{page.address}{API}/status", timeout=30).headers["ETag"]
        for headers in ({"If-None-Match": known}, {"Host": "evil.example"}):
            answer = session.get(f"{page.address}{API}/status", headers=headers, timeout=30)
            assert answer.headers["Cache-Control"] == "private, no-cache", headers


def test_no_route_answers_to_a_name_of_others(page: ServedPage) -> None:
    with requests.Session() as session:
        for path in (*READ, *CHANGED, *SENT):
            headers = {"Host": "evil.example"}
            assert session.get(page.address + path, headers=headers, timeout=30).status_code == 421, path


def test_pages_of_other_sites_can_send_nothing_of_any_kind(page: ServedPage) -> None:
    body = b'{"rule": "nato-spending", "until": "2h", "article": 1, "judgement": "wrong", "query": "NATO"}'
    with requests.Session() as session:
        for path in (*CHANGED, *SENT):
            tried = [{"Content-Type": kind, **CROSS_SITE} for kind in (*FORMS, "application/json")]
            for headers in (*tried, CROSS_SITE, *({"Content-Type": kind} for kind in FORMS)):
                sent = session.post(
                    page.address + path, body, headers=headers, timeout=30, allow_redirects=False
                )
                assert sent.status_code in (403, 415), (path, headers)
    assert page.get(f"{API}/silences").json()["silences"] == []


def test_a_query_of_10_mb_is_cut_off_wherever_it_is_sent(page: ServedPage) -> None:
    long = b"x" * 10_000_000
    for path in READ:
        assert sent(page, b"GET " + path.encode() + b"?query=", long)[:12] == b"HTTP/1.1 414", path
    for path in (*CHANGED, *SENT):
        head = b"POST " + path.encode() + b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n"
        assert sent(page, head, long)[:12] == b"HTTP/1.1 413", path
    assert page.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "query", ["(" * 30_000, "NOT " * 7_000 + "x", "/(a+)+$/ AND " * 2_000 + "x", "*" * 30_000]
)
def test_a_query_within_bounds_is_answered_however_it_is_built(page: ServedPage, query: str) -> None:
    for path in ("/articles", f"{API}/articles", "/articles.csv"):
        answer = requests.get(page.address + path, {"query": query}, timeout=60)
        assert answer.status_code in (200, 400, 422), (path, answer.text[:200])


@pytest.mark.parametrize(
    "path",
    [
        "/articles/../../etc/passwd", "/articles/..%2f..%2f..%2fetc%2fpasswd", "/articles/%252e%252e%252fetc",
        "/sources/..%5c..%5cwatchdesk.yaml", "/digests/..%2f..%2fwatchdesk.db/sent", "/digests/%2e%2e/sent",
        "/digests/next/..%2f..%2ftoken/preview", "/rules/..%2fdesk.yaml", "/rules/..;/desk.yaml",
        "/assets/..%c0%af..%c0%afdesk.py", "/assets/%EF%BC%8E%EF%BC%8E/desk.py", "/assets/desk.css%00.html",
        "/sources/%00", "/rules/%ff%fe", "/api/v1/sources/..%2f..%2fetc", "//etc/passwd", "/./../etc/passwd",
    ],
)  # fmt: skip
def test_no_name_in_a_path_leads_to_a_file(page: ServedPage, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    answer = sent(page, request)
    assert answer[9:12] in (b"404", b"400"), answer[:200]
    assert b"root:" not in answer


def sent(page: ServedPage, *parts: bytes) -> bytes:
    """What is answered to these bytes, as far as the server takes and answers them."""
    address, answer = urlsplit(page.address), b""
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        with suppress(ConnectionError):
            for part in parts:
                connection.sendall(part)
        with suppress(ConnectionError):
            while more := connection.recv(65_536):
                answer += more
                if len(parts) > 1:
                    break
    return answer
