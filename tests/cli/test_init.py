"""`init` through the real command: the files of a first desk, by defaults and by typed answers."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from support.desk import DeskFiles
from support.smtp import MailReceiver
from support.terminal import Seen, in_terminal

SHIPPED = Path(__file__).parents[2] / "config"
ZONE = ("Time zone", "Europe/Warsaw")
NO_CONTACT = ("wanted to write", "")
NO_QUERY = ("Query", "")


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def asked(desk: DeskFiles, *answers: tuple[str, str]) -> Seen:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("WATCHDESK")}
    return in_terminal(desk.command("init"), variables, 110, answers)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_without_a_terminal_the_shipped_desk_is_written_for_the_machines_zone(
    desk: DeskFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    answered = desk.run("init")
    assert answered.status == 0, answered.err
    assert "once --all" in answered.out
    assert " run " in answered.out
    written, shipped = files(desk.config), files(SHIPPED)
    assert written.keys() == shipped.keys()
    assert [name for name, text in written.items() if text != shipped[name]] == ["watchdesk.yaml"]
    differing = [
        (new, old)
        for new, old in zip(
            written["watchdesk.yaml"].splitlines(), shipped["watchdesk.yaml"].splitlines(), strict=True
        )
        if new != old
    ]
    comment = "# of schedules, and of times as readers see them"
    assert differing == [
        (f"timezone: America/New_York         {comment}", f"timezone: Europe/Brussels          {comment}")
    ]


def test_a_short_desk_is_whole(desk: DeskFiles) -> None:
    assert desk.run("init", "--minimal", "--yes").status == 0
    assert sum(len(text.splitlines()) for text in files(desk.config).values()) < 35
    checked = desk.run("check")
    assert (checked.status, checked.err) == (0, "")


@pytest.mark.parametrize("there", ["watchdesk.yaml", "sources.yaml", "rules/own.yml", "sources.opml"])
def test_nothing_is_written_beside_a_configuration(desk: DeskFiles, there: str) -> None:
    (desk.config / "rules").mkdir(parents=True)
    (desk.config / there).write_text("# mine\n")
    answered = desk.run("init")
    assert answered.status == 2
    assert f"there is a configuration already: {desk.config / there}" in answered.err
    assert files(desk.config) == {there: "# mine\n"}


def test_a_place_that_cannot_be_written_is_named(desk: DeskFiles) -> None:
    desk.config.parent.mkdir(exist_ok=True)
    desk.config.write_text("a file")
    answered = desk.run("init")
    assert answered.status == 2
    assert f"{desk.config} is a file, and the configuration is a folder" in answered.err
    assert "nothing was written" in answered.err
    assert [path.name for path in desk.root.iterdir()] == [desk.config.name]


def test_answers_make_a_desk_that_mails_and_its_test_message_arrives(desk: DeskFiles) -> None:
    with MailReceiver(login=("anna", "se:cret #1")) as server:
        seen = asked(
            desk,
            ("Time zone", "Warsaw"),
            ("is no time zone", ""),
            ("wanted to write", "anna"),
            ("is no mail address", "anna@example.org"),
            ("mail, chat or webhook", "mail"),
            ("Mail to", "desk@example.org"),
            ("Mail from", ""),
            ("Mail server", f"127.0.0.1:{server.port}"),
            ("User name", "anna"),
            ("Password", "se:cret #1"),
            ("Query", "heat pump"),
            ("cannot be read as a query", '"heat pump" AND NOT advert*'),
            ("Send a test message now", ""),
        )
    assert seen.status == 0, seen.raw
    assert "se:cret" not in seen.raw
    (message,) = server.messages
    assert message.recipients == ("desk@example.org",)
    secret = desk.config / "secrets" / "smtp-password"
    assert secret.read_text() == "se:cret #1\n"
    assert (mode(secret), mode(secret.parent)) == (0o600, 0o700)
    written = files(desk.config)
    assert "se:cret" not in written["watchdesk.yaml"]
    assert written["watchdesk.yaml"].count("to: [shelf, desk]") == 3
    assert 'contact: "anna@example.org"' in written["watchdesk.yaml"]
    assert [name for name in written if name.startswith("rules/")] == ["rules/own.yaml"]
    assert '"\\"heat pump\\" AND NOT advert*"' in written["rules/own.yaml"]
    assert desk.run("check").status == 0


@pytest.mark.parametrize(
    ("answers", "secret"),
    [
        pytest.param(
            [("webhook", "chat"), ("Address", "json://127.0.0.1:9/")], "chat", marks=pytest.mark.slow
        ),
        ([("webhook", "webhook"), ("takes the POST", "http://127.0.0.1:9/")], "hook-secret"),
    ],
)
def test_a_channel_that_does_not_answer_leaves_a_desk_that_says_so(
    desk: DeskFiles, answers: Sequence[tuple[str, str]], secret: str
) -> None:
    seen = asked(desk, ZONE, NO_CONTACT, *answers, NO_QUERY, ("test message now", "y"))
    assert seen.status == 1, seen.raw
    said = " ".join(seen.lines)
    assert "desk: not accepted" in said
    assert "watchdesk doctor" in said
    assert mode(desk.config / "secrets" / secret) == 0o600
    assert desk.run("check").status == 0


def test_what_is_written_into_a_folder_with_setgid_its_group_may_read(desk: DeskFiles) -> None:
    desk.config.mkdir()
    desk.config.chmod(0o2750)
    answers = [
        ("webhook", "chat"),
        ("Address (", "foo"),
        ("Address (", "slakc://a"),
        ("Address (", "json://127.0.0.1:9/"),
    ]
    message = [("test message now", "ukraine aid"), ("neither y nor n", "n")]
    seen = asked(desk, ZONE, NO_CONTACT, *answers, ("Query", '"heat pump"'), *message)
    assert "no address of a chat: must be an address such as slack://" in seen.raw
    assert "did you mean 'slack'" in seen.raw
    assert " check " in seen.raw
    written = (desk.config / "rules/own.yaml").read_text()
    assert 'title: "heat pump"\n    query: "\\"heat pump\\""\n    examples:\n' in written
    assert "1 of 1 example passed" in desk.run("test").out
    assert mode(desk.config / "secrets") == 0o2750
    assert {mode(path) for path in desk.config.rglob("*") if path.is_file()} == {0o640}
    assert "all well" in desk.run("check").out
    (desk.config / "secrets" / "chat").write_text("foo\n")
    checked = desk.run("check")
    assert checked.status == 0
    assert "channel 'desk': its address cannot be used: must be an address such as slack://" in checked.err
    assert "usable, with 1 warning" in checked.out


def test_leaving_off_writes_nothing(desk: DeskFiles) -> None:
    seen = asked(desk, ZONE, NO_CONTACT, ("chat or webhook", "\x04"))
    assert seen.status == 130
    assert not desk.config.exists()
