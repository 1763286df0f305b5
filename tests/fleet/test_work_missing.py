"""A part of the work that none of the machines does."""

import json
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from fleet.hosts import SETTINGS, make_host, matched, wait_until_running
from fleet.sites import sites
from fleet.test_seen import NOW, WELL
from support.desk import DeskFiles, environment, wait_for
from support.postgresql import Cluster
from support.warm import Warm
from support.web import Answer, Request
from watchdesk.notices.fleet import NobodyPolls, NobodySends, work_missing

AT_ONCE = {
    "notices.fleet.JOINING": 0.0,
    "service.telling.UNMANNED": 1.0,
    "service.run.REPORTING": 0.5,
    "service.run.HEARTBEAT": 1.0,
}
HOOK = """\
operators: {to: [hook]}
channels: {hook: {webhook: {url: '%s'}}, shelf: {files: digests/, on: news-9}}
"""


def test_no_work_is_missing_where_somebody_does_it_or_the_fleet_begins() -> None:
    poller, sender, web = (replace(WELL, role=role) for role in ("poller", "sender", "web"))
    assert list(work_missing([poller, sender, web], None)) == []
    assert list(work_missing([poller, web], None)) == [NobodySends(("news-1 (poller)", "news-1 (web)"))]
    assert list(work_missing([sender], None)) == [NobodyPolls(("news-1 (sender)",))]
    assert list(work_missing([replace(WELL, lives=False), sender], None)) == [
        NobodyPolls(("news-1 (sender)",))
    ]
    assert list(work_missing([replace(sender, since=NOW - timedelta(minutes=1))], None)) == []
    assert list(work_missing([], None)) == list(work_missing([replace(WELL, lives=False)], None)) == []


def started(desk: DeskFiles, role: str) -> Warm:
    (desk.root / "service.log").touch()
    return Warm(desk.command("run", "--role", role)[3:], desk.root / "service.log", environment(), AT_ONCE)


def test_operators_hear_directly_that_nobody_sends_and_then_of_a_channel_to_which_nobody_does(
    tmp_path: Path, cluster: Cluster
) -> None:
    storage, told = cluster.new_database(), list[str]()

    def hear(request: Request) -> Answer:
        told.extend(trouble["cause"] for trouble in json.loads(request.body).get("troubles", ()))
        return Answer(status=204)

    with sites(2, 1) as web, ExitStack() as undo:
        hook = HOOK % web.at("127.0.0.1", "/hook", hear)
        settings = hook + SETTINGS.replace("channels: {shelf: {files: digests/}}\n", "")
        desks = [make_host(tmp_path, name, storage, web.feeds, settings) for name in ("one", "two")]
        for desk, role in zip(desks, ("poller", "sender"), strict=True):
            process = started(desk, role)
            undo.callback(process.kill)
            wait_until_running(desk, process)
            if role == "poller":
                wait_for(lambda: matched(storage).keys() == web.published, "every match")
                wait_for(lambda: told, "a notice")
                assert told == ["nobody-sends"]
                assert "flash: 2 matches waiting" in desk.run("status").out
        wait_for(lambda: "nobody-sends-to:shelf" in told, "a notice of the channel")
        assert told == ["nobody-sends", "nobody-sends-to:shelf"]
