"""The first page and its manners: headers, errors, health, metrics, the API's documents."""

import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from pathlib import Path
from typing import get_args

import pytest
import requests
from jsonschema import Draft202012Validator

from support.desk import SETTINGS, DeskFiles, wait_for
from support.page import ServedPage, configured, seeded, served
from support.web import WebServer
from watchdesk.cli.session import utc_now
from watchdesk.configuration import read_configuration
from watchdesk.errors import ConfigurationError, StorageError
from watchdesk.model.help_names import HelpName
from watchdesk.service.refusals import mistakes_of, reason_of
from watchdesk.web import companion, recent
from watchdesk.web.companion import THREADS


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    desk = DeskFiles(tmp_path_factory.mktemp("page"))
    with WebServer() as web:
        seeded(desk, web)
    with served(desk) as one:
        yield one


def test_the_first_page_says_what_needs_a_person_and_what_came(page: ServedPage) -> None:
    html = page.get("/").text
    assert 'Failing: <a href="./sources/gone"><bdi>gone</bdi></a> <span' in html
    assert '<a href="./help/source-failing">help: source-failing</a>' in html
    assert "<dd>2, 1 failing</dd>" in html
    assert "3 articles" in html
    assert "goes out as soon as something matches" in html


def test_what_a_message_means_has_a_page_in_the_words_of_the_command(page: ServedPage) -> None:
    for name in get_args(HelpName):
        answer = page.get(f"/help/{name}")
        assert answer.status_code == 200, name
        shown = unescape(re.sub("<[^>]+>", "", answer.text))
        assert [part in shown for part in ("What it means", "What is lost", "What to do")] == [True] * 3, name
        assert "**" not in shown
        assert "`" not in shown
    assert page.get("/help/nothing").status_code == 404


