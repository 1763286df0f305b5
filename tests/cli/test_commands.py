import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from support.desk import DeskFiles, environment, item, rss
from support.terminal import in_terminal
from support.web import WebServer
from watchdesk.store import open_store

SEED_SHAPE = Path("tests/data/articles/seed-shape.html").resolve()
NATO = item("1", "NATO agrees a new spending target", "Ministers of NATO agreed on defence spending.")


@pytest.fixture
def polled(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk with one matching article in its archive."""
    web.serve("/feed", rss(NATO))
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once", "--all").status == 0
    return desk


def test_try_shows_what_an_article_became_and_why_rules_match(desk: DeskFiles) -> None:
    desk.write({})
    document = desk.run("try", str(SEED_SHAPE), "--json").document
    article = document["article"]
    assert article["published_at"] == "2025-02-12T07:38:00Z"
    assert article["published_known"] == "zone-assumed"
    assert article["sections"][0]["heading"].startswith("Introduction")
    assert "Share." in article["removed"]
    assert not any("Exit mobile" in p for s in article["sections"] for p in s["paragraphs"])
    match = next(m for m in document["matches"] if m["rule"] == "ukraine-aid")
    span = next(s for s in match["spans"] if s["field"] == "body")
    assert article["text"][span["start"] : span["end"]].lower() in ("ukraine", "aid")


FULL_THEME = SEED_SHAPE.with_name("full-theme.html")
PAGE_STEPS = [
    "address",
    "title",
    "structure",
    "text",
    "teasers",
    "opening",
    "elsewhere",
    "end",
    "date",
    "byline",
    "language",
]


def test_try_tells_what_each_step_did_in_order(desk: DeskFiles) -> None:
    desk.write({})
    steps = desk.run("try", str(FULL_THEME), "--steps", "--json").document["steps"]
    assert [step["step"] for step in steps] == PAGE_STEPS
    told = {step["step"]: step for step in steps}
    assert told["title"]["considered"][0]["where"] == "linked data"
    assert told["title"]["result"] == "Port strike enters second week & talks stall"
    assert "Newsletter" in told["structure"]["removed"]
    assert told["structure"]["why"].startswith("navigation, sharing")
    assert "Ana Belmonte writes about the sea." in told["text"]["removed"]
    assert told["date"]["result"] == "2025-03-04 17:05:00 UTC, exact"
    assert {"where": "claimed", "said": "admin"} in told["byline"]["considered"]
    assert (told["byline"]["result"], told["language"]["result"]) == ("Ana Belmonte", "en")
    assert "steps" not in desk.run("try", str(FULL_THEME), "--json").document


def test_the_steps_do_not_change_the_article(desk: DeskFiles) -> None:
    desk.write({})
    for page in sorted(SEED_SHAPE.parent.glob("*.html")):
        plain, told = (desk.run("try", str(page), "--json", *more).document for more in ((), ("--steps",)))
        assert told.pop("steps")
        assert told == plain


def test_a_terminal_of_80_columns_shows_the_steps_by_number(desk: DeskFiles) -> None:
    desk.write({})
    seen = in_terminal(desk.command("try", str(FULL_THEME), "--steps"), environment())
    shown = "\n".join(seen.lines)
    places = [shown.index(f"{number:>2} {name}") for number, name in enumerate(PAGE_STEPS, start=1)]
    assert seen.status == 0
    assert places == sorted(places)
    assert "− Sign up for our newsletter" in shown
    assert "because navigation, sharing" in shown
    assert max(map(len, seen.lines)) <= 80


def test_the_steps_of_a_feeds_entries_are_told_too(desk: DeskFiles, tmp_path: Path) -> None:
    desk.write({})
    feed = tmp_path / "feed.xml"
    feed.write_bytes(rss(NATO, item("2", "A fleet sails", date="26 Nov 2025 18:40 GMT")))
    first, second = desk.run("try", str(feed), "--steps", "--json").document["entries"]
    names = [step["step"] for step in first["steps"]]
    assert names == ["address", "title", "text", "opening", "teasers", "end", "date", "byline", "language"]
    assert {step["step"]: step["result"] for step in second["steps"]}[
        "date"
    ] == "2025-11-26 18:40:00 UTC, exact"


def test_try_reads_the_zone_of_the_named_source(desk: DeskFiles) -> None:
    desk.write({})
    (desk.config / "sources.yaml").write_text(
        "sources:\n  daily: {feed: https://daily.example/feed, timezone: America/New_York}\n"
    )
    document = desk.run("try", str(SEED_SHAPE), "--source", "daily", "--json").document
    assert document["article"]["published_at"] == "2025-02-12T12:38:00Z"


def test_try_takes_a_pipe_a_text_and_a_feed(desk: DeskFiles) -> None:
    desk.write({})
    text = b"Ministers meet\n\nThe spending target of NATO was agreed on Monday."
    assert desk.run("try", "-", "--json", stdin=text).document["matches"][0]["rule"] == "nato-spending"
    feed = desk.root / "feed.xml"
    feed.write_bytes(rss(NATO, item("2", "Another")))
    assert len(desk.run("try", str(feed), "--json").document["entries"]) == 2


def test_try_asks_for_a_page_as_a_person_does(desk: DeskFiles, web: WebServer) -> None:
    desk.write({})
    web.serve("/robots.txt", b"User-agent: *\nDisallow: /\n", content_type="text/plain")
    web.serve("/page", SEED_SHAPE.read_bytes(), content_type="text/html; charset=utf-8")
    assert desk.run("try", web.url("/page"), "--json").document["article"]["title"]
    assert [request.path for request in web.requests] == ["/page"]


def test_a_rule_that_does_not_match_says_why(desk: DeskFiles) -> None:
    desk.write({})
    answered = desk.run("try", "-", stdin=b"Grain leaves the port\n\nThe first ship left on Monday.")
    assert "does not match NATO spending" in answered.out
    assert "because:" in answered.out


def test_explain_takes_a_number_or_an_address(polled: DeskFiles) -> None:
    by_number = polled.run("explain", "nato-spending", "1")
    assert by_number.status == 0
    assert "nato-spending matches" in by_number.out
    by_address = polled.run("explain", "ukraine-aid", "http://example.org/1?utm_source=x", "--json")
    assert by_address.document["matched"] is False
    assert by_address.document["because"]


def test_search_finds_in_the_archive(polled: DeskFiles) -> None:
    found = polled.run("search", 'NATO NEAR/5 "spending target"', "--json").document["articles"]
    assert [article["title"] for article in found] == ["NATO agrees a new spending target"]
    assert polled.run("search", "grain", "--json").document["articles"] == []


def test_a_query_with_a_mistake_is_shown_with_a_caret(polled: DeskFiles) -> None:
    answered = polled.run("search", "ukraine aid")
    assert answered.status == 2
    assert "query:1:9" in answered.err
    assert "\n            ^" in answered.err


def test_digest_shows_without_sending(polled: DeskFiles) -> None:
    page = polled.root / "page.html"
    shown = polled.run("digest", "flash", "--html", str(page))
    assert shown.status == 0
    assert "<title>Flash: NATO agrees a new spending target</title>" in page.read_text()
    assert polled.run("digest", "flash", "--json").document["story_count"] == 1
    assert polled.run("deliveries", "--json").document["deliveries"] == []


def test_digest_send_sends_once(polled: DeskFiles) -> None:
    assert polled.run("digest", "flash", "--send").status == 0
    rows = polled.run("deliveries", "--json").document["deliveries"]
    assert [(row["channel"], row["state"], row["attempts"]) for row in rows] == [("shelf", "sent", 1)]
    assert polled.run("digest", "flash", "--json").document["story_count"] == 0


def test_dead_letters_are_shown_retried_and_dropped(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO))
    web.serve("/hook", status=410)
    settings = (
        "polling: {first_poll: all, private_addresses: allow}\narticles: {full_text: never}\n"
        f"channels: {{hook: {{webhook: {{url: '{web.url('/hook')}', secret: {{env: HOME}}}}}}}}\n"
        "digests: {flash: {at: once, to: [hook]}}\n"
    )
    desk.write({"wire": web.url("/feed")}, settings=settings)
    assert desk.run("once", "--all", "--send").status == 1
    dead = desk.run("deliveries", "--state", "dead", "--json").document
    assert dead["stopped_channels"].keys() == {"hook"}
    status = desk.run("status")
    assert status.status == 1
    assert "channel hook is stopped" in status.out
    identity = dead["deliveries"][0]["id"]
    assert desk.run("deliveries", "retry", identity).status == 0
    assert desk.run("deliveries", "--state", "waiting", "--json").document["deliveries"][0]["id"] == identity
    assert desk.run("deliveries", "drop", identity, "nonsense").status == 1
    assert desk.run("deliveries", "--state", "dropped", "--json").document["deliveries"][0]["id"] == identity


def test_status_of_a_desk_without_a_service_needs_nobody(desk: DeskFiles) -> None:
    desk.write({})
    desk.begin()
    answered = desk.run("status", "--json")
    assert answered.status == 0
    assert answered.document["running"] is False


def test_status_does_not_believe_a_heartbeat_from_the_future(desk: DeskFiles) -> None:
    desk.write({})
    desk.state.mkdir()
    with closing(open_store("sqlite", desk.state)) as store:
        store.set_note("service.heartbeat", "2999-01-01T00:00:00+00:00")
    answered = desk.run("status", "--json")
    assert answered.status == 1
    assert answered.document["running"] is False


def test_test_says_which_examples_failed_and_why(desk: DeskFiles) -> None:
    rules = 'rules:\n  nato: {title: NATO, query: NATO, examples: {matches: ["NATO", "Nothing"]}}\n'
    desk.write({}, rules=rules)
    answered = desk.run("test")
    assert answered.status == 1
    assert "rules/desk.yaml:2:" in answered.out
    assert "should match but does not" in answered.out
    assert "1 of 2 examples passed" in answered.out
    assert desk.run("check").status == 1
    assert desk.run("test", "nonsense").status == 2


@pytest.mark.parametrize("file", ["watchdesk", "sources", "rules", "digest", "notice"])
def test_schema_is_json_schema(desk: DeskFiles, file: str) -> None:
    document = desk.run("schema", file).document
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    # What people write is closed, what receivers read is open: keys may be added to it.
    assert document.get("additionalProperties", True) is (file in ("digest", "notice"))


def test_every_mistake_of_every_file_is_told_at_once(desk: DeskFiles) -> None:
    desk.write({}, settings="tmiezone: UTC\n", rules="rules:\n  nato: {title: NATO, query: NATO AND}\n")
    (desk.config / "sources.yaml").write_text("sources:\n  wire: {feed: https://e.org, evry: 5m}\n")
    answered = desk.run("check")
    assert answered.status == 2
    for place in ("watchdesk.yaml:1:1", "sources.yaml:2:", "rules/desk.yaml:2:"):
        assert place in answered.err
    assert "did you mean 'timezone'?" in answered.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["explain", "nonsense", "1"], "there is no rule 'nonsense'"),
        (["explain", "nato-spending", "99"], "the archive has no article '99'"),
        (["digest", "nonsense"], "there is no digest 'nonsense'"),
        (["try", "/no/such/file"], "cannot be read: No such file"),
        (["search", "NATO", "--since", "30"], "30 of what?"),
        (["nonsense"], "No such command"),
        (["status", "--config", "desk"], "It goes before the command: watchdesk --config … COMMAND"),
        (["search", "not NATO"], 'write "not NATO" for the phrase; to leave articles out: … AND NOT NATO'),
        (["try", "example.org"], "an address begins with https:// or http://"),
        (["schema", "nonsense"], "Invalid value"),
    ],
)
def test_what_cannot_be_done_is_said_with_status_2(
    polled: DeskFiles, arguments: list[str], words: str
) -> None:
    answered = polled.run(*arguments)
    assert answered.status == 2
    assert words in answered.err
    assert "Traceback" not in answered.err


def test_status_on_a_state_directory_that_nothing_used_says_so(desk: DeskFiles, web: WebServer) -> None:
    desk.write({"wire": web.url("/feed")})
    assert "not running (never started with this state directory)" in desk.run("status").out


def test_a_missing_configuration_says_where_it_was_looked_for(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "watchdesk", "check"]
    answered = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment(), check=False)
    assert answered.returncode == 2
    assert b"./config" in answered.stderr


def test_output_that_nobody_reads_to_its_end_is_no_error(polled: DeskFiles) -> None:
    command = polled.command("search", "NATO")
    read, write = os.pipe()
    os.close(read)
    answered = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, env=environment(), check=False)
    os.close(write)
    assert b"Traceback" not in answered.stderr
    assert b"mistake" not in answered.stderr


def test_the_log_is_json_where_it_is_asked_for(desk: DeskFiles, web: WebServer) -> None:
    desk.write({"wire": web.url("/nothing")})
    answered = desk.run("--log-format", "json", "once", "--all")
    line = json.loads(answered.err.splitlines()[0])
    assert (line["event"], line["source"], line["status"]) == ("poll failed", "wire", 404)
