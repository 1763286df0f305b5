"""How the service starts: what is done side by side, what is loaded, how often files are read."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.desk import RULES, DeskFiles, item, rss, wait_for
from support.web import WebServer
from watchdesk.configuration import Configuration, prove, read_configuration
from watchdesk.errors import ConfigurationError, UsageError
from watchdesk.plan import Clock
from watchdesk.service.poll_workers.files_reader import FilesReader
from watchdesk.service.poll_workers.fork_server import ForkServerEnded
from watchdesk.service.poll_workers.generations import Generations
from watchdesk.service.poll_workers.slots import Slots
from watchdesk.service.proven import ProvenRules
from watchdesk.service.upkeep.messages import NewUpkeep

START = r"""
import os, sys
root = sys.argv.pop(1)
def opened(event, arguments):
    if event == "open" and arguments[1] and str(arguments[0]) == f"{root}/config/rules/desk.yaml":
        log = os.open(f"{root}/opened", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(log, b"%d\n" % os.getpid())
        os.close(log)
sys.addaudithook(opened)
class Log:
    def __getattr__(self, name):
        return getattr(sys.__stderr__, name)
    def write(self, text):
        if "watchdesk is running" in text:
            with open(f"{root}/loaded.part", "w") as file:
                file.write("\n".join([str(os.getpid()), *sys.modules]))
            os.rename(f"{root}/loaded.part", f"{root}/loaded")
        return sys.__stderr__.write(text)
sys.stderr = Log()
sys.argv[0] = "watchdesk"
from watchdesk.cli import main
main()
"""

NOT_YET = {
    *("bs4", "dateparser", "py3langid", "trafilatura"),  # what reads pages
    *("feedparser", "watchdesk.sources.feeds.feed", "watchdesk.sources.kinds"),  # and feeds
    *("numpy", "watchdesk.rules.engine", "watchdesk.rules.examples", "watchdesk.rules.explaining"),
    *("starlette", "uvicorn", "anyio", "prometheus_client", "watchdesk.web.server"),  # what serves the page
    *("babel", "css_inline", "jinja2", "apprise", "smtplib"),  # what composes and sends
    *("alembic", "sqlalchemy.dialects.postgresql", "ruamel"),
    *("watchdesk.service.poll_workers.forked_parts", "watchdesk.service.upkeep.process"),
}
"""What the service's own process has not loaded when it says that it runs, with a database that it knows."""


def test_the_service_runs_before_it_loads_what_it_does_not_need_for_that(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/feed", rss(item("1", "NATO and a spending target")))
    desk.write({"wire": web.url("/feed")})
    desk.begin()
    said = desk.root / "loaded"
    command = [sys.executable, "-c", START, str(desk.root), *desk.command("run")[3:]]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as service:
        try:
            wait_for(said.exists, "the start", seconds=60)
            wait_for(lambda: web.requests, "the first poll", seconds=60)
        finally:
            service.send_signal(signal.SIGTERM)
    process, *loaded = said.read_text().splitlines()
    assert "sqlalchemy" in loaded
    assert NOT_YET & set(loaded) == set()
    readers = [by for by in (desk.root / "opened").read_text().split() if by != process]
    assert len(readers) == 1, "the service itself looks only whether the files have changed"


@contextmanager
def reading(
    desk: DeskFiles, proves: Callable[[Configuration], object], clock: Clock = lambda: datetime.now(UTC)
) -> Iterator[Generations]:
    desk.state.mkdir(exist_ok=True)
    reader = FilesReader(
        lambda _: read_configuration(desk.config), proves, lambda _: False, desk.state, clock, Slots()
    )
    with closing(Generations(reader.begin())) as generations:
        yield generations


def test_the_service_hears_of_good_files_before_what_polls_need_is_loaded(desk: DeskFiles) -> None:
    desk.write({"wire": "http://wire.example/"})
    go = desk.root / "go"

    def late() -> datetime:
        while not go.exists():
            time.sleep(0.01)
        return datetime.now(UTC)

    with reading(desk, lambda _: None, late) as generations:
        generation = generations.load()
        generations.keep(generation)
        assert list(generation.configuration.settings.sources) == ["wire"]
        go.touch()
        with closing(generation.fork_server.fork(NewUpkeep(is_held=True, failures={}))) as forked:
            assert forked.process_id
            forked.kill()


def test_what_cannot_be_loaded_is_told_to_who_wants_a_process(desk: DeskFiles) -> None:
    desk.write({})

    def broken() -> datetime:
        raise UsageError("there is no time")

    with reading(desk, lambda _: None, broken) as generations:
        generation = generations.load()
        generations.keep(generation)
        for _ in range(2):
            with pytest.raises(ForkServerEnded):
                generation.fork_server.fork()


def test_examples_are_tried_before_the_service_hears_that_its_files_are_good(desk: DeskFiles) -> None:
    desk.write({}, rules=RULES + "    examples: {matches: ['A town votes']}\n")
    now = datetime.now(UTC)
    with (
        reading(desk, lambda found: prove(found, now)) as generations,
        pytest.raises(ConfigurationError) as it,
    ):
        generations.load()
    assert "should match and does not" in str(it.value)
    assert Path(desk.config / "rules" / "desk.yaml") in it.value.files


def test_files_whose_examples_end_the_process_that_tries_them_are_refused(desk: DeskFiles) -> None:
    desk.write({})
    with (
        reading(desk, lambda _: os.kill(os.getpid(), signal.SIGKILL)) as generations,
        pytest.raises(UsageError, match="examples"),
    ):
        generations.load()


def test_examples_are_tried_anew_only_where_the_rules_the_examples_or_the_program_have_changed(
    desk: DeskFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk.config / "rules" / "page.txt"
    examples = "    examples: {matches: [{file: page.txt}]}\n"
    desk.write({"wire": "http://wire.example/"}, rules=RULES + examples)
    page.write_text("NATO and a spending target\n")
    desk.state.mkdir()

    def has_passed() -> bool:
        return ProvenRules(desk.state).has(read_configuration(desk.config))

    assert not has_passed()
    ProvenRules(desk.state).add(read_configuration(desk.config))
    assert has_passed()
    with (desk.config / "watchdesk.yaml").open("a") as settings:
        settings.write("language: de\n")
    assert has_passed(), "no example asks for that"
    page.write_text("NATO and another spending target\n")
    assert not has_passed()
    ProvenRules(desk.state).add(read_configuration(desk.config))
    with (desk.config / "rules" / "desk.yaml").open("a") as rules:
        rules.write("# a remark\n")
    assert not has_passed()
    ProvenRules(desk.state).add(read_configuration(desk.config))
    monkeypatch.setattr("watchdesk.__version__", "9.9")
    assert not has_passed()


def test_rules_that_have_passed_are_not_tried_at_the_next_start(desk: DeskFiles) -> None:
    feeds = {"wire": "http://127.0.0.1:9/"}
    desk.write(feeds, rules=RULES + "    examples: {matches: ['Ukraine gets aid']}\n")
    known = desk.state / "proven.json"
    with desk.service():
        wait_for(lambda: "watchdesk is running" in desk.log, "the start")
    first = known.stat().st_mtime_ns
    with desk.service():
        wait_for(lambda: "watchdesk is running" in desk.log, "the second start")
    assert known.stat().st_mtime_ns == first
    rules = desk.config / "rules" / "desk.yaml"
    rules.write_text(rules.read_text().replace("Ukraine gets aid", "A town votes"))
    assert "should match and does not" in desk.run_process("run").err
