"""Proxies and authorities through the real commands: environment, files, and what check says of them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.certificates import Authority
from support.desk import SETTINGS, DeskFiles, item, rss, wait_for
from support.proxy import HttpProxy, SocksProxy
from support.raw import RawServer
from support.way_out import leading_to
from support.web import Answer, WebServer

REFUSING = SETTINGS.replace("private_addresses: allow", "private_addresses: refuse")
FEED = rss(item("1", "NATO raises defence spending", "NATO and defence spending."))
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n" % len(FEED) + FEED
)


@pytest.fixture
def news() -> Iterator[RawServer]:
    with RawServer(ANSWER) as server:
        yield server


@pytest.fixture
def proxy(news: RawServer) -> Iterator[HttpProxy]:
    names = leading_to(news.port, "news.example", "hooks.example")
    with HttpProxy(names) as running:
        yield running


def settings(polling: str = "", channel: str = "") -> str:
    extended = REFUSING.replace("timeout: 5s}", f"timeout: 5s{polling and ', ' + polling}}}")
    return extended.replace("  shelf: {files: digests/}\n", f"  shelf: {{files: digests/}}\n{channel}")


def test_once_polls_through_the_proxy_of_the_environment_as_a_process(
    desk: DeskFiles, proxy: HttpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write({"news": "http://news.example/feed", "inner": "http://10.0.0.1/feed"}, REFUSING)
    monkeypatch.setenv("http_proxy", f"http://desk:tok3n@{proxy.address}")
    done = desk.run_process("once", "--all", "--json")
    outcomes = {row["id"]: row for row in done.document["sources"]}
    assert outcomes["news"]["outcome"] == "new"
    assert "polling.private_addresses" in outcomes["inner"]["error"]
    assert proxy.asked.hosts == ["news.example:80"]
    assert "tok3n" not in done.out + done.err


def test_the_service_polls_and_posts_through_proxies_and_asks_loopback_directly(
    desk: DeskFiles, web: WebServer, proxy: HttpProxy
) -> None:
    web.respond("/direct", Answer(status=204))
    hooks = "  a: {webhook: {url: 'http://hooks.example/hook'}}\n"
    hooks += f"  b: {{webhook: {{url: '{web.url('/direct')}'}}}}\n"
    text = settings(channel=hooks).replace("to: [shelf]", "to: [shelf, a, b]")
    desk.write({"news": "http://news.example/feed"}, text)
    with desk.service(HTTP_PROXY=f"http://desk:tok3n@{proxy.address}"):
        wait_for(lambda: "hooks.example:80" in proxy.asked.hosts, "a post through the proxy")
        wait_for(lambda: web.requests, "a post past the proxy")
    assert set(proxy.asked.hosts) == {"news.example:80", "hooks.example:80"}
    assert "tok3n" not in desk.log


@pytest.mark.parametrize("where", ["polling", "source", "kept"])
def test_the_files_name_a_proxy_of_their_own(
    desk: DeskFiles, proxy: HttpProxy, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("DESK_PROXY", proxy.url)
    polling = {"polling": f"proxy: '{proxy.url}'", "source": "", "kept": "proxy: {env: DESK_PROXY}"}[where]
    desk.write({"news": "http://news.example/feed"}, settings(polling))
    if where == "source":
        source = f"sources:\n  news: {{feed: 'http://news.example/feed', proxy: '{proxy.url}'}}\n"
        (desk.config / "sources.yaml").write_text(source)
    assert desk.run("once", "--all", "--json").document["articles"] == 1
    assert proxy.asked.hosts == ["news.example:80"]


def test_none_in_the_files_means_no_proxy(
    desk: DeskFiles, proxy: HttpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    desk.write({"news": "http://news.invalid/feed"}, settings("proxy: none"))
    (row,) = desk.run("once", "--all", "--json").document["sources"]
    assert "no server of this name was found" in row["error"]
    assert "ALL_PROXY is set and not used, because polling.proxy is none" in row["error"]
    assert proxy.asked.hosts == []


def test_a_socks_proxy_of_the_environment_works(
    desk: DeskFiles, news: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SocksProxy(leading_to(news.port, "news.example"), login="desk:sesame") as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url())
        desk.write({"news": "http://news.example/feed"}, REFUSING)
        assert desk.run("once", "--all", "--json").document["articles"] == 1


@pytest.mark.usefixtures("machines_authorities")
@pytest.mark.parametrize("way", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "polling.ca", "SSL_CERT_DIR"])
def test_an_authority_of_ones_own_is_believed_by_polls_and_webhooks(
    desk: DeskFiles, authority: Authority, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = authority.folder / "authority.pem"
    with RawServer(ANSWER, tls=authority.served("IP:127.0.0.1")) as server:
        hook = f"  hook: {{webhook: {{url: '{server.url('/hook')}'}}}}\n"
        text = settings("ca: own.pem" if way == "polling.ca" else "", hook).replace("[shelf]", "[hook]")
        desk.write({"news": server.url("/feed")}, text.replace("addresses: refuse", "addresses: allow"))
        (desk.config / "own.pem").write_bytes(file.read_bytes())
        if way != "polling.ca":
            monkeypatch.setenv(way, str(hashed(file, desk.root) if way == "SSL_CERT_DIR" else file))
        done = desk.run("once", "--all", "--send", "--json").document
        assert [row["state"] for row in done["deliveries"]] == ["sent"]
        assert [head.split()[1] for head in server.requests] == [b"/feed", b"/hook"]


def hashed(file: Path, root: Path) -> Path:
    """A folder of authorities as openssl wants it."""
    folder = root / "authorities"
    folder.mkdir()
    (folder / "authority.pem").write_bytes(file.read_bytes())
    subprocess.run(["openssl", "rehash", str(folder)], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(
    ("polling", "words"),
    [
        ("ca: gone.pem", "gone.pem cannot be read: No such file or directory"),
        ("ca: watchdesk.yaml", "holds no certificate in PEM form"),
        ("ca: rules", "is a folder"),
        ("proxy: 'socks4://127.0.0.1:1'", "'socks4://' is no kind of proxy that is known here"),
        ("proxy: 'ftp://u:tok3n@h'", "'ftp://' is no kind of proxy"),
        ("proxy: direct", "or none"),
        ("proxy: false", "or none"),
        ("proxy: 'http://u:tok3n@proxy:99999'", "must be the address of a proxy"),
        ("proxy: 'http://tok3n@proxy/path'", "must be the address of a proxy"),
        ("proxy: 'http://u:to@k3n@proxy/path'", "must be the address of a proxy"),
        ("proxy: {env: NOT_THERE}", "the environment has no variable NOT_THERE"),
    ],
)
def test_check_tells_what_is_wrong_at_its_place_and_shows_no_login(
    desk: DeskFiles, polling: str, words: str
) -> None:
    desk.write({}, settings(polling))
    done = desk.run("check")
    assert done.status != 0
    told = done.out + done.err
    line = next(line for line in told.splitlines() if words in line)
    assert line.startswith("watchdesk.yaml:3:")
    assert "tok3n" not in told
    assert "k3n@" not in told


@pytest.mark.usefixtures("machines_authorities")
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (
            "HTTPS_PROXY",
            "socks4://desk:tok3n@proxy",
            "HTTPS_PROXY: 'socks4://' is no kind of proxy",
        ),
        ("all_proxy", "http://desk:tok3n@", "all_proxy: must be the address of a proxy"),
        (
            "SSL_CERT_FILE",
            "/not/there.pem",
            "SSL_CERT_FILE: /not/there.pem cannot be read",
        ),
        (
            "REQUESTS_CA_BUNDLE",
            "/etc/hostname",
            "REQUESTS_CA_BUNDLE: /etc/hostname holds no",
        ),
        ("SSL_CERT_DIR", "/not/there", "SSL_CERT_DIR: /not/there is no folder"),
    ],
)
def test_check_tells_what_is_wrong_in_the_environment(
    desk: DeskFiles, name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write({}, REFUSING)
    monkeypatch.setenv(name, value)
    done = desk.run("check")
    assert done.status != 0
    assert f"environment: {words}" in done.out + done.err
    assert "tok3n" not in done.out + done.err


def test_a_channel_that_does_not_speak_http_has_no_proxy(desk: DeskFiles) -> None:
    desk.write({}, settings(channel="  box: {maildir: mail/, proxy: none}\n"))
    done = desk.run("check")
    assert done.status != 0
    assert (
        "'proxy' is for channels that speak HTTP, and a channel of kind maildir does not"
        in done.out + done.err
    )


def test_add_and_try_go_through_the_proxy_as_polls_do(
    desk: DeskFiles, proxy: HttpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    desk.write({}, REFUSING)
    added = desk.run("sources", "add", "http://news.example/feed", "--yes")
    assert "was added" in added.out, added
    assert "warning" not in added.err
    assert desk.run("try", "http://news.example/feed").status == 0
    assert set(proxy.asked.hosts) == {"news.example:80"}
    refused = desk.run("sources", "add", "http://10.0.0.1/feed", "--yes", "--json")
    assert refused.status == 1
