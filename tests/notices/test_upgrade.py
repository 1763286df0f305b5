"""What an earlier watchdesk told its operators is still a trouble to this one, and is not told again."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.desk import DeskFiles
from watchdesk.app import Desk, open_desk
from watchdesk.configuration import read_configuration
from watchdesk.notices import causes, trouble_of
from watchdesk.pipeline import tell_operators
from watchdesk.remembered import forget, remembered
from watchdesk.reporting import read_facts
from watchdesk.store.open_file import FILE

BEFORE = Path(__file__).parents[1] / "data" / "databases" / "every-trouble-told.sql"
"""The dump of a database in which the watchdesk of then met every trouble that the store knows, at `NOW`, and
told of them all within an hour: while causes were strings, and notes were plain text."""
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = """\
timezone: UTC
channels:
  shelf: {files: digests/}
  hook: {files: hook/}
  desk: {files: desk/}
  night: {files: night/}
  team: {files: team/}
digests:
  a: {rules: all, at: once, to: [shelf], timezone: Asia/Tokyo}
  daily: {rules: all, at: "0 7 * * *", to: [shelf]}
operators: {to: [shelf, team]}
"""
RULES = "rules:\n  storm: {query: storm}\n  calm: {query: calm}\n"
SOURCES = """\
sources:
  gone: {feed: "http://gone.example/feed", title: The Gone}
  down: {feed: "http://down.example/feed", title: The Down}
  never: {feed: "http://never.example/feed", title: The Never}
  moved: {feed: "http://moved.example/feed", title: The Moved}
"""
REASON = (
    "watchdesk.yaml:3:10: 'oops' is not a setting of files\n    shelf: {oops: 1, files: digests/}\n"
    "            ^\n  hint: take it out\nrules/desk.yaml:2:3: no"
)
KEYS = {
    f"configuration:2026-03-01T11:00:00+00:00 {REASON}",
    "dead-notices:team",
    "dead:desk:mx.example:# refused (address) 550 5.1.1",
    "dead:desk:no answer from mx.example:# (given up after # attempts in # days)",
    "digest:a",
    "failing:down",
    "failing:never",
    "failing:night",
    "gone:gone:http://gone.example/feed",
    "moved:moved:https://new.example/feed",
    "overdue:a",
    "overdue:daily",
    "partly:shelf:bob@example.org",
    "partly:shelf:the picture was left out",
    "stopped:hook",
    "template:notice.html.j2",
}


@pytest.fixture
def upgraded(desk: DeskFiles) -> Iterator[Desk]:
    desk.write({}, SETTINGS, RULES)
    (desk.config / "sources.yaml").write_text(SOURCES)
    (desk.config / "templates").mkdir()
    (desk.config / "templates" / "notice.html.j2").write_text("<p>\n{{ view.tittle }}</p>\n")
    desk.state.mkdir()
    with closing(sqlite3.connect(desk.state / FILE)) as old:
        old.executescript(BEFORE.read_text())
    with open_desk(read_configuration(desk.config), desk.state) as opened:
        yield opened


def test_nothing_is_told_twice_after_an_upgrade(upgraded: Desk) -> None:
    told = upgraded.store.reported_troubles()
    assert told.keys() == KEYS
    for hours in (2, 4):
        assert tell_operators(upgraded.plan, upgraded.store, NOW + timedelta(hours=hours)) == []
    assert upgraded.store.reported_troubles() == told


def test_what_was_told_before_is_found_again_for_the_same_reasons(upgraded: Desk) -> None:
    facts = read_facts(upgraded.plan, upgraded.store, NOW)
    found = {(trouble := trouble_of(cause)).cause: trouble.sentence for cause in causes(facts, NOW)}
    (refused,) = (key for key in KEYS if key.startswith("configuration:"))
    told = before(upgraded)
    assert told.pop(refused).endswith(
        "in force. watchdesk.yaml:3:10: 'oops' is not a setting of files; rules/desk.yaml:2:3: no"
    )
    assert found.pop(refused).endswith(REASON)  # without the mistakes apart, which its note did not hold
    assert found.keys() == told.keys()
    for reason in ("no answer", "it answered 410"):
        assert {key for key in found if reason in found[key]} == {key for key in told if reason in told[key]}


def test_what_ends_after_an_upgrade_is_over_and_told_when_it_comes_again(upgraded: Desk) -> None:
    store = upgraded.store
    (failed,) = remembered(store).failed_digests
    forget(store, failed)
    assert tell_operators(upgraded.plan, store, NOW) == []
    assert store.reported_troubles().keys() == KEYS - {"digest:a"}


def before(desk: Desk) -> dict[str, str]:
    """Key → sentence, as they stand in the notices of before."""
    notices = (d for d in desk.store.deliveries(digest="operators") if len(d.digest_id) == 32)
    went_out = desk.store.went_out({notice.digest_id for notice in notices}).values()
    documents = [json.loads(one.rendered.json) for one in went_out]
    return {told["cause"]: told["sentence"] for document in documents for told in document["troubles"]}
