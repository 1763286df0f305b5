"""`watchdesk silence`: what it holds back, and when that is told."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss
from support.web import WebServer
from watchdesk.config.moments import parse_until

BRUSSELS = ZoneInfo("Europe/Brussels")
NATO = item("1", "NATO agrees a new spending target", "Ministers of NATO agreed on defence spending.")
AID = item("2", "Ukraine receives new aid", "Ukraine receives a new support package.")


@pytest.fixture
def quiet(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk on which NATO spending is silent, and that has then found an article of each rule."""
    web.serve("/feed", rss(NATO, AID))
    desk.write({"wire": web.url("/feed")})
    desk.begin()
    assert desk.run("silence", "nato-spending", "--until", "2h").status == 0
    assert desk.run("once", "--all", "--send").status == 0
    return desk


def digests_of(desk: DeskFiles) -> list[str]:
    written = (desk.state / "digests").glob("*.txt")
    return [path.read_text() for path in sorted(written, key=lambda path: path.stat().st_mtime_ns)]


def test_a_silent_rule_holds_back_and_the_others_do_not(quiet: DeskFiles) -> None:
    (text,) = digests_of(quiet)
    assert "Ukraine receives new aid" in text
    assert "NATO agrees" not in text


def test_what_was_held_back_goes_out_when_the_silence_is_over(quiet: DeskFiles) -> None:
    ended = quiet.run("silence", "--end", "1")
    assert ended.out == (
        "nato-spending is no longer silent; the next digest lists 1 article that the silence held back\n"
    )
    assert quiet.run("once", "--send").status == 0
    assert "NATO agrees a new spending target" in digests_of(quiet)[-1]
    assert "receives new aid" not in digests_of(quiet)[-1]


def test_the_list_says_which_rules_are_silent_and_what_is_held_back(quiet: DeskFiles) -> None:
    (row,) = quiet.run("silence", "--list", "--json").document["silences"]
    assert (row["id"], row["rule"], row["held_back"]) == (1, "nato-spending", 1)
    assert "1 article" in quiet.run("silence", "--list").out
    quiet.run("silence", "--end", "1")
    assert quiet.run("silence", "--list").out == "no rule is silent\n"


def test_a_desk_that_has_read_nothing_claims_no_reading(desk: DeskFiles) -> None:
    desk.write({"wire": "http://127.0.0.1:9/feed"})
    desk.begin()
    text = desk.run("digest", "flash").out
    assert "0 articles were looked at" in text
    assert "read" not in text
    assert "well" not in text


def test_a_preview_holds_what_the_digest_would(quiet: DeskFiles) -> None:
    assert "NATO agrees" not in quiet.run("digest", "flash", "--json").out
    quiet.run("silence", "--end", "1")
    assert "NATO agrees" in quiet.run("digest", "flash", "--json").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nato-spendin", "--until", "2h"], "there is no rule 'nato-spendin'; did you mean 'nato-spending'?"),
        (["nato-spending"], "a silence needs an end"),
        (["nato-spending", "--until", "soon"], "'soon' is neither a length of time nor a moment"),
        (["nato-spending", "--until", "2020-01-01"], "'2020-01-01' is over already"),
        (["--end", "7"], "there is no silence 7 in force"),
        ([], "give one of: RULE --until WHEN, --list, --end ID"),
        (["nato-spending", "--list"], "give one of"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(desk: DeskFiles, arguments: list[str], said: str) -> None:
    desk.write({})
    desk.begin()
    answered = desk.run("silence", *arguments)
    assert answered.status == 2
    assert said in answered.err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2h", "2026-11-25T14:00+01:00"),
        ("18:00", "2026-11-25T18:00+01:00"),
        ("9:00", "2026-11-26T09:00+01:00"),
        ("2026-11-30", "2026-11-30T00:00+01:00"),
        ("2026-11-30 09:15", "2026-11-30T09:15+01:00"),
        ("2026-11-30T09:15Z", "2026-11-30T10:15+01:00"),
    ],
)
def test_a_moment_is_read_in_the_desks_zone(text: str, expected: str) -> None:
    now = datetime(2026, 11, 25, 11, tzinfo=UTC)
    moment = parse_until(text, now, BRUSSELS)
    assert moment.astimezone(BRUSSELS).isoformat(timespec="minutes") == expected


@pytest.mark.parametrize("text", ["9999-12-31", "1999999999999d", "36501d"])
def test_a_silence_ends_within_a_hundred_years(text: str) -> None:
    with pytest.raises(ValueError, match="more than a hundred years away"):
        parse_until(text, datetime(2026, 11, 25, 11, tzinfo=UTC), BRUSSELS)


def test_what_waited_when_the_silence_began_is_counted_as_held_back(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO))
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once", "--all").status == 0
    assert desk.run("silence", "nato-spending", "--until", "2h").status == 0
    sent = desk.run("once", "--send", "--json").document
    assert [(one["digest"], one["matches"], one["until"]) for one in sent["waiting"]] == [("flash", 1, None)]
    assert "the rule nato-spending is silent until" in desk.run("once", "--send").out
    (row,) = desk.run("silence", "--list", "--json").document["silences"]
    assert row["held_back"] == 1


def test_what_waits_for_a_schedule_is_said_with_its_time(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO))
    settings = SETTINGS.replace("at: once", 'at: "0 7 1 1 *"')
    desk.write({"wire": web.url("/feed")}, settings=settings)
    said = desk.run("once", "--all", "--send").out
    assert "flash: 1 match waits; it goes out " in said
    assert "07:00" in said


def test_a_failed_poll_is_printed_once(desk: DeskFiles, web: WebServer) -> None:
    desk.write({"wire": web.url("/nothing")})
    answered = desk.run("once", "--all")
    assert (answered.out + answered.err).count("404") == 1
