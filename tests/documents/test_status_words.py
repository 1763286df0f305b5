"""What status says of sources, reloads and a desk that nobody has started, in this process."""

import socket
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from support.desk import DeskFiles
from watchdesk.cli.status_screen import print_summary
from watchdesk.configuration import read_configuration
from watchdesk.documents.files import files_now
from watchdesk.documents.messages import messages
from watchdesk.documents.status import reload_in_words
from watchdesk.documents.summary import Summary, summarised
from watchdesk.model import SourceState
from watchdesk.polling.report import PollOutcome, PollReport
from watchdesk.service.liveness import Phase
from watchdesk.service.liveness.recorder import Liveness
from watchdesk.service.poll_log import PollLog
from watchdesk.store import open_store
from watchdesk.transport.reasons import reason_of

NOW = datetime.now(UTC)
UNKNOWN = reason_of(socket.gaierror(-2, "Name or service not known"), 20)
FEEDS = {f"s{n}": f"http://s{n}.example/feed" for n in range(6)}


def summary(desk: DeskFiles) -> Summary:
    files = files_now(lambda: read_configuration(desk.config), desk.config, desk.state)
    return summarised(files, desk.state, NOW)


def polled(desk: DeskFiles, failing: int, gone: str | None = None) -> None:
    """Once; the first `failing` could not be read, of which one may be gone for good."""
    with closing(open_store("sqlite", desk.state)) as store:
        for number, (name, url) in enumerate(FEEDS.items()):
            well = number >= failing
            store.save_states(
                [
                    SourceState(
                        name,
                        url=url,
                        last_attempt=NOW,
                        last_success=NOW if well else None,
                        failures=0 if well else 1,
                        error=None if well else UNKNOWN,
                        gone=name == gone,
                    )
                ]
            )


def screen(desk: DeskFiles, capsys: pytest.CaptureFixture[str]) -> str:
    print_summary(summary(desk))
    return capsys.readouterr().out


@pytest.fixture
def desk(tmp_path: Path) -> DeskFiles:
    found = DeskFiles(tmp_path)
    found.write(FEEDS)
    found.begin()
    return found


def test_a_desk_that_was_never_run_says_that_no_source_was_asked(
    desk: DeskFiles, capsys: pytest.CaptureFixture[str]
) -> None:
    said = screen(desk, capsys)
    assert "sources     6, none asked yet" in said
    assert "nothing needs a person so far: no source was asked yet" in said


def test_where_most_sources_fail_at_once_this_machine_is_looked_at(
    desk: DeskFiles, capsys: pytest.CaptureFixture[str]
) -> None:
    polled(desk, 5)
    (need,) = summary(desk).needs
    assert need.help == "most-sources-failing"
    assert need.said.startswith("5 of 6 sources cannot be read, most often because: no server of this name")
    assert "check the address" not in need.said
    assert "Look at this machine's network, its name resolution and its proxy." in need.said
    polled(desk, 2)
    (need,) = summary(desk).needs
    assert (need.said, need.help) == ("failing: s0, s1", "source-failing")
    assert "a day or longer" not in messages()["source-failing"]


def test_a_source_that_is_gone_for_good_does_not_merely_fail(desk: DeskFiles) -> None:
    polled(desk, 2, gone="s1")
    gone, failing = summary(desk).needs
    assert (failing.said, failing.help) == ("failing: s0", "source-failing")
    assert gone.said == "gone for good: s1; find the new address, or take it out of the files"
    assert gone.help == "source-gone"


def test_while_the_files_have_a_mistake_status_says_what_the_database_knows(
    desk: DeskFiles, capsys: pytest.CaptureFixture[str]
) -> None:
    polled(desk, 2)
    settings = desk.config / "watchdesk.yaml"
    settings.write_text(settings.read_text() + "oops: 1\n")
    said = screen(desk, capsys)
    assert "sources     6, 2 failing" in said
    assert "! failing: s0, s1" in said
    assert "! the files cannot be used as they are" in said


def test_a_refused_reload_is_over_when_the_service_is_gone_and_the_files_are_right(desk: DeskFiles) -> None:
    liveness = Liveness(desk.state, lambda: NOW)
    liveness.enter(Phase.RUNNING)
    liveness.configuration(loaded=NOW, changes="nothing changed", refused=NOW, reason="watchdesk.yaml:1: no")
    liveness.turn()
    running = summary(desk)
    assert running.running
    assert [need.said for need in running.needs] == ["the last reload was refused: watchdesk.yaml:1: no"]
    assert str(reload_in_words(running)).endswith(": nothing changed")
    liveness.enter(Phase.STOPPED)
    liveness.turn()
    stopped = summary(desk)
    assert not stopped.running
    assert (stopped.refused, stopped.quoted) == (None, ())
    settings = desk.config / "watchdesk.yaml"
    settings.write_text(settings.read_text() + "oops: 1\n")
    assert summary(desk).mistakes


def test_sources_that_fail_for_one_reason_are_listed_on_one_line(desk: DeskFiles) -> None:
    polled(desk, 5)
    said = [line for line in desk.run("sources").out.splitlines() if "no server of this name" in line]
    (line,) = said
    assert line.startswith("s0, s1, s2, s3, s4: no server of this name was found: ")
    assert line.endswith("; look at this machine's network, name resolution and proxy")
    polled(desk, 2)
    (line,) = [line for line in desk.run("sources").out.splitlines() if "no server of this name" in line]
    assert line.endswith("; check the address")


@pytest.mark.parametrize(("status", "keys"), [(404, {"status"}), (None, set())])
def test_a_failed_poll_is_logged_with_a_status_only_where_there_was_an_answer(
    status: int | None, keys: set[str]
) -> None:
    with capture_logs() as lines:
        PollLog().take(PollReport("wire", PollOutcome.FAILED, status=status, error="no"))
    (line,) = lines
    assert line.keys() - {"event", "log_level", "source", "why"} == keys
