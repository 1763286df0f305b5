"""What has the name of a file and is none is told, and never waited for; a new name hides no mistake."""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from support.desk import DeskFiles, wait_for

GAS = "rules: {gas: {query: gas}}\n"
BAD = "rules: {gas: {query: (gas}}\n"
REFUSED = "the old one stays in force"


def make_socket(path: Path) -> None:
    """Of a program that has ended."""
    here = os.open(path.parent, os.O_PATH)
    try:
        with socket.socket(socket.AF_UNIX) as listening:  # its path may be longer than a socket's
            listening.bind(f"/proc/self/fd/{here}/{path.name}")
    finally:
        os.close(here)


WAYS = [os.mkfifo, make_socket, Path.mkdir]
PLACES = ["sources/more.yaml", "rules/more.yaml", "rules/energy/more.yaml"]


@pytest.mark.parametrize("make", WAYS)
@pytest.mark.parametrize("name", PLACES)
def test_check_names_what_is_no_file(desk: DeskFiles, name: str, make: Callable[[Path], object]) -> None:
    desk.write({"wire": "https://wire.example/feed"})
    (desk.config / name).parent.mkdir(exist_ok=True)
    make(desk.config / name)
    answered = desk.run_process("check")
    assert answered.status == 2
    assert f"{name}:1:1: cannot be read: " in answered.err


@pytest.mark.parametrize("name", ["sources", "rules", "templates"])
@pytest.mark.parametrize("make", [os.mkfifo, Path.touch])
def test_check_names_what_stands_in_place_of_a_folder(
    desk: DeskFiles, name: str, make: Callable[[Path], object]
) -> None:
    desk.write({"wire": "https://wire.example/feed"})
    if (desk.config / name).is_dir():
        (desk.config / name).rename(desk.root / "away")
    make(desk.config / name)
    answered = desk.run_process("check")
    assert answered.status == 2
    assert f"{name}:1:1: is no folder, and nothing in its place is read" in answered.err


def test_a_template_and_a_secret_that_are_pipes_keep_nobody_waiting(desk: DeskFiles) -> None:
    desk.write({})
    with (desk.config / "watchdesk.yaml").open("a") as settings:
        settings.write("heartbeat: {url: {file: beat}}\n")
    (desk.config / "templates").mkdir()
    for name in ("beat", "templates/flash.html.j2"):
        os.mkfifo(desk.config / name)
    answered = desk.run_process("check")
    assert answered.status == 0, answered.err
    assert answered.err.count("this is no ordinary file") == 2


def test_a_reload_refuses_a_pipe_in_place_of_rules(desk: DeskFiles) -> None:
    desk.write({})
    with desk.service() as process:
        wait_for(lambda: "watchdesk is running" in desk.log, "a start")
        (desk.config / "rules" / "desk.yaml").unlink()
        os.mkfifo(desk.config / "rules" / "desk.yaml")
        wait_for(lambda: REFUSED in desk.log, "the refusal")
        assert "rules/desk.yaml:1:1: cannot be read: this is no ordinary file" in desk.log
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0


@pytest.mark.parametrize("bad", [BAD, "rules: {\n"])
def test_a_folder_with_a_new_name_and_a_mistake_is_told_and_stays_in_force(desk: DeskFiles, bad: str) -> None:
    desk.write({})
    (desk.config / "rules" / "energy").mkdir()
    (desk.config / "rules" / "energy" / "a.yaml").write_text(GAS)
    assert desk.run("once").status == 0
    (desk.config / "rules" / "energy").rename(desk.config / "rules" / "fuel")
    (desk.config / "rules" / "fuel" / "a.yaml").write_text(bad)
    told = "rules/energy: is gone, and rules/fuel, which seems to be it by a new name, has a mistake"
    assert told in desk.run("check").err
    for _ in range(2):  # as often as it is asked
        done = desk.run("once")
        assert (done.status, told in done.err) == (1, True)
        assert "its rules stay in force as they were at" in done.err
    assert "gas" in [one["rule"] for one in desk.run("rules", "--json").document["rules"]]
    (desk.config / "rules" / "fuel" / "a.yaml").write_text(GAS)
    done = desk.run("once")
    assert (done.status, done.err) == (0, "")
    assert [path.name for path in (desk.state / "rules-in-force").iterdir()] == ["fuel.json"]
