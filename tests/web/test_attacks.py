"""What strangers, other sites and hostile publishers try, each in the way in which it is done."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from urllib.parse import urlsplit

import pytest
import requests

from support.desk import SETTINGS, DeskFiles, item, rss, wait_for
from support.page import FREE_PORT, ServedPage, served
from support.web import WebServer
from watchdesk.web import recent

TOKEN = "correct horse battery staple"
GUARDED = f"{SETTINGS}web: {{listen: '127.0.0.1:0', token: {{file: token}}}}\n"
READ = ("/", "/api/v1/status", "/api/v1/openapi.json")
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
OVERRIDE, ESCAPE = "\u202e", "\x1b"


@pytest.fixture(scope="module")
def open_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    """On loopback, without a token."""
    desk = DeskFiles(tmp_path_factory.mktemp("open"))
    desk.write({}, SETTINGS + FREE_PORT)
    desk.begin()
    with served(desk) as page:
        yield page


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    """With a token."""
    with guarded_page(DeskFiles(tmp_path_factory.mktemp("guarded"))) as page:
        yield page


@pytest.fixture
def own_guarded(desk: DeskFiles) -> Iterator[ServedPage]:
    """The same for one test alone."""
    with guarded_page(desk) as page:
        yield page


@contextmanager
def guarded_page(desk: DeskFiles) -> Iterator[ServedPage]:
    desk.write({}, GUARDED)
    (desk.config / "token").write_text(f"{TOKEN}\n")
    desk.begin()
    with served(desk) as page:
        yield page


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def signed_in(page: ServedPage, token: str = TOKEN) -> requests.Session:
    session = requests.Session()
    fields = {"token": token, "to": "/", "form_token": page.form_token("/sign-in", session)}
    session.post(f"{page.address}/sign-in", fields, allow_redirects=False, timeout=10)
    return session


def raw(page: ServedPage, request: bytes) -> bytes:
    """What a server answers to bytes that no client library would send."""
    parts = urlsplit(page.address)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while more := connection.recv(65_536):
            answer += more
    return answer


def test_without_the_token_nothing_is_to_be_seen(guarded: ServedPage) -> None:
    assert guarded.get("/").status_code == 303
    assert guarded.get("/").headers["Location"] == "./sign-in"
    assert guarded.get("/api/v1/status").status_code == 401
    assert guarded.get("/api/v1/openapi.json").status_code == 401
    assert guarded.get("/api/v1/events").status_code == 401
    assert guarded.get("/api/v1/status").headers["WWW-Authenticate"].startswith("Bearer")
    assert guarded.get("/healthz").text == "healthy\n"
    assert guarded.get("/readyz").text == "ready\n"
    entry = guarded.get("/sign-in").text
    assert "Status" not in entry
    assert "<code>web: {token: …}</code> in watchdesk.yaml" in entry


def test_metrics_take_the_token_where_the_files_say_so(desk: DeskFiles) -> None:
    desk.write({}, GUARDED.replace("token:", "metrics: false, token:"))
    (desk.config / "token").write_text(TOKEN)
    desk.begin()
    with served(desk) as page:
        assert page.get("/metrics").status_code == 401
        assert page.get("/metrics", headers=bearer(TOKEN)).status_code == 200


def test_with_the_token_all_of_it_is(guarded: ServedPage) -> None:
    assert guarded.get("/api/v1/status", headers=bearer(TOKEN)).status_code == 200
    assert guarded.get("/healthz", headers=bearer(TOKEN)).json()["healthy"] is True
    session = signed_in(guarded)
    assert session.get(f"{guarded.address}/", allow_redirects=False, timeout=10).status_code == 200
    assert TOKEN not in str(session.cookies)


def test_what_was_shown_with_the_token_is_shown_to_no_stranger(
    guarded: ServedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "FRESH", 60.0)
    session = signed_in(guarded)
    for _ in range(2):
        assert session.get(f"{guarded.address}/rules", allow_redirects=False, timeout=10).status_code == 200
        assert guarded.get("/api/v1/status", headers=bearer(TOKEN)).status_code == 200
    assert guarded.get("/rules").status_code == 303
    assert guarded.get("/api/v1/status").status_code == 401
    assert guarded.get("/rules", headers={"Host": "elsewhere.example"}).status_code == 421


def test_no_wrong_token_lets_in_and_too_many_are_not_looked_at(own_guarded: ServedPage) -> None:
    session = signed_in(own_guarded)
    for wrong in ("", "x", TOKEN[:-1], TOKEN + "x", "\xfc", TOKEN.upper(), "no", "not", "nor", "never"):
        answer = own_guarded.get("/api/v1/status", headers={"Authorization": f"Bearer {wrong}".encode()})
        assert answer.status_code == 401, wrong
    answer = own_guarded.get("/api/v1/status", headers=bearer(TOKEN))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    # Who has entered is not kept out by who tries.
    assert session.get(f"{own_guarded.address}/", allow_redirects=False, timeout=10).status_code == 200


def test_a_cookie_that_was_made_up_lets_nobody_in(guarded: ServedPage) -> None:
    good = signed_in(guarded).cookies[f"watchdesk-{mark(guarded)}"]
    until, _, signature = good.partition(".")
    for cookie in (f"{int(until) + 1}.{signature}", f"{until}.", "", "9999999999", f"{until}.{'0' * 64}"):
        answer = guarded.get("/api/v1/status", cookies={f"watchdesk-{mark(guarded)}": cookie})
        assert answer.status_code == 401


def mark(page: ServedPage) -> str:
    assert page.companion._desk
    return page.companion._desk.mark


def test_another_token_ends_what_was_entered_by_the_one_before(
    own_guarded: ServedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchdesk.web.access.visitors._FRESH", 0.0)
    session = signed_in(own_guarded)
    assert session.get(f"{own_guarded.address}/", allow_redirects=False, timeout=10).status_code == 200
    (own_guarded.desk.config / "token").write_text("another\n")
    assert session.get(f"{own_guarded.address}/", allow_redirects=False, timeout=10).status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(desk: DeskFiles) -> None:
    public = "public: 'https://example.org/desk/', "
    desk.write({}, GUARDED.replace("token:", f"{public}token:"))
    (desk.config / "token").write_text(TOKEN)
    desk.run("status")
    with served(desk) as page:
        host = {"Host": "example.org"}
        shown = page.get("/desk/sign-in", headers=host)
        form = shown.text.split('name="form_token" value="')[1].split('"')[0]
        cookie = shown.headers["Set-Cookie"].split(";")[0]
        said = page.post(
            "/desk/sign-in", {"token": TOKEN, "form_token": form}, headers={**host, "Cookie": cookie}
        ).headers["Set-Cookie"]
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/desk/"):
        assert part in said


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "a b", "[::1", "203.0.113.9"],
)
def test_the_page_answers_to_no_name_of_others(open_page: ServedPage, host: str) -> None:
    for path in READ:
        assert open_page.get(path, headers={"Host": host}).status_code in (400, 421)


def test_two_hosts_are_none(open_page: ServedPage) -> None:
    answer = raw(open_page, b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
    assert answer.split(b" ")[1] in (b"400", b"421")


def test_health_answers_to_any_address_and_to_no_other_name(open_page: ServedPage) -> None:
    assert open_page.get("/healthz", headers={"Host": "203.0.113.9"}).status_code == 200
    assert open_page.get("/healthz", headers={"Host": "evil.example"}).status_code == 421


def test_a_form_of_another_site_is_refused(guarded: ServedPage) -> None:
    session = signed_in(guarded)
    token = guarded.form_token("/", session)
    for fields, headers in (
        ({"out": "1"}, {}),
        ({"out": "1", "form_token": "0" * 64}, {}),
        ({"out": "1", "form_token": token}, {"Sec-Fetch-Site": "cross-site"}),
        ({"out": "1", "form_token": token}, {"Sec-Fetch-Site": "same-site"}),
    ):
        answer = session.post(f"{guarded.address}/sign-in", fields, headers=headers, timeout=10)
        assert answer.status_code == 403, (fields, headers)
    answer = session.post(f"{guarded.address}/sign-in", {"out": "1", "form_token": token}, timeout=10)
    assert answer.url.endswith("/sign-in")


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/javascript:alert(1)",
    ],
)
def test_signing_in_leads_nowhere_else(guarded: ServedPage, wanted: str) -> None:
    session = requests.Session()
    fields = {"token": TOKEN, "to": wanted, "form_token": guarded.form_token("/sign-in", session)}
    answer = session.post(f"{guarded.address}/sign-in", fields, allow_redirects=False, timeout=10)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("./")


def test_scripts_and_steering_characters_of_names_are_text(desk: DeskFiles, web: WebServer) -> None:
    bad = f"<script>alert(1)</script>{OVERRIDE}gpj.exe{ESCAPE}[31m"
    web.serve("/feed", rss(item("1", "NATO")))
    rules = 'rules:\n  nato:\n    title: "NATO"\n    query: NATO\n'
    settings = SETTINGS.replace("title: Flash", f"title: {escaped(bad)}")
    desk.write({"wire": web.url("/feed")}, settings + FREE_PORT, rules)
    desk.run("once", "--all")
    with served(desk) as page:
        html = page.get("/").text
    assert html.count("<script") == html.count('<script src="./assets/figures-') == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert OVERRIDE not in html
    assert ESCAPE not in html


def escaped(text: str) -> str:
    """As a YAML string in double quotes."""
    return '"' + "".join(f"\\u{ord(one):04x}" for one in text) + '"'


@pytest.mark.parametrize(
    "path",
    [
        "/../etc/passwd",
        "/assets/../../desk.py",
        "/assets/..%2f..%2fdesk.py",
        "/assets/%2e%2e/desk.py",
        "/assets//etc/passwd",
        "/api/v1/../../healthz/..",
        "/%00",
    ],
)
def test_no_path_leads_out(open_page: ServedPage, path: str) -> None:
    answer = raw(open_page, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert answer.split(b" ")[1] == b"404"


def test_what_is_too_large_is_refused_before_it_is_read(open_page: ServedPage) -> None:
    address = open_page.address
    assert requests.post(f"{address}/sign-in", b"x" * 2_000_000, timeout=10).status_code == 413
    chunks = (b"x" * 100_000 for _ in range(100))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert requests.post(f"{address}/sign-in", chunks, headers=headers, timeout=10).status_code == 413
    query = b"GET /?q=" + b"x" * 10_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert raw(open_page, query).split(b" ")[1] == b"414"
    field = b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: " + b"x" * 10_000_000 + b"\r\n\r\n"
    assert raw(open_page, field).split(b" ")[1] == b"431"
    assert raw(open_page, b"nonsense\r\n\r\n").split(b" ")[1] == b"400"
    assert open_page.get("/healthz").status_code == 200


def test_who_was_refused_and_says_nothing_more_holds_no_connection(
    open_page: ServedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchdesk.web.connections.LINGERING", 60.0)
    monkeypatch.setattr("watchdesk.web.connections.QUIET", 0.1)
    parts, server = urlsplit(open_page.address), open_page.companion._server
    assert server
    held = server._server.server_state.connections
    before = set(held)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as silent:
        silent.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            + FORM
            + b"\r\n"
            + b"186a0\r\n%b\r\n" % (b"x" * 100_000) * 11
        )
        assert silent.recv(65_536)[9:12] == b"413"
        wait_for(lambda: not set(held) - before, "the end of the connection")


def test_who_sends_no_more_is_answered_and_who_has_gone_holds_nothing(open_page: ServedPage) -> None:
    parts = urlsplit(open_page.address)
    for request, status in (
        (b"GET /rules HTTP/1.1\r\nHost: localhost\r\n\r\n", b"200"),
        (b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n" + FORM + b"\r\nhalf", b""),
    ):
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as half_closed:
            half_closed.sendall(request)
            half_closed.shutdown(socket.SHUT_WR)
            answer = b""
            while more := half_closed.recv(65_536):
                answer += more
        assert answer[9:12] == status


def test_who_never_ends_a_request_is_cut_off(open_page: ServedPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchdesk.web.connections.REQUEST", 0.2)
    monkeypatch.setattr("watchdesk.web.connections._LOOK", 0.1)
    parts = urlsplit(open_page.address)
    with closing(socket.create_connection((parts.hostname, parts.port), timeout=10)) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        slow.settimeout(20)
        with suppress(ConnectionResetError):
            assert slow.recv(1) == b""


def test_who_never_ends_a_body_is_cut_off(open_page: ServedPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchdesk.web.connections.BODY", 0.2)
    monkeypatch.setattr("watchdesk.web.connections._LOOK", 0.1)
    parts = urlsplit(open_page.address)
    with closing(socket.create_connection((parts.hostname, parts.port), timeout=10)) as slow:
        head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
        slow.sendall(head + b"Content-Type: application/x-www-form-urlencoded\r\n\r\ntoken=")
        slow.settimeout(20)
        with suppress(ConnectionResetError):
            assert slow.recv(1) == b""


def test_who_never_reads_is_cut_off(open_page: ServedPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchdesk.web.connections.STANDSTILL", 0.2)
    monkeypatch.setattr("watchdesk.web.connections._LOOK", 0.1)
    parts = urlsplit(open_page.address)
    request = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with closing(socket.socket()) as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.settimeout(30)
        lazy.connect((parts.hostname, parts.port))
        with pytest.raises(ConnectionError):
            while True:
                lazy.sendall(request * 100)


def test_what_needed_a_token_stays_in_no_shared_cache(guarded: ServedPage) -> None:
    for path in READ:
        headers = guarded.get(path, headers=bearer(TOKEN)).headers
        assert headers["Cache-Control"] == "private, no-cache"
        assert headers["Vary"] == "Cookie, Authorization"


def test_no_page_holds_a_secret(guarded: ServedPage) -> None:
    session = signed_in(guarded)
    for path in ("/", "/api/v1/status", "/metrics", "/readyz"):
        assert TOKEN not in session.get(guarded.address + path, timeout=10).text


def test_a_page_under_a_path_has_links_that_lead_within_it(desk: DeskFiles) -> None:
    desk.write({}, GUARDED.replace("token:", "public: 'https://example.org/desk/', token:"))
    (desk.config / "token").write_text(TOKEN)
    desk.run("status")
    with served(desk) as page:
        for path in ("/desk/", "/"):  # a proxy that passes the path on, and one that takes it off
            html = page.get(path, headers={"Host": "example.org", **bearer(TOKEN)}).text
            assert 'href="/' not in html
            assert 'href="./assets/desk-' in html
