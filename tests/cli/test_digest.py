"""`watchdesk digest`: a preview that takes nothing away, and a test sent to a channel."""

import json
import mailbox
import sqlite3
from contextlib import closing
from email.message import Message

import pytest

from support.desk import SETTINGS, DeskFiles, environment, item, rss
from support.smtp import MailReceiver
from support.terminal import in_terminal
from support.web import WebServer

NATO = item("1", "NATO agrees a new spending target", "Ministers of NATO agreed on defence spending.")
CHANNELS = """\
channels:
  shelf: {{files: digests/}}
  folder: {{maildir: mail/}}
  desk: {{email: {{to: [desk@example.org], from: w@example.org, server: 'smtp://127.0.0.1:{mail}'}}}}
  hook: {{webhook: {{url: '{hook}'}}}}
"""


@pytest.fixture
def polled(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk with one article that waits, and channels of which mail goes nowhere."""
    web.serve("/feed", rss(NATO))
    web.serve("/hook", status=410)
    write(desk, web, mail=1)
    assert desk.run("once", "--all").status == 0
    return desk


def write(desk: DeskFiles, web: WebServer, mail: int) -> None:
    channels = CHANNELS.format(mail=mail, hook=web.url("/hook"))
    settings = SETTINGS.replace("channels:\n  shelf: {files: digests/}\n", channels)
    desk.write({"wire": web.url("/feed")}, settings=settings)


def nothing_was_taken(desk: DeskFiles) -> bool:
    document = desk.run("deliveries", "--json").document
    waiting = desk.run("digest", "flash", "--json").document["story_count"]
    return (document, waiting) == ({"deliveries": [], "stopped_channels": {}}, 1)


def messages(desk: DeskFiles) -> list[Message]:
    return list(mailbox.Maildir(desk.state / "mail", create=False))


def test_a_preview_takes_nothing_away(polled: DeskFiles) -> None:
    for options in ([], ["--json"], ["--since", "2h"], ["--html", str(polled.root / "page.html")]):
        assert polled.run("digest", "flash", *options).status == 0
    assert nothing_was_taken(polled)


def test_a_preview_may_leave_out_what_is_older(polled: DeskFiles) -> None:
    with closing(sqlite3.connect(polled.state / "watchdesk.db")) as database, database:
        database.execute("UPDATE matches SET matched_at = matched_at - 7200000000")  # two hours, in µs
    assert polled.run("digest", "flash", "--since", "1h", "--json").document["story_count"] == 0
    assert polled.run("digest", "flash", "--since", "0s", "--json").document["story_count"] == 0
    assert polled.run("digest", "flash", "--since", "1d", "--json").document["story_count"] == 1


def test_a_preview_marks_its_headings_on_a_terminal_alone(polled: DeskFiles) -> None:
    coloured = {name: value for name, value in environment().items() if name != "NO_COLOR"}
    seen = in_terminal(polled.command("digest", "flash"), coloured)
    assert any("NATO SPENDING" in line for line in seen.raw.splitlines() if "\x1b[1;36m" in line)
    assert max(map(len, seen.lines)) <= 80
    assert "\x1b" not in polled.run("digest", "flash").out


def test_a_test_goes_to_its_channel_alone_and_the_matches_still_wait(polled: DeskFiles) -> None:
    answered = polled.run("digest", "flash", "--send", "--to", "folder")
    assert (answered.status, answered.out, answered.err) == (0, "folder: accepted\n", "")
    (message,) = messages(polled)
    assert "NATO agrees a new spending target" in message.as_string()
    assert not (polled.state / "digests").exists()
    assert nothing_was_taken(polled)


def test_each_test_has_an_identity_of_its_own(polled: DeskFiles) -> None:
    for _ in range(2):
        polled.run("digest", "flash", "--send", "--to", "folder")
    assert len({message["Message-ID"] for message in messages(polled)}) == 2


def test_a_test_that_is_not_accepted_is_said_and_leaves_nothing_behind(polled: DeskFiles) -> None:
    answered = polled.run("digest", "flash", "--send", "--to", "desk", "--to", "hook", "--to", "shelf")
    assert answered.status == 1
    desk, hook, shelf = answered.out.splitlines()
    assert desk.startswith("desk: not accepted: 127.0.0.1:1 cannot be reached")
    assert hook.startswith("hook: not accepted: ")
    assert hook.endswith("(a test does not stop the channel)")
    assert shelf == "shelf: accepted"
    assert nothing_was_taken(polled)
    assert polled.run("status").status == 0


def test_a_test_by_mail_arrives(polled: DeskFiles, web: WebServer) -> None:
    with MailReceiver() as server:
        write(polled, web, mail=server.port)
        assert polled.run("digest", "flash", "--send", "--to", "desk", "--since", "1h").status == 0
        assert [received.recipients for received in server.messages] == [("desk@example.org",)]


def test_a_test_when_nothing_waits_shows_what_went_out_before(polled: DeskFiles) -> None:
    polled.run("digest", "flash", "--send")
    assert polled.run("digest", "flash", "--json").document["story_count"] == 0
    assert polled.run("digest", "flash", "--send", "--to", "folder").status == 0
    assert "NATO agrees a new spending target" in messages(polled)[0].as_string()


def test_programs_get_the_outcome_of_each_channel(polled: DeskFiles) -> None:
    answered = polled.run("digest", "flash", "--send", "--to", "shelf", "--to", "desk", "--json")
    trials = json.loads(answered.out)["trials"]
    assert [(trial["channel"], trial["accepted"]) for trial in trials] == [("shelf", True), ("desk", False)]
    assert "cannot be reached" in trials[1]["reason"]


def test_what_is_sent_when_nothing_waits_is_said(polled: DeskFiles) -> None:
    polled.run("digest", "flash", "--send")
    assert (
        "nothing waits for it, and it is not sent when empty" in polled.run("digest", "flash", "--send").err
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["flsh"], "there is no digest 'flsh'; did you mean 'flash'?"),
        (["nonsense"], "there is no digest 'nonsense'; there are: flash"),
        (["flash", "--to", "shelf"], "add --send, or leave out --to"),
        (["flash", "--send", "--to", "shlef"], "there is no channel 'shlef'; did you mean 'shelf'?"),
        (["flash", "--send", "--to", "shelf", "--to", "xx"], "there is no channel 'xx'; there are: shelf, "),
        (["flash", "--send", "--since", "2h"], "--send sends everything that waits"),
        (["flash", "--send", "--since", "0s"], "--send sends everything that waits"),
        (["flash", "--since", "2"], "2 of what?"),
        (["flash", "--html", "/no/such/page.html"], "/no/such/page.html cannot be written"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(
    desk: DeskFiles, web: WebServer, arguments: list[str], said: str
) -> None:
    write(desk, web, mail=1)
    desk.begin()
    answered = desk.run("digest", *arguments)
    assert answered.status == 2
    assert said in answered.err
    assert not any((desk.state / folder).exists() for folder in ("digests", "mail"))
