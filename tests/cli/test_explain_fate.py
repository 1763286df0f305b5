"""`watchdesk explain`: what became of an article, through the real commands, from the feed to the outbox."""

import json
import random
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from support.desk import RULES, SETTINGS, DeskFiles, item, rss
from support.postgresql import Cluster
from support.web import WebServer
from watchdesk.config.cron import CronSchedule
from watchdesk.store.database import Database, database_url

BODY = "Ministers of NATO agreed on defence spending after long talks in the capital."
NATO = item("1", "NATO agrees a new spending target", BODY)
RULE = "nato-spending"


def dated(days: float) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(time.time() - days * 86_400))


def desk_with(
    desk: DeskFiles, web: WebServer, *items: str, settings: str = SETTINGS, send: bool = True
) -> None:
    """Writes the desk, polls its one feed, and sends what is due."""
    web.serve("/feed", rss(*items))
    desk.write({"wire": web.url("/feed")}, settings)
    polled = desk.run("once", "--all", *(["--send"] if send else []))
    assert polled.status == 0, polled.err


def explained(desk: DeskFiles, article: str = "1") -> tuple[Any, str]:
    """The document, and the sentences in it that a terminal shows."""
    document = desk.run("explain", RULE, article, "--json").document
    return document, "\n".join(document["said"])


def settings_with(old: str, new: str) -> str:
    assert old in SETTINGS
    return SETTINGS.replace(old, new)


def made_up(rng: random.Random, count: int) -> str:
    """Words that no other news has."""
    return " ".join("".join(rng.choices("bdfgklmnprstvaeiou", k=9)) for _ in range(count))


def of_its_own(lead: str) -> str:
    """A text that the rule finds, whose lead says nothing of what others say: a story of its own."""
    return f"&lt;p&gt;{lead}&lt;/p&gt;&lt;p&gt;NATO has a spending target.&lt;/p&gt;"


MORNING = settings_with("at: once", 'at: "0 7 * * *"')


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def test_what_was_too_old_when_first_seen_says_so(
    kind: str, desk: DeskFiles, web: WebServer, request: pytest.FixtureRequest
) -> None:
    storage = "sqlite"
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        storage = cluster.new_database()
    old = item("1", "NATO agrees a new spending target", BODY, date=dated(60))
    desk_with(desk, web, old, settings=f"{SETTINGS}storage: {storage}\n")
    document, shown = explained(desk)
    assert (document["matched"], document["fate"], document["reason"]) == (True, "archive-only", "too-old")
    assert "older than `articles.oldest` (30 d)" in shown
    status = desk.run("status", "--json").document
    assert status["archive_only_last_24h"] == {"too-old": 1}
    assert "1 match in the archive only" in desk.run("status").out
    (digest,) = [desk.run("digest", "flash", "--json").document]
    assert digest["archive_only"] == {"too-old": 1}


@pytest.mark.parametrize(
    ("days", "reason", "words"),
    [
        (10, "old-at-first-poll", "articles older than `polling.first_poll` (3 d)"),
        (None, "undated-at-first-poll", "articles without a date"),
    ],
)
def test_what_came_with_the_first_poll_says_so(
    desk: DeskFiles, web: WebServer, days: int | None, reason: str, words: str
) -> None:
    date = "" if days is None else dated(days)
    settings = settings_with("first_poll: all", "first_poll: 3d")
    desk_with(desk, web, item("1", "NATO agrees a new spending target", BODY, date=date), settings=settings)
    document, shown = explained(desk)
    assert (document["fate"], document["reason"]) == ("archive-only", reason)
    assert words in shown


def test_what_waits_says_for_which_digest_and_when_that_goes_out(desk: DeskFiles, web: WebServer) -> None:
    desk_with(desk, web, NATO, settings=MORNING)
    document, shown = explained(desk)
    (course,) = document["digests"]
    at = CronSchedule.parse("0 7 * * *").next_after(datetime.now(UTC), ZoneInfo("Europe/Brussels"))
    assert (document["fate"], course["state"], course["digest"]) == ("waiting", "waiting", "flash")
    assert course["goes_out"] == f"{at:%Y-%m-%dT%H:%M:%SZ}"
    assert re.search(r"It waits for 'flash', which goes out (today|tomorrow) 07:00", shown)


def test_gathering_and_quiet_hours_are_counted_in(desk: DeskFiles, web: WebServer) -> None:
    zone = ZoneInfo("Europe/Brussels")
    now = datetime.now(zone)
    start, end = now - timedelta(hours=1), now + timedelta(hours=2)
    quiet = f'at: once, gather: 30m, quiet: "{start:%H:%M}-{end:%H:%M}"'
    desk_with(desk, web, NATO, settings=settings_with("at: once", quiet))
    (course,) = explained(desk)[0]["digests"]
    assert course["goes_out"] == f"{end.replace(second=0).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    desk.write({"wire": web.url("/feed")}, settings_with("at: once", "at: once, gather: 3h"))
    document, _ = explained(desk)
    (course,) = document["digests"]
    matched = datetime.fromisoformat(document["matched_at"])
    assert datetime.fromisoformat(course["goes_out"]) - matched == timedelta(hours=3)


