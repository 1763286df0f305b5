import mailbox
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from support.desk import DeskFiles, environment, wait_for
from watchdesk.cli.demo import staying_command


def test_the_demo_shows_the_whole_way_and_ends_by_itself(desk: DeskFiles) -> None:
    answered = desk.run_process("demo", "--json")
    assert answered.status == 0, answered.err
    document = answered.document
    assert document["not_modified"] >= 1
    assert document["mails"] == document["webhooks"] == 2
    assert document["address"] is None
    subjects = [message["Subject"] for message in mailbox.Maildir(document["mailbox"])]
    assert len(subjects) == 2
    page = Path(document["page"]).read_text(encoding="utf-8")
    assert "Vandermeer" in page
    for rule in ("NATO spending", "Ukraine aid", "Minerals deals"):
        assert rule in page


def test_the_demo_tells_where_to_look_and_at_last_how_to_leave_its_page_up(desk: DeskFiles) -> None:
    answered = desk.run_process("demo")
    assert answered.status == 0, answered.err
    assert "nato-spending" in answered.out
    assert str(desk.state / "demo" / "mail") in answered.out
    command = answered.out.splitlines()[-1].removeprefix("to leave its page up ")

    output = desk.root / "output"
    with output.open("wb") as out, (desk.root / "progress").open("wb") as progress:
        demo = subprocess.Popen(
            shlex.split(command),
            stdout=out,
            stderr=progress,
            env=environment(),
            start_new_session=True,  # as a terminal has it: Ctrl-C reaches the service as well
        )
    try:
        wait_for(lambda: "until Ctrl-C" in output.read_text() or demo.poll() is not None, "the page")
        address = output.read_text().splitlines()[-1].split()[-1]
        page = requests.get(address, timeout=30).text
        assert re.search(r"articles</dt>\s*<dd>8<", page)
        refused = desk.run_process("demo")
        assert refused.status == 2
        assert "another demo" in refused.err
        assert requests.get(address, timeout=30).status_code == 200
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(60) == 0
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(60)
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=30)


def test_the_command_is_typed_as_the_demo_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path, elsewhere = tmp_path / "bin" / "watchdesk", tmp_path / "other bin" / "watchdesk"
    for program in (on_path, elsewhere):
        program.parent.mkdir()
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(on_path.parent))
    assert staying_command(on_path, None) == "watchdesk demo --stay"
    assert staying_command(elsewhere, Path("a state")) == f"'{elsewhere}' --state 'a state' demo --stay"
    monkeypatch.chdir(tmp_path)
    assert staying_command(Path(".venv/bin/watchdesk"), None) == ".venv/bin/watchdesk demo --stay"
    assert (
        staying_command(Path("src/watchdesk/__main__.py"), None)
        == f"{sys.executable} -m watchdesk demo --stay"
    )
