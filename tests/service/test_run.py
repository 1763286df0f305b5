"""The real service as a real process."""

import json
import signal
import socket
import sqlite3
import time
from functools import partial
from pathlib import Path

from support.desk import SETTINGS, DeskFiles, item, rss, wait_for
from support.web import WebServer

NATO = item("1", "NATO agrees a new spending target", "Ministers of NATO agreed on defence spending.")
AID = item("2", "New aid for Ukraine announced", "The aid for Ukraine arrives in spring.")


def digests_of(desk: DeskFiles) -> list[Path]:
    """In the order in which they were written; names of one second say nothing of it."""
    return sorted((desk.state / "digests").glob("2*.json"), key=lambda path: path.stat().st_mtime_ns)


def stories_of(page: Path) -> list[str]:
    document = json.loads(page.read_text())
    return [story["article"]["title"] for rule in document["rules"] for story in rule["stories"]]


def test_it_polls_matches_and_sends_until_it_is_told_to_stop(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO))
    desk.write({"wire": web.url("/feed")})
    with desk.service_from_cold() as process:
        wait_for(lambda: len(digests_of(desk)) == 1, "the first digest")
        assert stories_of(digests_of(desk)[0]) == ["NATO agrees a new spending target"]
        web.serve("/feed", rss(AID, NATO))
        wait_for(lambda: len(digests_of(desk)) == 2, "the second digest")
        assert stories_of(digests_of(desk)[1]) == ["New aid for Ukraine announced"]
        before = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert time.monotonic() - before < 10
    assert "Traceback" not in desk.log


def test_after_sigkill_nothing_is_lost_and_nothing_comes_twice(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO))
    desk.write({"wire": web.url("/feed")})
    with desk.service() as process:
        wait_for(lambda: any(r.path == "/feed" for r in web.requests), "a poll")
        process.kill()
    web.serve("/feed", rss(AID, NATO))
    with desk.service():
        wait_for(
            lambda: sum(len(stories_of(page)) for page in digests_of(desk)) >= 2, "both stories in digests"
        )
        polls = len(web.requests)
        wait_for(lambda: len(web.requests) >= polls + 2, "two more polls of the same")
    stories = [story for page in digests_of(desk) for story in stories_of(page)]
    assert sorted(stories) == ["NATO agrees a new spending target", "New aid for Ukraine announced"]


def test_sighup_reads_the_rules_anew(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(AID))
    only_nato = "rules:\n  nato: {title: NATO, query: NATO}\n"
    desk.write({"wire": web.url("/feed")}, rules=only_nato)
    with desk.service() as process:
        wait_for(lambda: web.requests, "a poll")
        desk.write({"wire": web.url("/feed")}, rules="rules:\n  grain: {title: Grain, query: grain}\n")
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: "configuration reloaded" in desk.log, "the reload")
        web.serve("/feed", rss(AID, item("3", "Grain leaves the port")))
        wait_for(lambda: digests_of(desk), "a digest by the new rule")
    assert stories_of(digests_of(desk)[0]) == ["Grain leaves the port"]


def test_a_reload_with_a_mistake_keeps_the_last_good_rules_and_says_so(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/feed", rss())
    feeds, settings = {"wire": web.url("/feed")}, f"reload: signal\n{SETTINGS}"
    desk.write(feeds, settings)
    with desk.service() as process:
        wait_for(lambda: web.requests, "a poll")
        desk.write(feeds, settings, rules="rules:\n  nato: {title: NATO, query: (NATO}\n")
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: "the old one stays in force" in desk.log, "the refusal")
        web.serve("/feed", rss(NATO))
        wait_for(lambda: digests_of(desk), "a digest by the old rules")
        desk.write(feeds, settings)  # mended, and not read again yet
        # The service writes what it says of itself once a second.
        wait_for(lambda: desk.run("status").status == 1, "the refusal in status", seconds=20)
        assert "the last reload was refused" in desk.run("status").out


