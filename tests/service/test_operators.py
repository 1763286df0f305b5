"""What the operators of a desk are told, by the real commands."""

import json
import os
import re
import shutil
import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import requests

from support.desk import BRISK, DeskFiles, item, rss, wait_for
from support.digests import render_plain_notice
from support.notices import an_hour_passes, causes, over, sentences
from support.page import soon
from support.small_disk import small_disk
from support.web import Answer, Request, WebServer
from torture.stage import Nursery
from watchdesk.demo.servers import free_port
from watchdesk.digests import notice_schema
from watchdesk.model import Source, SourceState, Trouble
from watchdesk.notices import PolledSource, trouble_of
from watchdesk.notices.sources import troubled_sources
from watchdesk.sources import has_moved

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = """\
polling: {first_poll: all, private_addresses: allow, timeout: 5s, every: 1s, fastest: 1s}
channels: {shelf: {files: digests/}}
operators: {to: [shelf]}
"""
WIRE = Source("wire", "http://wire.example/feed", title="The Wire")


def told(state: SourceState) -> list[str]:
    polled = PolledSource(WIRE, state, has_moved(state))
    return [trouble_of(cause).cause for cause in troubled_sources([polled], NOW)]


def test_a_feed_that_is_gone_is_told_once_and_not_polled_again(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(item("1", "One")), status=410)
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    desk.run("once", "--send")
    web.serve("/new", rss())
    desk.write({"wire": web.url("/feed"), "new": web.url("/new")}, settings=SETTINGS)
    with desk.service(BRISK) as process:
        wait_for(lambda: [r.path for r in web.requests].count("/new") > 1, "two polls of another source")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert causes(desk) == [[f"gone:wire:{web.url('/feed')}"]]
    assert [r.path for r in web.requests].count("/feed") == 1
    text = next((desk.state / "digests").glob("*.txt")).read_text()
    assert "says that it is gone for good" in " ".join(text.split())


def test_no_secret_of_an_address_is_shown_anywhere(desk: DeskFiles, web: WebServer) -> None:
    """Neither its login nor its token; where a publisher moved it to is an address as well."""
    port = free_port()
    address = web.url("/gone?lang=en&token=sekrit").replace("://", "://user:hunter2@")
    moved = web.url("/moved?api_key=sekrit")
    web.serve("/gone", status=410)
    web.serve("/moved", status=301, headers={"location": web.url("/new?api_key=sekrit")})
    web.serve("/new", rss(item("1", "One")))
    settings = f"{SETTINGS}web: {{listen: '127.0.0.1:{port}'}}\n"
    desk.write({"wire": address, "moved": moved}, settings=settings)
    with desk.service(BRISK):
        wait_for(lambda: causes(desk), "the notice", seconds=30)
        wait_for(lambda: '"moved_to": "http' in desk.run("sources", "--json").out, "a redirect")
        paths = ["/sources", "/sources/wire", "/sources/moved", "/status", "/api/v1/status"]
        paths += ["/api/v1/sources", "/api/v1/sources/wire", "/api/v1/sources/moved"]
        shown = {path: requests.get(f"http://127.0.0.1:{port}{path}", timeout=30).text for path in paths}
        for command in ("sources", "sources --json", "status", "status --json", "check"):
            answered = desk.run(*command.split())
            shown[command] = answered.out + answered.err
        tool = {"name": "get_source", "arguments": {"id": "wire"}}
        asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": tool}
        accepted = {"Accept": "application/json, text/event-stream"}
        shown["assistant"] = requests.post(
            f"http://127.0.0.1:{port}/mcp", json=asked, headers=accepted, timeout=30
        ).text
    shown |= {path.name: path.read_text() for path in (desk.state / "digests").iterdir() if path.is_file()}
    shown["log"], shown["causes"] = desk.log, str(causes(desk))
    found = re.compile(r".{0,150}(?:hunter2|sekrit).{0,60}")
    leaks = {where: found.findall(text)[:1] for where, text in shown.items() if found.search(text)}
    assert leaks == {}
    bare = web.url("/gone?lang=en&token=***")
    for where in ("sources --json", "/api/v1/sources", "/api/v1/sources/wire", "causes"):
        assert bare in shown[where]
    assert bare.replace("&", r"\\u0026") in shown["assistant"]
    assert '<a href="http' not in shown["/sources/wire"].partition("<h1>")[2].partition("</p>")[0]
    assert "the password in the address stands here" in shown["check"]


