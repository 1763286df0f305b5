"""The first page and its manners: headers, errors, health, metrics, the API's documents."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from support.desk import DeskFiles
from support.page import ServedPage, seeded, served
from support.web import WebServer
from watchdesk.cli.session import utc_now
from watchdesk.errors import StorageError


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    desk = DeskFiles(tmp_path_factory.mktemp("page"))
    with WebServer() as web:
        seeded(desk, web)
    with served(desk) as one:
        yield one


def test_the_first_page_says_what_needs_a_person_and_what_came(page: ServedPage) -> None:
    html = page.get("/").text
    assert "Failing: gone; see <code>watchdesk sources</code>" in html
    assert "<dd>2, 1 failing</dd>" in html
    assert "3 articles" in html
    assert "goes out as soon as something matches" in html


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


def test_metrics_are_text_or_openmetrics(page: ServedPage) -> None:
    text = page.get("/metrics")
    assert text.headers["Content-Type"].startswith("text/plain")
    assert 'watchdesk_sources{health="failing"} 1.0' in text.text
    assert 'watchdesk_deliveries{channel="shelf",state="sent"} 1.0' in text.text
    open_metrics = page.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert open_metrics.headers["Content-Type"].startswith("application/openmetrics-text")
    assert open_metrics.text.endswith("# EOF\n")