def test_rules_that_vanish_for_a_moment_cost_nothing(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")})
    with desk.service() as process:
        wait_for(lambda: web.requests, "a poll")
        (desk.config / "rules").rename(desk.config / "gone")
        assert "every rule has gone" in desk.run("check").err
        process.send_signal(signal.SIGHUP)
        wait_for(lambda: "every rule has gone" in desk.log, "the refusal")
        web.serve("/feed", rss(NATO))
        wait_for(lambda: digests_of(desk), "a digest by the old rules")


REFUSED = "the old one stays in force"


def _refused(desk: DeskFiles, times: int) -> bool:
    return desk.log.count(REFUSED) >= times


def test_a_broken_list_of_sources_unfollows_nothing(desk: DeskFiles, web: WebServer) -> None:
    opml = f'<opml version="2.0"><body>\n<outline text="W" xmlUrl="{web.url("/feed")}"/>\n</body></opml>\n'
    listed = "sources:\n  list: {opml: list.opml}\n"
    web.serve("/feed", rss())
    desk.write({})
    (desk.config / "list.opml").write_text(opml)
    (desk.config / "sources.yaml").write_text(listed)
    with desk.service() as process:
        wait_for(lambda: web.requests, "a poll")
        broken = [
            ("list.opml", opml[:30], "cut off: it ends before </opml>"),
            ("list.opml", "<html><body>502 Bad Gateway</body></html>", "it begins with <html>"),
            ("list.opml", "", "list.opml cannot be read: it is empty"),
            ("list.opml", "<opml><body/></opml>", "every source has gone"),
            ("sources.yaml", "", "every source has gone"),
            ("sources.yaml", "sources:\n", "every source has gone"),
        ]
        for number, (name, content, said) in enumerate(broken, start=1):
            (desk.config / "list.opml").write_text(opml)
            (desk.config / "sources.yaml").write_text(listed)
            (desk.config / name).write_text(content)
            process.send_signal(signal.SIGHUP)
            wait_for(partial(_refused, desk, number), f"refusal of {name}: {content!r}")
            assert said in desk.log.rpartition(REFUSED)[2]
        web.serve("/feed", rss(NATO))
        wait_for(lambda: digests_of(desk), "a digest from the source before")


def test_it_refuses_to_start_with_an_example_that_does_not_behave(desk: DeskFiles) -> None:
    rules = 'rules:\n  nato: {title: NATO, query: NATO, examples: {ignores: ["NATO meets"]}}\n'
    desk.write({}, rules=rules)
    answered = desk.run_process("run")
    assert answered.status == 2
    assert "rules/desk.yaml:2:" in answered.err
    assert "Traceback" not in answered.err


def test_a_second_service_on_the_same_state_is_told_about_the_first(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")})
    with desk.service() as process:
        wait_for(lambda: web.requests, "a poll")
        second = desk.run_process("run")
        assert second.status == 2
        assert f"another watchdesk (process {process.pid})" in second.err


def test_systemd_is_told_ready_reloading_and_stopping(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(desk.root / "notify"))
        manager.settimeout(20)
        with desk.service(NOTIFY_SOCKET=str(desk.root / "notify"), WATCHDOG_USEC="1000000") as process:
            assert manager.recv(4096).startswith(b"READY=1")
            process.send_signal(signal.SIGHUP)
            told = [manager.recv(4096) for _ in range(2)]
            while not any(message.startswith(b"READY=1") for message in told):
                told.append(manager.recv(4096))
            assert any(message.startswith(b"RELOADING=1\nMONOTONIC_USEC=") for message in told)
            while b"WATCHDOG=1" not in told:
                told.append(manager.recv(4096))
            process.send_signal(signal.SIGTERM)
            while b"STOPPING=1" not in told:
                told.append(manager.recv(4096))
            assert process.wait(10) == 0


def test_a_source_is_not_polled_before_its_time_after_a_restart(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO))
    settings = "polling: {every: 1h, first_poll: all, private_addresses: allow}\n"
    desk.write({"wire": web.url("/feed")}, settings=settings)
    with desk.service() as process:
        wait_for(lambda: web.requests, "the first poll")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    web.serve("/new", rss())
    desk.write({"wire": web.url("/feed"), "new": web.url("/new")}, settings=settings)
    with desk.service() as process:
        wait_for(lambda: any(r.path == "/new" for r in web.requests), "a poll of what is due")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert sorted(r.path for r in web.requests) == ["/feed", "/new"]
    database = sqlite3.connect(desk.state / "watchdesk.db")
    assert database.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    database.close()
