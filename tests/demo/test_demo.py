import json
import mailbox
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from support.desk import DeskFiles, environment, wait_for
from watchdesk.cli.demo import staying_command


def test_a_demo_shows_the_whole_way_and_ends_by_itself_or_stays_until_it_is_interrupted(
    tmp_path: Path,
) -> None:
    """Both at once: most of a demo is waiting for what it shows."""
    desk, other = DeskFiles(tmp_path / "stays"), DeskFiles(tmp_path / "ends")
    desk.root.mkdir()
    with ThreadPoolExecutor(1) as beside:
        ends = beside.submit(other.run_process, "demo")
        stays(desk)
        answered = ends.result()
    assert answered.status == 0, answered.err
    assert "nato-spending" in answered.out
    assert str(other.state / "demo" / "mail") in answered.out
    last = answered.out.splitlines()[-1]
    assert last.startswith("to leave its page up ") and last.endswith(" demo --stay")


def stays(desk: DeskFiles) -> None:
    output = desk.root / "output"
    with output.open("wb") as out, (desk.root / "progress").open("wb") as progress:
        demo = subprocess.Popen(
            desk.command("demo", "--stay", "--json"),
            stdout=out,
            stderr=progress,
            env=environment(),
            start_new_session=True,  # as a terminal has it: Ctrl-C reaches the service as well
        )
    try:
        wait_for(lambda: output.read_text().endswith("}\n") or demo.poll() is not None, "the document")
        document = json.loads(output.read_text())
        assert document["not_modified"] >= 1
        assert document["mails"] == document["webhooks"] == 2
        subjects = [message["Subject"] for message in mailbox.Maildir(document["mailbox"])]
        assert len(subjects) == 2
        digest = Path(document["page"]).read_text(encoding="utf-8")
        assert "Vandermeer" in digest
        for rule in ("NATO spending", "Ukraine aid", "Minerals deals"):
            assert rule in digest

        page = requests.get(document["address"], timeout=30).text
        assert re.search(r"articles</dt>\s*<dd>8<", page)
        refused = desk.run_process("demo")
        assert refused.status == 2
        assert "another demo" in refused.err
        assert requests.get(document["address"], timeout=30).status_code == 200
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(60) == 0
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(60)
    with pytest.raises(requests.ConnectionError):
        requests.get(document["address"], timeout=30)


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