def test_what_waits_for_a_spike_says_so(desk: DeskFiles, web: WebServer) -> None:
    desk_with(desk, web, NATO, settings=settings_with("at: once", "at: {spike: 4x}"))
    document, shown = explained(desk)
    assert document["digests"][0]["goes_out"] is None
    assert "which goes out when a rule finds many times its usual number" in shown


def test_what_a_silence_holds_back_says_until_when_and_when_it_then_goes_out(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/feed", rss(NATO))
    desk.write({"wire": web.url("/feed")})
    desk.begin()
    desk.run("silence", RULE, "--until", "2h")
    desk.run("once", "--all", "--send")
    document, shown = explained(desk)
    (course,) = document["digests"]
    assert document["fate"] == "silenced"
    assert course["silent_until"] == course["goes_out"] is not None
    assert "nato-spending is silent until" in shown
    desk.run("silence", "--end", "1")
    assert explained(desk)[0]["fate"] == "waiting"
    desk.run("once", "--send")
    (course,) = explained(desk)[0]["digests"]
    assert (course["state"], course["shown"]) == ("sent", "held-back")


def test_what_was_sent_says_in_which_digest_to_which_channel_and_when(
    desk: DeskFiles, web: WebServer
) -> None:
    desk_with(desk, web, NATO)
    document, shown = explained(desk)
    (course,) = document["digests"]
    (delivery,) = course["deliveries"]
    assert (document["fate"], course["shown"]) == ("sent", "story")
    assert (delivery["channel"], delivery["state"]) == ("shelf", "sent")
    assert delivery["sent_at"]
    assert "It went out in 'flash', made today" in shown
    assert re.search(r"  shelf: sent today \d\d:\d\d", shown)
    assert shown in desk.run("explain", RULE, "1").out


def test_what_could_not_be_sent_says_why_and_how_to_send_it_again(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/hook", b"gone", status=410)
    hook = f"  hook: {{webhook: {{url: '{web.url('/hook')}'}}}}\n"
    settings = settings_with("channels:\n", f"channels:\n{hook}").replace("to: [shelf]", "to: [shelf, hook]")
    web.serve("/feed", rss(NATO))
    desk.write({"wire": web.url("/feed")}, settings)
    desk.run("once", "--all", "--send")
    document, shown = explained(desk)
    assert document["fate"] == "dead"
    states = {d["channel"]: d["state"] for d in document["digests"][0]["deliveries"]}
    assert states == {"shelf": "sent", "hook": "dead"}
    assert "hook: could not be sent: " in shown
    assert "answered 410" in shown
    assert "watchdesk deliveries retry " in shown
    desk.write({"wire": web.url("/feed")}, settings.replace("[shelf, hook]", "[hook]"))
    web.serve("/feed", rss(NATO, item("2", "NATO has another spending target", f"Later that day: {BODY}")))
    desk.run("once", "--all", "--send")
    for delivery in desk.run("deliveries", "--json").document["deliveries"]:
        if delivery["state"] != "sent":
            desk.run("deliveries", "drop", delivery["id"])
    document, shown = explained(desk, "2")
    assert document["fate"] == "dropped"
    assert "It is in 'flash'" in shown


def test_what_no_digest_asks_for_says_so_and_what_asks_for_it_since(desk: DeskFiles, web: WebServer) -> None:
    desk_with(desk, web, NATO, settings=settings_with("rules: all", "rules: [ukraine-aid]"))
    document, shown = explained(desk)
    assert (document["matched"], document["fate"]) == (True, "no-digest")
    assert "It is in no digest, because none asks for this rule" in shown
    desk.write({"wire": web.url("/feed")})
    document, shown = explained(desk)
    assert document["fate"] == "asked-later"
    assert "that digest asks for this rule now" in shown


def test_what_a_rule_found_before_it_was_changed_says_so(desk: DeskFiles, web: WebServer) -> None:
    desk_with(desk, web, NATO)
    changed = RULES.replace('NATO AND ("defence spending" OR "spending target")', "Zanzibar")
    desk.write({"wire": web.url("/feed")}, rules=changed)
    document, shown = explained(desk)
    assert (document["matched"], document["fate"]) == (False, "sent")
    assert "has been changed since" in shown
    assert "It went out in 'flash'" in shown


def test_what_a_rule_finds_only_since_it_was_changed_says_so(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO))
    other = RULES.replace('NATO AND ("defence spending" OR "spending target")', "Zanzibar")
    desk.write({"wire": web.url("/feed")}, rules=other)
    desk.run("once", "--all", "--send")
    assert explained(desk)[0]["fate"] == "not-found"
    desk.write({"wire": web.url("/feed")})
    document, shown = explained(desk)
    assert (document["matched"], document["fate"]) == (True, "found-since")
    assert "`watchdesk backtest nato-spending`" in shown


def test_what_was_folded_says_into_which_story(desk: DeskFiles, web: WebServer) -> None:
    copy = item("9", "NATO agrees a new spending target", BODY, link="http://copy.example/9")
    web.serve("/feed", rss(NATO))
    web.serve("/copy", rss(copy, title="The Copyist"))
    desk.write({"wire": web.url("/feed"), "copyist": web.url("/copy")})
    assert desk.run("once", "--all", "--send").status == 0
    shown = set()
    for address in ("http://example.org/1", "http://copy.example/9"):
        (course,) = explained(desk, address)[0]["digests"]
        shown.add((course["shown"], course["within"]))
    assert shown == {("story", None), ("folded", "NATO agrees a new spending target")}


def test_what_stood_as_a_headline_or_was_only_counted_says_so(desk: DeskFiles, web: WebServer) -> None:
    words = random.Random(1)
    first, other = (item(n, made_up(words, 4), of_its_own(made_up(words, 40))) for n in "12")
    settings = settings_with("at: once, to: [shelf]", "at: once, to: [shelf], most: 1")
    desk_with(desk, web, first, other, settings=settings)
    shown = {explained(desk, number)[0]["digests"][0]["shown"] for number in ("1", "2")}
    assert shown == {"story", "headline"}


def test_what_came_before_the_reason_was_kept_says_that_nobody_knows(desk: DeskFiles, web: WebServer) -> None:
    desk_with(desk, web, item("1", "NATO agrees a new spending target", BODY, date=dated(60)))
    database = Database(database_url("sqlite", desk.state))
    with database.write() as connection:
        connection.execute(text("UPDATE matches SET standing = NULL"))
    database.close()
    document, shown = explained(desk)
    assert (document["fate"], document["reason"]) == ("archive-only", "not-recorded")
    assert "the reason was not recorded" in shown


def test_the_address_may_be_written_as_it_was_found_elsewhere(desk: DeskFiles, web: WebServer) -> None:
    desk_with(desk, web, NATO, send=False)
    for address in (
        "http://example.org/1?utm_source=newsletter&utm_medium=mail",
        "https://www.example.org/1",
        "https://example.org/1/#:~:text=NATO",
        "example.org/1",
    ):
        assert explained(desk, address)[0]["article"] == 1, address


def test_an_address_of_several_articles_lists_their_numbers_and_prefers_the_exact_one(
    desk: DeskFiles, web: WebServer
) -> None:
    rain = "Rain fell in the west today, and the sun shone elsewhere, the office of weather said."
    page = "http://example.org/press.html"
    notices = (
        item("1", "NATO agrees a new spending target", BODY, f"{page}#r1"),
        item("2", "Rain", rain, f"{page}#r2"),
    )
    desk_with(desk, web, *notices)
    numbers = {}
    for anchor in ("#r1", "#r2"):
        document, shown = explained(desk, f"{page}{anchor}")
        numbers[anchor] = document["article"]
        assert document["same_address"] == [3 - document["article"]]
        assert "1 other article with this address" in shown
        assert document["matched"] == (anchor == "#r1")
    assert "NATO agrees a new spending target" in explained(desk, f"{page}#r2")[1]
    assert sorted(numbers.values()) == [1, 2]
    assert "Its page, which may have more, is not read" in explained(desk, str(numbers["#r2"]))[1]


def test_a_page_that_is_still_to_be_read_is_a_reason_not_to_match(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/page", b"", status=503)
    away = item("1", "NATO agrees", "Short.", link=web.url("/page"))
    desk_with(desk, web, away, settings=settings_with("full_text: never", "full_text: when-short"))
    document, shown = explained(desk)
    assert (document["matched"], document["fate"]) == (False, "not-found")
    assert "the article's own page could not be read yet" in shown
    assert "HTTP 503" in shown


def test_an_address_that_did_not_come_names_the_sources_of_its_site(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/down", b"", status=500)
    web.serve("/gap", rss(*(item(str(n), f"Story {n}", BODY) for n in (1, 2, 3))))
    web.serve("/feed", rss(NATO))
    desk.write({name: web.url(f"/{name}") for name in ("feed", "down", "gap")})
    sources = desk.config / "sources.yaml"
    sources.write_text(
        f"{sources.read_text()}  still: {{feed: '{web.url('/still')}', paused: true}}\n"
        "  elsewhere: {feed: 'http://127.0.0.9:1/feed', paused: true}\n"
    )
    desk.run("once", "--all")
    web.serve("/gap", rss(*(item(str(n), f"Story {n}", BODY) for n in (7, 8, 9))))
    desk.run("once", "--all")
    answered = desk.run("explain", RULE, web.url("/lost/article"), "--json")
    assert answered.status == 2
    assert "the archive has no article" in answered.err
    document = answered.document
    found = {source["id"]: source for source in document["sources"]}
    assert (document["in_archive"], document["fate"]) == (False, "not-stored")
    assert {name: source["reading"] for name, source in found.items()} == {
        "feed": "well",
        "down": "failing",
        "gap": "well",
        "still": "paused",
    }
    assert found["gap"]["gaps"] == 1
    assert found["gap"]["last_gap"]
    assert found["feed"]["last_success"]
    shown = desk.run("explain", RULE, web.url("/lost/article")).out
    assert "4 sources of 127.0.0.1 could have brought it:" in shown
    assert re.search(r"feed \(A feed\): last read \d+ s ago, next ", shown)
    assert "1 gap, the last on" in shown
    assert "failing: " in shown
    assert "paused: sources.yaml says" in shown


def test_an_address_of_a_site_that_nobody_reads_says_how_to_follow_it(
    desk: DeskFiles, web: WebServer
) -> None:
    desk_with(desk, web, NATO)
    answered = desk.run("explain", RULE, "https://news.unread.co.uk/story/12")
    assert answered.status == 2
    assert "No source reads unread.co.uk" in answered.out
    for no_address in ("ftp://example.org/1", "1.5"):
        assert desk.run("explain", RULE, no_address).out == ""
    assert "watchdesk sources add https://unread.co.uk" in answered.out
    named = desk.run("explain", RULE, "https://sub.example.org/story/12", "--json").document
    assert [source["id"] for source in named["sources"]] == ["wire"]  # its articles are from there


def test_a_pass_says_of_what_it_found_that_it_waits_for_no_digest(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(item("1", "NATO agrees a new spending target", BODY, date=dated(60))))
    desk.write({"wire": web.url("/feed")})
    told = f"waits for no digest; to see why: watchdesk explain {RULE} 1"
    assert told in desk.run("once", "--all").out
    assert "in the archive only: too old, or undated at the first poll" in desk.run("status").out
    web.serve("/feed", rss(item("2", "NATO asks for more", BODY.replace("long", "short"))))
    assert "waits for no digest" not in desk.run("once", "--all").out


def test_the_foot_of_a_digest_counts_what_was_too_old_to_be_told(desk: DeskFiles, web: WebServer) -> None:
    old = item("2", "NATO had a spending target", BODY.replace("long", "short"), date=dated(60))
    desk_with(desk, web, NATO, old)
    (page,) = (desk.state / "digests").glob("*-flash-*.txt")
    assert "1 article that these rules found was too old to be reported" in " ".join(page.read_text().split())
    document = json.loads(page.with_suffix(".json").read_text())
    assert document["archive_only"] == {"too-old": 1}


def test_the_foot_names_whom_to_ask(desk: DeskFiles, web: WebServer) -> None:
    mail = "from: w@example.org, server: smtp://127.0.0.1:9"
    operators = "operators: {to: [ops]}\n"
    cases = [
        (", reply_to: editor@example.org", operators, "editor@example.org"),
        ("", operators, "ops@example.org"),
        ("", "", "desk@example.org"),
    ]
    desk_with(desk, web, NATO, settings=MORNING, send=False)
    for reply_to, told, asked in cases:
        channels = (
            f"channels:\n  mail: {{email: {{to: [reader@example.org], {mail}{reply_to}}}}}\n"
            f"  ops: {{email: {{to: [ops@example.org], {mail}}}}}\n"
        )
        settings = MORNING.replace("channels:\n", channels).replace("to: [shelf]", "to: [mail]") + told
        desk.write({"wire": web.url("/feed")}, settings)
        assert f"Write to {asked}." in " ".join(desk.run("digest", "flash").out.split())
    assert desk.run("digest", "flash", "--json").document["ask"] == [asked]


def test_a_rule_that_found_more_in_a_day_than_anyone_reads_is_told(desk: DeskFiles, web: WebServer) -> None:
    words = random.Random(1)
    many = (item(str(n), made_up(words, 4), of_its_own(made_up(words, 40))) for n in range(101))
    desk_with(desk, web, *many, send=False)
    assert desk.run("status", "--json").document["too_wide"] == {RULE: 101}
    assert "too wide    nato-spending: 101 articles in 24 hours" in desk.run("status").out
    assert desk.run("rules", "--json").document["too_wide"] == {RULE: 101}
    assert "nato-spending found 101 articles in the last 24 hours" in " ".join(desk.run("rules").out.split())
    assert "Widest: NATO spending (101)." in " ".join(desk.run("digest", "flash").out.split())
