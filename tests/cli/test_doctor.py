"""`doctor` through the real command: real servers, a real service, and nothing written or sent."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from support.certificates import Authority
from support.desk import SETTINGS, Answered, DeskFiles, environment, item, rss, wait_for
from support.names import know
from support.postgresql import Cluster
from support.raw import RawServer
from support.smtp import STALL, MailReceiver, ScriptedMailServer
from support.terminal import in_terminal
from support.web import WebServer
from watchdesk.store import open_store

PLAIN = SETTINGS + "web: {listen: null}\n"
HEAD = "web: {listen: null}\n" + SETTINGS.partition("channels:")[0]
PASSWORD = "pa55word-of-the-desk"


@pytest.fixture
def news(web: WebServer) -> WebServer:
    web.serve("/feed", rss(item("1", "NATO agrees", "NATO and a spending target.")))
    return web


def settings(channels: Mapping[str, str], more: str = "", head: str = HEAD) -> str:
    lines = "".join(f"  {name}: {text}\n" for name, text in channels.items())
    to = ", ".join(channels)
    digest = f"digests:\n  flash: {{title: Flash, rules: all, at: once, to: [{to}]}}\n"
    return f"{head}channels:\n{lines}{digest}operators: {{to: [{next(iter(channels))}]}}\n{more}"


def found(answer: Answered) -> dict[str, dict[str, Any]]:
    """By subject; the worst of each."""
    worst = ["ok", "untried", "warning", "wrong"]
    rows = sorted(answer.document["findings"], key=lambda row: worst.index(row["result"]))
    return {row["subject"]: row for row in rows}


def rows_of(answer: Answered, subject: str) -> list[dict[str, Any]]:
    return [row for row in answer.document["findings"] if row["subject"] == subject]


def tree(*roots: Path) -> Mapping[str, tuple[int, int, int]]:
    """Every file and folder below, with what changes when one is written, made or removed."""
    paths = [path for root in roots for path in (root, *root.rglob("*"))]
    stats = {str(path): path.lstat() for path in paths}
    return {path: (stat.st_ino, stat.st_size, stat.st_mtime_ns) for path, stat in stats.items()}


def mail(port: int, scheme: str = "smtp", host: str = "mail.example", more: str = "") -> str:
    return f"{{email: {{to: a@example.org, from: w@example.org, server: '{scheme}://{host}:{port}'{more}}}}}"


def test_a_desk_that_works_is_well_and_nothing_is_sent_polled_or_written(
    desk: DeskFiles, news: WebServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(monkeypatch, "mail.example", "hooks.example")
    secret = desk.root / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    head = HEAD.replace("timeout: 5s}", f"timeout: 5s, ca: '{authority.folder}/authority.pem'}}")
    with (
        MailReceiver(tls=authority.served("DNS:mail.example", days=60), login=("desk", PASSWORD)) as post,
        RawServer(b"", tls=authority.served("DNS:hooks.example", days=60)) as hook,
    ):
        login = f", user: desk, password: {{file: '{secret}'}}"
        channels = {
            "desk": mail(post.port, more=login),
            "hook": f"{{webhook: {{url: 'https://hooks.example:{hook.port}/t0ken'}}}}",
            "team": f"{{chat: 'jsons://hooks.example:{hook.port}/t0ken'}}",
            "shelf": "{files: digests/}",
        }
        desk.write({"wire": news.url("/feed")}, settings(channels, head=head))
        assert desk.run("once", "--all").status == 0
        desk.state.chmod(0o700)
        asked, before = len(news.requests), tree(desk.root)
        answer = desk.run("doctor")
        assert answer.status == 0, answer.out
        assert tree(desk.root) == before
        assert [request.path for request in news.requests[asked:]] == ["/robots.txt"]
        assert (post.messages, post.logins, hook.requests) == ([], ["desk"], [])
    lines = answer.out.splitlines()
    subjects = [line[9:].partition(":")[0] for line in lines[: lines.index("")] if line[:9].strip()]
    assert subjects == [
        *("configuration", "state directory", "disk", "database", "service", "sources", "deliveries"),
        *("examples", "templates", "secret channels.team.address", "secrets", "sites", "clock"),
        *("channel desk", "channel hook", "channel team", "channel shelf", "operators"),
    ]
    assert "mail.example:" in answer.out
    assert "accepts the login of desk; its certificate ends in 59 days" in answer.out
    assert "watchdesk digest flash --send --to hook" in answer.out
    assert lines[-1] == "nothing needs a person, 2 warnings"
    assert PASSWORD not in answer.out
    assert "t0ken" not in answer.out


def test_what_is_wrong_is_said_in_the_order_of_the_configuration_with_what_to_do(
    desk: DeskFiles, news: WebServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(monkeypatch, "mail.example", "hooks.example")
    head = HEAD.replace("timeout: 5s}", f"timeout: 5s, ca: '{authority.folder}/authority.pem'}}")
    login = f", user: desk, password: {PASSWORD}"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        closed = listening.getsockname()[1]
    with (
        ScriptedMailServer({"connect": STALL}) as mute,
        MailReceiver(tls=authority.served("DNS:mail.example"), login=("desk", "another")) as refusing,
        MailReceiver(tls=authority.served("DNS:mail.example", days=-1), smtps=True) as old,
        MailReceiver(tls=authority.served("DNS:other.example")) as foreign,
        ScriptedMailServer(
            {"auth": f"535 no \x1b[2J {PASSWORD}"}, extensions=["AUTH PLAIN", "SIZE"]
        ) as echoing,
        RawServer(b"", tls=authority.self_signed()) as hook,
    ):
        channels = {
            "mute": mail(mute.port, more="").replace("}}", "}, timeout: 1s}"),
            "refusing": mail(refusing.port, more=login),
            "old": mail(old.port, "smtps"),
            "foreign": mail(foreign.port),
            "echoing": mail(echoing.port, host="127.0.0.1", more=login),
            "closed": mail(closed),
            "unknown": "{webhook: {url: 'https://nobody.example/x'}}",
            "hook": f"{{webhook: {{url: 'https://hooks.example:{hook.port}/x', secret: {{env: UNSET}}}}}}",
            "blocked": f"{{files: '{desk.config}/watchdesk.yaml/digests'}}",
        }
        desk.write({"wire": news.url("/feed")}, settings(channels, head=head))
        answer = desk.run("doctor", "--json")
    assert answer.status == 1
    rows = found(answer)
    said = {name: rows[f"channel {name}"] for name in channels}
    assert {row["result"] for row in said.values()} == {"wrong"}
    for name, words in {
        "mute": ", while connecting",
        "refusing": "535",
        "old": "expired",
        "foreign": "mismatch",
        "echoing": "535 no [2J ********",
        "closed": "Connection refused",
        "unknown": "no server of this name was found",
        "hook": "self-signed certificate",
        "blocked": "is no folder",
    }.items():
        assert any(words in row["what"] for row in rows_of(answer, f"channel {name}")), name
    subjects = [row["subject"] for row in answer.document["findings"]]
    assert [s for s in dict.fromkeys(subjects) if s.startswith("channel ")] == [
        f"channel {c}" for c in channels
    ]
    assert "UNSET" in rows["secret channels.hook.secret"]["what"]
    assert PASSWORD not in answer.out + answer.err
    assert "\\u001b" not in answer.out
    assert not answer.document["well"]


def test_a_desk_that_was_never_started_needs_nobody_and_gets_no_new_folder(desk: DeskFiles) -> None:
    desk.write({})
    answer = desk.run("doctor", "--json")
    assert (answer.status, desk.state.exists()) == (0, False)
    row = found(answer)["state directory"]
    assert (row["result"], row["what"]) == ("warning", f"there is no {desk.state}")
    assert "the service makes it" in row["to_do"]
    desk.state.write_text("a file")
    assert "is no folder" in found(desk.run("doctor", "--json"))["state directory"]["what"]


def test_files_with_mistakes_are_an_answer_and_no_files_are_a_mistake_of_use(desk: DeskFiles) -> None:
    desk.write({}, PLAIN + "timezon: UTC\n", "rules:\n  one: {query: 'NATO AND'}\n")
    answer = desk.run("doctor", "--json")
    assert answer.status == 1
    rows = found(answer)
    assert rows["configuration"]["result"] == "wrong"
    assert rows["configuration"]["help"] == "configuration-refused"
    assert "more mistake" in rows["configuration"]["what"]
    assert rows["configuration"]["to_do"] == "watchdesk check"
    assert rows["disk"]["result"] == "ok"
    assert rows["templates"]["result"] == "untried"
    desk.write({}, PLAIN)
    (desk.config / "rules" / "energy").mkdir()
    (desk.config / "rules" / "energy" / "a.yaml").write_text("rules:\n  one: {query: 'NATO AND'}\n")
    row = found(desk.run("doctor", "--json"))["configuration"]
    assert (row["result"], row["help"], row["to_do"]) == ("wrong", "folder-refused", "watchdesk check")
    nowhere = DeskFiles(desk.root / "nowhere").run("doctor")
    assert nowhere.status == 2
    assert "does not exist" in nowhere.err


def test_examples_and_templates_that_fail_are_said(desk: DeskFiles) -> None:
    rules = "rules:\n  one: {query: NATO, examples: {matches: [nothing of it]}}\n"
    desk.write({}, rules=rules)
    (desk.config / "templates").mkdir()
    (desk.config / "templates" / "flash.html.j2").write_text("{{ digest.nothing.there }}")
    rows = found(desk.run("doctor", "--json"))
    assert rows["examples"]["result"] == "wrong"
    assert rows["examples"]["to_do"] == "watchdesk test one"
    assert rows["templates"]["result"] == "wrong"
    assert "templates/flash.html.j2:1" in rows["templates"]["what"]


def test_the_service_is_said_to_run_or_why_not(desk: DeskFiles, news: WebServer) -> None:
    desk.write({"wire": news.url("/feed"), "gone": news.url("/nowhere")})
    desk.run("once", "--all")
    with desk.service() as service:
        wait_for(lambda: desk.run("status", "--json").document["running"], "the start")
        rows = found(desk.run("doctor", "--json"))
        assert f"(process {service.pid})" in rows["service"]["what"]
        assert rows["service"]["what"].startswith("running")
        assert "1 of 2 sources fail: gone" in rows["sources"]["what"]
        assert rows["database"]["result"] == "ok"
        service.send_signal(signal.SIGKILL)
        service.wait()
    # A copy: processes that the service has left may still write for a moment.
    copy = DeskFiles(desk.root / "copy")
    shutil.copytree(desk.config, copy.config)
    shutil.copytree(desk.state, copy.state)
    index = str(copy.state / "watchdesk.db-shm")  # SQLite brings it in order
    before = {path: one for path, one in tree(copy.state).items() if path != index}
    rows = found(copy.run("doctor", "--json"))
    assert "nobody stopped it" in rows["service"]["what"]
    assert rows["database"]["result"] == "ok"
    assert {path: one for path, one in tree(copy.state).items() if path != index} == before


@pytest.mark.parametrize(
    ("change", "result", "words"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "warning", "of an older watchdesk"),
        ("UPDATE alembic_version SET version_num = '9999'", "wrong", "by a newer watchdesk"),
        ("DROP TABLE alembic_version", "wrong", "there was one here before"),
    ],
)
def test_a_database_of_another_version_is_said_and_stays(
    desk: DeskFiles, change: str, result: str, words: str
) -> None:
    desk.write({})
    desk.begin()
    with closing(sqlite3.connect(desk.state / "watchdesk.db")) as database:
        database.execute(change)
        database.commit()
    before = tree(desk.state)
    row = found(desk.run("doctor", "--json"))["database"]
    assert (row["result"], words in row["what"]) == (result, True)
    assert tree(desk.state) == before


def test_a_damaged_and_a_missing_database_are_said(desk: DeskFiles) -> None:
    desk.write({})
    desk.begin()
    path = desk.state / "watchdesk.db"
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)
    answer = desk.run("doctor", "--json")
    assert answer.status == 1
    assert "damaged" in found(answer)["database"]["what"]
    path.unlink()
    assert "gone" in found(desk.run("doctor", "--json"))["database"]["what"]
    assert not path.exists()


def test_a_log_that_nobody_wrote_back_is_left_alone(desk: DeskFiles) -> None:
    desk.write({})
    desk.begin()
    (desk.state / "watchdesk.db-wal").write_bytes(b"something")
    before = tree(desk.state)
    row = found(desk.run("doctor", "--json"))["database"]
    assert (row["result"], "was not closed" in row["what"]) == ("untried", True)
    assert tree(desk.state) == before


def test_a_postgresql_is_looked_at_as_it_is(desk: DeskFiles, cluster: Cluster) -> None:
    url = cluster.new_database()
    desk.write({}, PLAIN + f"storage: '{url}'\n")
    desk.state.mkdir()
    said = desk.run("doctor").out
    assert "ok       database: PostgreSQL 1" in said
    assert "is empty; the service makes its tables" in said
    open_store(url, desk.state).close()
    assert "the newest rows of each table can be read" in desk.run("doctor").out
    cluster.say(url, "CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    desk.write({}, PLAIN + f"storage: '{url.replace('desk@', 'reader@')}'\n")
    row = found(desk.run("doctor", "--json"))["database"]
    assert (row["result"], "gives us no right to INSERT on" in row["what"]) == ("wrong", True)
    desk.write(
        {},
        PLAIN + f"storage: '{url.replace('desk@', 'desk:s3cretword@').replace('?host=', '?host=/no')}'\n",
    )
    answer = desk.run("doctor", "--json")
    row = found(answer)["database"]
    assert (row["result"], "start its server" in row["to_do"]) == ("wrong", True)
    assert "s3cretword" not in answer.out


@pytest.mark.parametrize(("ahead", "result"), [(90, "warning"), (-900, "wrong")])
def test_the_clock_is_compared_with_that_of_a_site(desk: DeskFiles, ahead: int, result: str) -> None:
    def answer(line: socket.socket, _head: bytes) -> None:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead), usegmt=True)
        line.sendall(f"HTTP/1.1 404 No\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n".encode())

    with RawServer(answer) as site:
        desk.write({"wire": site.url("/feed")})
        row = found(desk.run("doctor", "--json"))["clock"]
    assert row["result"] == result
    assert ("behind that of 127.0.0.1" in row["what"]) == (ahead > 0)


def test_a_site_that_does_not_answer_is_not_the_whole_web(
    desk: DeskFiles, news: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    know(monkeypatch)
    desk.write({"away": "https://away.example/feed", "wire": news.url("/feed")})
    row = found(desk.run("doctor", "--json"))["sites"]
    assert (row["result"], row["what"].startswith("127.0.0.1 answers; away.example did not")) == (
        "warning",
        True,
    )
    desk.write({"away": "https://away.example/feed", "wire": "https://off.example/feed"})
    row = found(desk.run("doctor", "--json"))["sites"]
    assert row["what"].startswith("away.example does not answer, nor do off.example: no server of this name")


def test_proxies_are_connected_to(desk: DeskFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    desk.write({})
    monkeypatch.setenv("HTTPS_PROXY", f"http://desk:{PASSWORD}@127.0.0.1:{port}")
    answer = desk.run("doctor", "--json")
    row = found(answer)["proxy"]
    assert row["result"] == "wrong"
    assert f"the proxy 127.0.0.1:{port} (HTTPS_PROXY) cannot be used" in row["what"]
    assert PASSWORD not in answer.out


def test_one_missing_secret_is_one_thing_and_the_server_is_asked_all_the_same(desk: DeskFiles) -> None:
    with MailReceiver() as post:
        login = f", user: desk, password: {{file: '{desk.root}/nowhere'}}, tls: when-offered"
        desk.write({}, settings({"desk": mail(post.port, host="127.0.0.1", more=login)}))
        answer = desk.run("doctor", "--json")
        assert post.messages == []
    assert [row["subject"] for row in answer.document["findings"] if row["result"] == "wrong"] == [
        "secret channels.desk.password"
    ]
    there, untried = rows_of(answer, "channel desk")
    assert there["result"] != "untried"
    assert f"127.0.0.1:{post.port} answers" in there["what"]
    assert (untried["result"], untried["what"]) == ("untried", "what needs its secret")


def test_no_channel_is_left_out_of_what_was_not_tried(desk: DeskFiles) -> None:
    channels = {f"shelf{number}": f"{{files: digests{number}/}}" for number in range(8)}
    desk.write({}, settings(channels))
    left = " ".join(row["what"] for row in desk.run("doctor", "--json").document["not_tried"])
    assert "each of 3 more channels: shelf5, shelf6, shelf7" in left


def test_a_source_of_a_private_network_is_no_trouble_of_the_network(desk: DeskFiles, news: WebServer) -> None:
    head = HEAD.replace("private_addresses: allow", "private_addresses: refuse")
    desk.write({"wire": news.url("/feed")}, settings({"shelf": "{files: digests/}"}, head=head))
    row = found(desk.run("doctor", "--json"))["sites"]
    assert (row["result"], row["to_do"]) == ("wrong", None)
    assert "polling.private_addresses" in row["what"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_the_service_could_not_write_or_read_is_said(desk: DeskFiles, tmp_path: Path) -> None:
    for folder in (*desk.root.parents, desk.root):
        if "pytest-of-root" in folder.parts:
            folder.chmod(0o711)
    secret = desk.root / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    login = f", user: desk, password: {{file: '{secret}'}}"
    channels = {"desk": mail(1, host="127.0.0.1", more=login), "shelf": f"{{files: '{desk.root}/digests'}}"}
    desk.write({}, settings(channels))
    desk.begin()
    os.chown(desk.state, 54321, 54321)
    rows = found(desk.run("doctor", "--json"))
    assert "database.json" in rows["state directory"]["what"]
    assert "may not be written by user 54321" in rows["state directory"]["what"]
    assert rows["state directory"]["to_do"] == f"chown 54321 {desk.state}/*"
    assert "may not be read by user 54321" in rows["secret channels.desk.password"]["what"]
    assert "may not make it in" in rows["channel shelf"]["what"]
    secret.chmod(0o644)
    row = found(desk.run("doctor", "--json"))["secret channels.desk.password"]
    assert (row["result"], row["to_do"]) == ("warning", f"chmod 600 {secret}")


def test_ctrl_c_ends_it_at_once(desk: DeskFiles) -> None:
    with ScriptedMailServer({"connect": STALL}) as server:
        desk.write({}, settings({"desk": mail(server.port, host="127.0.0.1")}))
        process = subprocess.Popen(
            desk.command("doctor"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
        )
        try:
            assert process.stdout is not None
            while b"secrets" not in process.stdout.readline():
                pass
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=10)
        finally:
            process.kill()
    assert (process.returncode, err.strip()) == (130, b"interrupted")


def test_lines_fit_a_terminal_and_have_colours_there(desk: DeskFiles) -> None:
    desk.write({})
    seen = in_terminal(desk.command("doctor"), environment() | {"NO_COLOR": ""}, columns=60)
    assert seen.status == 0
    assert seen.coloured
    lines = [line.rpartition("\r")[2] if "\x1b" in line else line for line in seen.lines]
    assert max(len(line) for line in lines if "\x1b" not in line) <= 60