def test_a_token_that_is_gone_needs_a_person_until_it_is_back(
    desk: DeskFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(companion, "TOKEN_AGAIN", 0.05)
    own = "web: {listen: '127.0.0.1:0', token: {file: token}}\n"
    desk.write({"wire": "http://127.0.0.1:9/"}, SETTINGS + own)
    desk.state.mkdir()
    token = desk.config / "token"
    token.write_text("a-token-that-nobody-guesses")
    with served(desk) as one:
        for written, is_locked in (("", True), ("a-token-that-nobody-guesses", False)):
            token.write_text(written)
            wait_for(lambda wanted=is_locked: _is_locked(one) is wanted, "the look at the token")  # type: ignore[misc]
            one.liveness.turn()
            needs = desk.run("status", "--json").document["needs"]
            assert any("Nobody can sign in to the page" in need for need in needs) is is_locked
        (desk.state / "links.key").write_text("gone")
        wait_for(lambda: one.liveness.status.page.unsigned, "the look at the key of links")  # type: ignore[union-attr]
        one.liveness.turn()
        needs = desk.run("status", "--json").document["needs"]
        assert any("Digests go out without links" in need and "delete it" in need for need in needs)
        assert "links.key, is damaged: delete it" in desk.run("doctor").out.replace("\n", " ")


def _is_locked(page: ServedPage) -> bool:
    found = page.liveness.status.page
    return bool(found and found.locked)


def test_a_page_whose_address_is_taken_is_noted(page: ServedPage, desk: DeskFiles) -> None:
    taken = page.address.removeprefix("http://")
    desk.write({"wire": "http://127.0.0.1:9/"}, f"{SETTINGS}web: {{listen: '{taken}'}}\n")
    desk.state.mkdir()
    with served(desk) as one:
        one.liveness.turn()
        (note,) = desk.run("status", "--json").document["noted"]
    assert note.startswith(f"there is no page: {taken} cannot be listened on")
    assert "choose another as web: listen" in note


def test_the_first_page_shows_the_mistakes_of_refused_files(page: ServedPage) -> None:
    right, rules = configured(page.desk), page.desk.config / "rules" / "desk.yaml"
    written = rules.read_text()
    rules.write_text(written.replace("NATO AND", "NATO and\u202e <b> AND"))
    try:
        with pytest.raises(ConfigurationError) as wrong:
            read_configuration(page.desk.config)
        why, now = wrong.value, utc_now()
        page.liveness.configuration(
            refused=now, refused_since=now, reason=reason_of(why), mistakes=mistakes_of(why)
        )
        page.liveness.turn()
        page.companion.follow(right)  # what was read before is forgotten
        html = page.get("/").text
        told = page.get("/api/v1/status").json()["configuration"]["quoted"]
    finally:
        rules.write_text(written)
        page.liveness.configuration(refused=None, refused_since=None, reason=None, mistakes=())
        page.liveness.turn()
        page.companion.follow(right)
    needs = html[html.index('class="mistakes"') : html.index('class="halves"')]
    shown = unescape(needs).replace("\ufffd", "\u202e")
    lines = [line.strip() for text in told for line in text.splitlines()]
    assert {"^"} < set(lines)
    assert any(line.startswith("hint:") for line in lines)
    assert all(line in shown for line in lines)
    assert "<b>" not in needs
    assert "\u202e" not in needs
    assert "watchdesk check" not in html
    assert 'href="./help/configuration-refused"' in html


def test_every_answer_has_the_headers_that_protect_it(page: ServedPage) -> None:
    for path in ("/", "/nothing", "/api/v1/status", "/api/v1/nothing", "/healthz", "/metrics"):
        headers = page.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'"), path
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "private, no-cache"


def test_styles_never_change_at_their_address(page: ServedPage) -> None:
    html = page.get("/").text
    address = html.split('<link rel="stylesheet" href=".')[1].split('"')[0]
    style = page.get(address)
    assert style.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in style.headers["Cache-Control"]
    assert page.get("/assets/desk-0000.css").status_code == 404


def test_a_document_is_sent_once_to_those_who_have_it(page: ServedPage) -> None:
    first = page.get("/api/v1/openapi.json")
    again = page.get("/api/v1/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_status_is_what_its_schema_says(page: ServedPage) -> None:
    api = page.get("/api/v1/openapi.json").json()
    assert api["openapi"] == "3.1.0"
    answer = api["paths"]["/api/v1/status"]["get"]["responses"]["200"]
    schema = {**answer["content"]["application/json"]["schema"], "components": api["components"]}
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(page.get("/api/v1/status").json())


def test_an_error_of_the_api_is_a_problem_document(page: ServedPage) -> None:
    for path, status in (("/api/v1/nothing", 404), ("/api/v1/status?no=1", 400)):
        answer = page.get(path)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.status_code == answer.json()["status"] == status
    assert page.post("/api/v1/status").status_code == 405


def test_health_answers_in_json_to_readers(page: ServedPage) -> None:
    assert page.get("/healthz").json()["healthy"] is True
    assert page.get("/readyz").json() == {**page.get("/readyz").json(), "ready": True, "reasons": []}


def test_the_page_lets_go_of_the_database_while_that_is_replaced(page: ServedPage) -> None:
    desk = page.companion._desk
    assert desk
    page.get("/")
    assert open_database(page.desk)
    with page.companion.paused():
        assert open_database(page.desk) == []
        with pytest.raises(StorageError, match="opened anew"), desk.reading():
            pass
        assert page.get("/").status_code == 200
    with desk.reading() as store:
        assert store.delivery_counts()


def open_database(desk: DeskFiles) -> list[str]:
    """The files of the database that this process has open."""
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(descriptor.readlink()))
    return [name for name in found if name.startswith(str(desk.state / "watchdesk.db"))]


def test_the_page_writes_nothing_where_it_only_reads(page: ServedPage) -> None:
    desk = page.companion._desk
    assert desk
    with desk.reading() as store, pytest.raises(StorageError, match="may not be written"):
        store.stop_channel("shelf", "a test", utc_now())


def test_what_the_page_changes_is_seen_at_once(page: ServedPage) -> None:
    desk = page.companion._desk
    assert desk
    assert page.get("/api/v1/status").json()["stopped_channels"] == {}
    with desk.writing() as store:
        store.stop_channel("shelf", "a test", utc_now())
    assert page.get("/api/v1/status").json()["stopped_channels"] == {"shelf": "a test"}
    with desk.writing() as store:
        store.restart_channel("shelf")


def test_who_watches_the_service_is_answered_while_all_threads_of_pages_are_taken(page: ServedPage) -> None:
    server, let = page.companion._server, threading.Event()
    assert server
    try:
        for _ in range(THREADS):
            server._workers.later(lambda: let.wait(60))
        assert [page.get(path).status_code for path in ("/healthz", "/metrics")] == [200, 200]
    finally:
        let.set()


def test_what_was_shown_a_moment_ago_takes_no_thread(
    page: ServedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "FRESH", 60.0)
    server, let = page.companion._server, threading.Event()
    assert server
    session = requests.Session()
    paths = ("/articles/1", "/api/v1/status")
    before = [session.get(page.address + path, timeout=30) for path in ("/articles/1", *paths)][1:]
    try:
        for _ in range(THREADS):
            server._workers.later(lambda: let.wait(60))
        after = [session.get(page.address + path, timeout=30) for path in paths]
    finally:
        let.set()
    assert [(one.status_code, one.content) for one in after] == [(200, one.content) for one in before]
    for one, other in zip(before, after, strict=True):
        assert {**one.headers, "date": ""} == {**other.headers, "date": ""}
    known = {"If-None-Match": before[1].headers["ETag"]}
    assert page.get("/api/v1/status", headers=known).status_code == 304
    assert session.get(f"{page.address}/articles/1?rule=nato", timeout=30).content != before[0].content


def test_metrics_are_text_or_openmetrics(page: ServedPage) -> None:
    text = page.get("/metrics")
    assert text.headers["Content-Type"].startswith("text/plain")
    assert 'watchdesk_sources{health="failing"} 1.0' in text.text
    assert 'watchdesk_deliveries{channel="shelf",state="sent"} 1.0' in text.text
    open_metrics = page.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert open_metrics.headers["Content-Type"].startswith("application/openmetrics-text")
    assert open_metrics.text.endswith("# EOF\n")