def test_what_is_over_is_told_again_when_it_comes_again(desk: DeskFiles, web: WebServer) -> None:
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    for status in (410, 410, 200, 410):
        web.serve("/feed", rss(item("1", "One")), status=status, etag=None)
        desk.run("once", "--all", "--send")
        an_hour_passes(desk)
    gone = [f"gone:wire:{web.url('/feed')}"]
    assert causes(desk) == [gone, [], gone]


def test_what_comes_and_goes_within_the_hour_is_one_trouble(desk: DeskFiles, web: WebServer) -> None:
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    for status in (410, 200, 410, 200, 410):
        web.serve("/feed", rss(item("1", "One")), status=status, etag=None)
        desk.run("once", "--all", "--send")
    assert causes(desk) == [[f"gone:wire:{web.url('/feed')}"]]


def test_nobody_is_told_where_there_are_no_operators(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", status=410)
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS.replace("operators", "# operators"))
    desk.run("once", "--all", "--send")
    assert not (desk.state / "digests").exists()


def test_a_configuration_that_was_refused_is_told(desk: DeskFiles, web: WebServer) -> None:
    desk.write({}, settings=SETTINGS)
    with desk.service(BRISK) as process:
        wait_for(lambda: "watchdesk is running" in desk.log, "the start")
        desk.write({}, settings=SETTINGS.replace("shelf: {", "shelf: {oops: 1, "))
        process.send_signal(1)
        wait_for(lambda: "cannot be used" in desk.log, "the refusal")
        wait_for(lambda: causes(desk), "the notice", seconds=30)
    assert causes(desk)[0][0].startswith("configuration:")


def test_a_source_is_told_of_when_it_failed_for_a_day_or_never_worked() -> None:
    worked = SourceState("wire", last_success=NOW - timedelta(hours=3), failures=9, error="down")
    assert told(worked) == []
    assert told(SourceState("wire", last_success=NOW - timedelta(days=2), failures=9, error="down")) == [
        "failing:wire"
    ]
    assert told(SourceState("wire", failures=3, error="down")) == ["failing:wire"]
    assert told(SourceState("wire", failures=2, error="down")) == []


def test_a_source_that_moved_for_good_is_told_with_its_new_address() -> None:
    moved = SourceState("wire", moved_to="https://new.example/", moved_polls=3)
    assert told(moved) == ["moved:wire:https://new.example/"]
    assert told(SourceState("wire", moved_to="https://new.example/", moved_polls=2)) == []


def test_a_notice_quotes_and_never_runs_what_publishers_say() -> None:
    rendered = render_plain_notice(
        [Trouble("x", "<script>alert(1)</script>\r\nBcc: a@b")], NOW, ZoneInfo("UTC")
    )
    assert "<script>" not in rendered.html
    assert "\n" not in rendered.subject
    assert Path(rendered.subject).name


def test_a_notice_for_programs_is_what_its_schema_says() -> None:
    rendered = render_plain_notice([Trouble("gone:wire", "It is gone.")], NOW, ZoneInfo("UTC"))
    document = json.loads(rendered.json)
    assert document.keys() == notice_schema()["properties"].keys()
    assert (document["version"], document["type"], document["composed_at"]) == (
        1,
        "notice",
        "2026-03-01T12:00:00Z",
    )
    assert document["troubles"] == [{"cause": "gone:wire", "sentence": "It is gone.", "help": None}]


