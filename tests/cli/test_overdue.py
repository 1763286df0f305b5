"""Matches past the time of their digest need a person, whoever should have made it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from support.desk import DeskFiles, item, rss
from support.web import WebServer

NATO = item("1", "NATO agrees a new spending target", "Ministers of NATO agreed on defence spending.")
SETTINGS = """\
polling: {every: 1s, fastest: 1s, first_poll: all, private_addresses: allow, timeout: 5s}
articles: {full_text: never}
channels: {shelf: {files: digests/}}
digests:
  minutely: {title: Minutely, rules: all, at: "* * * * *", to: [shelf]}
  yearly: {title: Yearly, rules: all, at: "0 0 1 1 *", to: [shelf]}
"""


def age(desk: DeskFiles, minutes: int) -> None:
    """Makes what the database holds so much older."""
    with closing(sqlite3.connect(desk.state / "watchdesk.db")) as database:
        for table, column in (("matches", "matched_at"), ("digest_marks", "known_since")):
            database.execute(f"UPDATE {table} SET {column} = {column} - ?", (minutes * 60_000_000,))
        database.commit()


def note(desk: DeskFiles, name: str, value: str) -> None:
    with closing(sqlite3.connect(desk.state / "watchdesk.db")) as database:
        database.execute("INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)", (name, value))
        database.commit()


def test_matches_past_the_time_of_their_digest_need_a_person(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    assert desk.run("once", "--all").status == 0
    assert desk.run("status").status == 0
    age(desk, 5)
    note(desk, "service.started", datetime.now(UTC).isoformat())
    assert desk.run("status").status == 0, "a service that has just started catches up"
    note(desk, "service.started", (datetime.now(UTC) - timedelta(minutes=3)).isoformat())
    late = desk.run("status", "--json")
    assert late.status == 1
    (need,) = late.document["needs"]
    assert need.startswith("The digest minutely was due at ")
    assert "1 match waits for it" in need
    assert "watchdesk once --send" in need
    assert desk.run("once", "--send").status == 0
    assert desk.run("status").status == 0


def test_check_does_not_say_all_well_after_a_warning(desk: DeskFiles) -> None:
    desk.write({}, settings=SETTINGS)
    assert ": all well" in desk.run("check").out
    rules = desk.config / "rules" / "desk.yaml"
    rules.write_text("rules:\n  bonn:\n    title: Bonn\n    query: Bonn AND lang:german\n")
    answered = desk.run("check")
    assert answered.status == 0
    assert answered.out.endswith("1 rule, 2 digests: usable, with 1 warning\n")
    assert "all well" not in answered.out
