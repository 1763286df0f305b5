"""`watchdesk deliveries`: the outbox as a person reads it, and what is done about what did not go out."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from support.desk import SETTINGS, DeskFiles, environment
from support.terminal import in_terminal
from watchdesk.documents.deliveries import when_of
from watchdesk.documents.words import day_and_time
from watchdesk.model import Delivery, DeliveryState, Digest, Rendered
from watchdesk.store import SqlStore, open_store

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
TWO = SETTINGS.replace(
    "  shelf: {files: digests/}\n", "  shelf: {files: digests/}\n  desk: {maildir: mail/}\n"
)
REFUSED = "mail.example.org:25 refused desk@example.org: 550 5.1.1 User unknown\x1b[31m (queue 4ZfX3k1mP2z)"
SUBJECT = "Flash: 12 stories, and a headline that goes on and on until no terminal has room for it any more"


@dataclass
class Outbox:
    """Lays deliveries into the outbox of a desk."""

    store: SqlStore
    now: datetime
    made: int = 0

    def put(
        self,
        identity: str,
        state: str,
        channel: str = "desk",
        error: str | None = None,
        digest: str = "flash",
    ) -> None:
        self.made += 1
        made = self.now - timedelta(hours=1) + timedelta(seconds=self.made)
        delivery = Delivery(
            id=identity,
            digest_id=f"d{self.made}",
            digest_name=digest,
            channel=channel,
            state=DeliveryState(state),
            created_at=made,
            due_at=self.now + timedelta(hours=5),
            attempts=3 if error else 0,
            error=error,
            sent_at=self.now if state == "sent" else None,
        )
        kept = Digest(digest, "Flash", made, None, (), id=f"d{self.made}")
        assert self.store.commit_digest(kept, Rendered(SUBJECT, "", "", "{}"), [delivery], [], None)


@pytest.fixture
def full(desk: DeskFiles) -> DeskFiles:
    """A desk whose outbox holds a delivery of each kind."""
    desk.write({}, settings=TWO)
    desk.state.mkdir()
    now = datetime.now(UTC)
    with closing(open_store("sqlite", desk.state)) as store:
        store.know_digests(["flash"], now)
        outbox = Outbox(store, now)
        outbox.put("abcd1111" + "0" * 24, "sent", "shelf")
        outbox.put("abcd2222" + "0" * 24, "dead", error=REFUSED)
        outbox.put("bbbb1111" + "0" * 24, "dead", error=REFUSED)
        outbox.put("cccc1111" + "0" * 24, "waiting", error="no answer in time")
        outbox.put("dddd1111" + "0" * 24, "waiting", "shelf", digest="operators")
        store.stop_channel("shelf", "it answered 410", now)
    return desk


def states(desk: DeskFiles) -> dict[str, str]:
    rows = desk.run("deliveries", "--json").document["deliveries"]
    return {row["id"][:8]: row["state"] for row in rows}


def test_the_outbox_is_shown_newest_first_with_subjects_and_reasons(full: DeskFiles) -> None:
    lines = full.run("deliveries").out.splitlines()
    assert lines[0] == "dddd1111  waiting  operators → shelf  its channel is stopped"
    assert lines[2] == "cccc1111  waiting  flash → desk       next try in 4 h, 3 attempts"
    assert lines[3:5] == [f"          {SUBJECT}", "          no answer in time"]
    assert lines[5].startswith("bbbb1111  dead     flash → desk       made ")
    assert lines[11].startswith("abcd1111  sent     flash → shelf      sent today ")
    assert "The channel shelf is stopped: it answered 410" in lines
    assert "To start it again: watchdesk deliveries retry --channel shelf" in lines
    assert "5 deliveries" in lines


def test_what_a_server_said_does_not_steer_the_terminal(full: DeskFiles) -> None:
    assert "\x1b" not in full.run("deliveries").out


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--state", "dead"], ["bbbb1111", "abcd2222"]),
        (["--channel", "shelf"], ["dddd1111", "abcd1111"]),
        (["--digest", "operators"], ["dddd1111"]),
        (["--digest", "flash", "--channel", "desk", "--state", "waiting"], ["cccc1111"]),
        (["--limit", "2"], ["dddd1111", "cccc1111"]),
    ],
)
def test_the_outbox_is_narrowed(full: DeskFiles, options: list[str], expected: list[str]) -> None:
    rows = full.run("deliveries", "--json", *options).document["deliveries"]
    assert [row["id"][:8] for row in rows] == expected


def test_programs_get_subject_error_and_when_it_is_tried_next(full: DeskFiles) -> None:
    document = full.run("deliveries", "--json").document
    stopped, waiting, dead, *_, sent = document["deliveries"]
    assert (waiting["subject"], waiting["error"], waiting["attempts"]) == (SUBJECT, "no answer in time", 3)
    assert waiting["next_attempt"] == waiting["due_at"]
    assert [row["next_attempt"] for row in (stopped, dead, sent)] == [None] * 3
    assert sent["sent_at"]
    assert document["stopped_channels"] == {"shelf": "it answered 410"}


def test_an_empty_outbox_says_so(desk: DeskFiles) -> None:
    desk.write({})
    desk.begin()
    assert desk.run("deliveries").out == "the outbox is empty: no digest has been made yet\n"
    assert desk.run("deliveries", "--state", "dead").out == "no such delivery\n"


def test_an_id_may_be_shortened(full: DeskFiles) -> None:
    assert full.run("deliveries", "retry", "bbbb").out == "bbbb1111 (flash → desk): due now\n"
    assert full.run("deliveries", "drop", "ABCD2").out == "abcd2222 (flash → desk): dropped\n"
    assert states(full) == {
        "dddd1111": "waiting", "cccc1111": "waiting", "bbbb1111": "waiting",
        "abcd2222": "dropped", "abcd1111": "sent",
    }  # fmt: skip


def test_a_beginning_of_several_ids_names_them_and_changes_nothing(full: DeskFiles) -> None:
    answered = full.run("deliveries", "drop", "bbbb", "abcd")
    assert answered.status == 2
    assert "'abcd' is the beginning of several ids; give more of it:" in answered.err
    assert "abcd1111  sent " in answered.err
    assert "abcd2222  dead " in answered.err
    assert states(full)["bbbb1111"] == "dead"


def test_what_cannot_be_retried_says_why(full: DeskFiles) -> None:
    answered = full.run("deliveries", "retry", "abcd1", "nothing", "bbbb")
    assert answered.status == 1
    assert "abcd1111 (flash → shelf): is sent, so nothing was done" in answered.err
    assert "nothing: there is no such delivery" in answered.err
    assert states(full)["bbbb1111"] == "waiting"


@pytest.mark.parametrize("options", [["--all"], ["--channel", "desk"]])
def test_all_dead_ones_are_retried_at_once(full: DeskFiles, options: list[str]) -> None:
    answered = full.run("deliveries", "retry", *options)
    assert (answered.status, "dead" in states(full).values()) == (0, False)
    assert "2 deliveries" in answered.out
    assert full.run("deliveries", "retry", *options).out.endswith("is dead\n")


def test_retrying_a_channel_restarts_it_though_none_is_dead(full: DeskFiles) -> None:
    assert (
        "the channel shelf accepts deliveries again"
        in full.run("deliveries", "retry", "--channel", "shelf").out
    )
    assert full.run("deliveries", "--json").document["stopped_channels"] == {}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--channel", "dsk"], "there is no channel 'dsk'; did you mean 'desk'?"),
        (["--digest", "flsh"], "there is no digest 'flsh'; did you mean 'flash'?"),
        (["retry"], "give one of: ids, --channel NAME for its dead ones, --all"),
        (["retry", "bbbb", "--all"], "give one of"),
        (["retry", "--channel", "nonsense"], "there is no channel 'nonsense'; there are: shelf, desk"),
        (["retry", "bb"], "'bb' is too short for an id"),
        (["drop"], "Missing argument"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(full: DeskFiles, arguments: list[str], said: str) -> None:
    answered = full.run("deliveries", *arguments)
    assert answered.status == 2
    assert said in answered.err


def test_rows_fit_a_terminal_of_80_columns_in_colour(full: DeskFiles) -> None:
    coloured = {name: value for name, value in environment().items() if name != "NO_COLOR"}
    seen = in_terminal(full.command("deliveries"), coloured)
    assert max(map(len, seen.lines)) <= 80
    assert "\x1b[1;31mbbbb1111" in seen.raw
    assert any(line.endswith(" …") for line in seen.lines)


def test_a_terminal_without_colours_gets_none(full: DeskFiles) -> None:
    assert "\x1b[1;31m" not in in_terminal(full.command("deliveries"), environment()).raw


def test_status_fits_a_screen_and_says_what_waits_and_when_it_goes_out(full: DeskFiles) -> None:
    more = "".join(f"  d{n}: {{rules: all, at: '0 7 * * *', to: [desk]}}\n" for n in range(20))
    full.write({}, settings=TWO + more)
    seen = in_terminal(full.command("status"), environment())
    assert seen.status == 1
    assert max(map(len, seen.lines)) <= 80
    assert len(seen.lines) <= 24
    assert "deliveries  2 waiting, 2 dead" in seen.lines
    assert "digest      flash: nothing waiting, goes out as soon as something matches" in seen.lines
    assert any(line.startswith("digest      d0: nothing waiting, goes out to") for line in seen.lines)
    document = full.run("status", "--json").document
    assert document["deliveries"] == {"waiting": 2, "dead": 2}
    assert datetime.fromisoformat(document["next_digests"]["d0"]).astimezone(BRUSSELS).hour == 7
    assert document["next_digests"]["flash"] is None


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (-14, "yesterday 22:00"), (-2, "today 10:00"), (1, "today 13:00"), (19, "tomorrow 07:00"),
        (48, "Friday 12:00"), (24 * 7, "2026-12-02 12:00"), (-48, "2026-11-23 12:00"),
    ],
)  # fmt: skip
def test_days_are_named_as_people_name_them(hours: int, said: str) -> None:
    noon = datetime(2026, 11, 25, 12, tzinfo=BRUSSELS)
    assert day_and_time(noon + timedelta(hours=hours), noon, BRUSSELS) == said


def test_a_delivery_under_way_says_so() -> None:
    leased = Delivery("x", "d", "flash", "desk", DeliveryState.LEASED, NOON, NOON)
    assert when_of(leased, {}, NOON, UTC) == "being sent"


def test_an_outbox_that_cannot_be_opened_is_told(desk: DeskFiles) -> None:
    desk.write({})
    desk.state.mkdir()
    (desk.state / "watchdesk.db").write_bytes(b"not a database, whatever its name" * 100)
    answered = desk.run("deliveries")
    assert (answered.status, answered.out) == (2, "")
    assert f"{desk.state / 'watchdesk.db'} is damaged" in answered.err
    assert "put a backup in its place" in answered.err