def test_that_a_source_is_well_again_is_told_once(desk: DeskFiles, web: WebServer) -> None:
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    for status in (410, 200, 200):
        web.serve("/feed", rss(item("1", "One")), status=status, etag=None)
        desk.run("once", "--all", "--send")
        an_hour_passes(desk)
    assert over(desk) == [[], [f"wire is polled again; it was gone for good at {web.url('/feed')}."]]
    (text,) = (text for path in desk.state.glob("digests/*.txt") if "Over: " in (text := path.read_text()))
    assert text.startswith("watchdesk has recovered: wire ")


def test_nothing_is_said_of_a_source_that_a_person_has_taken_away(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", status=410)
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    desk.run("once", "--all", "--send")
    an_hour_passes(desk)
    desk.write({}, settings=SETTINGS)
    desk.run("once", "--all", "--send")
    assert causes(desk) == [[f"gone:wire:{web.url('/feed')}"]]


def test_a_disk_that_is_nearly_full_is_told_and_that_it_has_room_again(
    desk: DeskFiles, tmp_path: Path
) -> None:
    with small_disk(desk.state, "64m"):
        desk.write({}, settings=SETTINGS)
        desk.run("once", "--send")
        assert causes(desk) == []
        ballast = desk.state / "ballast"
        ballast.write_bytes(bytes(shutil.disk_usage(desk.state).free - 2_800_000))
        desk.run("once", "--send")
        desk.run("once", "--send")
        shown = desk.run("status")
        ballast.unlink()
        desk.run("once", "--send")
        assert causes(desk) == [["disk:nearly-full"], []]
        assert over(desk)[1] == ["The disk of the state directory has room again."]
        assert desk.run("status").status == 0
    assert shown.status == 1
    assert "! " in shown.out


def test_a_gap_is_told_by_the_service_and_by_no_other_start_of_it(desk: DeskFiles, web: WebServer) -> None:
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    for first in (0, 10):
        web.serve("/feed", rss(*(item(str(first + n), f"Report {first + n}") for n in range(10))))
        desk.run("once", "--all")
    for _ in range(2):
        with desk.service(BRISK):
            wait_for(lambda: "watchdesk is running" in desk.log, "the start")
            wait_for(lambda: causes(desk), "the notice")
    assert causes(desk) == [["gap:wire"]]


def test_polls_that_are_late_are_told_once_and_that_they_are_not_any_more(
    desk: DeskFiles, web: WebServer, tmp_path: Path
) -> None:
    let, nursery, log = threading.Event(), Nursery(), tmp_path / "service.log"

    def hang(_: Request) -> Answer:
        let.wait(60)
        return Answer(rss(), headers={"Content-Type": "application/rss+xml"})

    for number in range(4):
        web.respond(f"/{number}", hang)
    polling = "polling: {first_poll: all, private_addresses: allow, timeout: 60s, every: 1h, per_host: 1}"
    settings = SETTINGS.replace(SETTINGS.splitlines()[0], polling)
    desk.write({f"paper-{n}": web.url(f"/{n}") for n in range(4)}, settings=settings)
    paces = {"service.telling.LATE": 2, "service.telling.BACK_IN_TIME": 1, "service.run.REPORTING": 0.2}
    child = nursery.start(desk.command("run")[3:], log, tick=0.2, paces=paces)
    try:
        wait_for(lambda: causes(desk), "the notice")
        soon(1)  # it looks again and again meanwhile
        let.set()
        wait_for(lambda: len(causes(desk)) > 1, "what is said of the recovery")
    finally:
        os.kill(child, signal.SIGKILL)
        nursery.wait(child)
    assert causes(desk) == [["late-polls"], []]
    assert over(desk) == [[], ["Sources are polled when they are due again."]]
    assert re.search("(wait for their turn, the first|waits for its turn) for [2-9] sec", sentences(desk))
