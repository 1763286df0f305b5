"""What the torture itself promises: nothing that it starts goes on after it, and no other desk takes part."""

from pathlib import Path

import pytest

from support import warm
from support.desk import wait_for
from support.web import Request
from torture.stage import Nursery, stage
from torture.test_kills import RUNNING


@pytest.mark.parametrize("of_test", [True, False], ids=["test", "run"])
def test_a_service_that_was_left_running_ends_with_its_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_test: bool
) -> None:
    own, nursery = warm._Nursery(), Nursery()
    monkeypatch.setattr(warm, "nursery", lambda: own)
    try:
        with stage(tmp_path, 0) as on:
            on.write()
            child = nursery.start(on.desk.command("run")[3:], tmp_path / "service.log")
            wait_for(lambda: RUNNING in on.desk.log, "the start")
            if of_test:
                nursery.end()
            else:
                own.close()
            process = Path(f"/proc/{child}/stat")
            wait_for(lambda: not process.exists() or ") Z " in process.read_text(), "its end", 5)
    finally:
        own.close()


def test_another_desk_finds_nothing_at_a_port_that_was_used_before(tmp_path: Path) -> None:
    with stage(tmp_path, 0) as on:
        on.write()
        asked = [Request("GET", path, "", {}, b"") for path in ("/wire0", "/hook")]
        assert [on.web.answer(request).status for request in asked] == [404, 404]
