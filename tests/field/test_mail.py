"""Mail servers as bug reports describe them; each test bears the name of its case in tests/data/field."""

import base64
import email
import email.policy
import json
import sqlite3
from contextlib import closing
from email.message import EmailMessage

from support.desk import SETTINGS, DeskFiles, item, rss
from support.smtp import DROP, Replies, ScriptedMailServer
from support.web import WebServer

NEWS = item("1", "NATO spending target")


def written(
    desk: DeskFiles, web: WebServer, server: ScriptedMailServer, *items: str, **options: object
) -> None:
    """A desk that mails what it finds in a feed of these items."""
    web.serve("/feed", rss(*(items or (NEWS,))))
    options |= {"to": ["desk@example.org"], "from": "watchdesk@example.org"}
    options["server"] = f"smtp://127.0.0.1:{server.port}"
    channel = json.dumps({"email": options}, ensure_ascii=False)
    settings = SETTINGS.replace("{files: digests/}", channel).replace(
        "to: [shelf]", "to: [shelf], gather: 0s"
    )
    desk.write({"wire": web.url("/feed")}, settings=settings)


def states(desk: DeskFiles) -> list[tuple[str, int]]:
    """State and attempts of every delivery, after one more pass that sends what is due."""
    assert desk.run("once", "--all", "--send").status in (0, 1)
    document = desk.run("deliveries", "--json").document
    return [(delivery["state"], delivery["attempts"]) for delivery in document["deliveries"]]


def wait_is_over(desk: DeskFiles) -> None:
    """What waits for its next attempt is due now."""
    with closing(sqlite3.connect(desk.state / "watchdesk.db")) as connection, connection:
        connection.execute("UPDATE deliveries SET due_at = 0 WHERE state = 'waiting'")


def sent_after(desk: DeskFiles, web: WebServer, replies: Replies) -> ScriptedMailServer:
    """A server that puts the first attempt off and takes the second; asserts that it did."""
    with ScriptedMailServer(replies) as server:
        written(desk, web, server)
        assert states(desk) == [("waiting", 1)]
        wait_is_over(desk)
        assert states(desk) == [("sent", 2)]
        return server


def message(server: ScriptedMailServer) -> EmailMessage:
    [content] = server.contents
    read = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_60_greylisted_recipient(desk: DeskFiles, web: WebServer) -> None:
    """Delivered on a later try, once."""
    server = sent_after(desk, web, {"rcpt": ["451 4.7.1 Greylisting in action", "250 ok"]})
    assert len(server.contents) == 1


def test_63_daily_quota_550_5_4_5(desk: DeskFiles, web: WebServer) -> None:
    """A quota of the sender's account says nothing about the reader: the mail is tried again, not dead."""
    replies = ["550 5.4.5 Daily user sending quota exceeded.", "250 ok"]
    sent_after(desk, web, {"content": replies})


def test_65_xoauth2_only(desk: DeskFiles, web: WebServer) -> None:
    """A server that takes nothing but tokens is given one."""
    (desk.root / "token").write_text("a-token\n")
    extensions = ["AUTH XOAUTH2 OAUTHBEARER", "8BITMIME"]
    with ScriptedMailServer({"auth": "235 2.7.0 fine"}, extensions=extensions) as server:
        written(desk, web, server, user="ann@example.org", token={"file": str(desk.root / "token")})
        assert states(desk) == [("sent", 1)]
    [login] = [command for command in server.commands if command.startswith("AUTH ")]
    assert b"auth=Bearer a-token\x01\x01" in base64.b64decode(login.split(" ")[2])


def test_66_cram_md5_broken_plain_good(desk: DeskFiles, web: WebServer) -> None:
    """The next mechanism is tried where the first is refused."""
    replies = {"auth": ["535 5.7.8 CRAM-MD5 is broken here", "235 2.7.0 fine"]}
    with ScriptedMailServer(replies, extensions=["AUTH CRAM-MD5 PLAIN LOGIN"]) as server:
        written(desk, web, server, user="ann", password="secret")
        assert states(desk) == [("sent", 1)]


def test_67_password_beyond_ascii(desk: DeskFiles, web: WebServer) -> None:
    """RFC 4616: in UTF-8."""
    with ScriptedMailServer({"auth": "235 2.7.0 fine"}, extensions=["AUTH PLAIN LOGIN"]) as server:
        written(desk, web, server, user="ann", password="Grüße£")
        assert states(desk) == [("sent", 1)]
    [login] = [command for command in server.commands if command.startswith("AUTH PLAIN ")]
    assert base64.b64decode(login.split(" ")[2]) == "\0ann\0Grüße£".encode()


def test_69_one_click_unsubscribe(desk: DeskFiles, web: WebServer) -> None:
    """RFC 8058 posts are asked for where the desk says that its address takes them, and never by default."""
    asked = {}
    for one_click in (False, True):
        options = {"one_click": True} if one_click else {}
        folder = DeskFiles(desk.root / str(one_click))
        with ScriptedMailServer() as server:
            written(folder, web, server, unsubscribe="https://example.org/leave", **options)
            assert states(folder) == [("sent", 1)]
        read = message(server)
        assert read["List-Unsubscribe"] == "<https://example.org/leave>"
        asked[one_click] = read["List-Unsubscribe-Post"]
    assert asked == {False: None, True: "List-Unsubscribe=One-Click"}


def test_70_long_lines_emoji_dots(desk: DeskFiles, web: WebServer) -> None:
    """No line is longer than RFC 5322 allows, none ends without CR, and no character is cut in two."""
    title = "NATO spending target 🛰️🚀 " + "Langeswort" * 260
    link = "http://example.org/" + "a" * 1481
    with ScriptedMailServer() as server:
        written(desk, web, server, item("1", title, ".\n.first\n..second", link=link))
        assert states(desk) == [("sent", 1)]
    [content] = server.contents
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    read = message(server)
    assert "🛰️🚀" in read["Subject"] + str(read.get_body(("plain",)))
    for kind in ("plain", "html"):
        body = read.get_body((kind,))
        assert body is not None
        text = body.get_content()
        assert link in text
        assert "\ufffd" not in text


def test_72_closes_at_quit(desk: DeskFiles, web: WebServer) -> None:
    """Sent once: after 250 the message is the server's."""
    with ScriptedMailServer({"quit": DROP}) as server:
        written(desk, web, server)
        assert states(desk) == [("sent", 1)]
        assert states(desk) == [("sent", 1)]
    assert len(server.contents) == 1


def test_73_helo_needs_fqdn(desk: DeskFiles, web: WebServer) -> None:
    """The name in the greeting can be set; without one it has a dot or is an address."""
    greetings = {}
    for helo in (None, "mail.example.org"):
        folder = DeskFiles(desk.root / str(helo))
        with ScriptedMailServer() as server:
            written(folder, web, server, **({"helo": helo} if helo else {}))
            assert states(folder) == [("sent", 1)]
        greetings[helo] = server.commands[0].partition(" ")[2]
    assert greetings["mail.example.org"] == "mail.example.org"
    given = greetings[None]
    assert "." in given or given.startswith("[")
