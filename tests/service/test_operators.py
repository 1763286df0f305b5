"""What the operators of a desk are told, by the real commands."""

import json
import shutil
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from support.desk import DeskFiles, item, rss, wait_for
from support.digests import render_plain_notice
from support.notices import an_hour_passes, causes, over
from support.small_disk import small_disk
from support.web import WebServer
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
    with desk.service() as process:
        wait_for(lambda: [r.path for r in web.requests].count("/new") > 1, "two polls of another source")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert causes(desk) == [[f"gone:wire:{web.url('/feed')}"]]
    assert [r.path for r in web.requests].count("/feed") == 1
    text = next((desk.state / "digests").glob("*.txt")).read_text()
    assert "says that it is gone for good" in " ".join(text.split())


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
    with desk.service() as process:
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
    assert document["troubles"] == [{"cause": "gone:wire", "sentence": "It is gone."}]


def test_that_a_source_is_well_again_is_told_once(desk: DeskFiles, web: WebServer) -> None:
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    for status in (410, 200, 200):
        web.serve("/feed", rss(item("1", "One")), status=status, etag=None)
        desk.run("once", "--all", "--send")
        an_hour_passes(desk)
    assert over(desk) == [[], [f"wire ({web.url('/feed')}) is there again."]]
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
        with desk.service():
            wait_for(lambda: "watchdesk is running" in desk.log, "the start")
            wait_for(lambda: causes(desk), "the notice")
    assert causes(desk) == [["gap:wire"]]
