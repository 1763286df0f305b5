"""Polls as their sources see them: what is asked, what is new, what may be missed."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from support.desk import SETTINGS, DeskFiles, item, rss
from support.web import Answer, WebServer
from watchdesk.store import open_store

LONG = "The ministers met in the morning and agreed in the afternoon on what they had left open before. " * 2


def test_sources_of_one_address_are_fetched_once(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(item("1", "NATO spending target")))
    desk.write({"wire": web.url("/feed"), "copy": web.url("/feed"), "other": web.url("/feed?x=1")})
    document = desk.run("once", "--all", "--json").document
    assert [(s["id"], s["new_articles"]) for s in document["sources"]] == [
        ("wire", 1),
        ("copy", 1),
        ("other", 1),
    ]
    assert sorted(request.query for request in web.requests) == ["", "x=1"]
    assert [s["outcome"] for s in desk.run("once", "--all", "--json").document["sources"]] == [
        "unchanged"
    ] * 3
    assert all("if-none-match" in request.headers for request in web.requests[2:])


def test_a_source_that_joins_an_address_is_given_what_the_others_know(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/feed", rss(item("1", "NATO spending target")))
    desk.write({"wire": web.url("/feed")})
    desk.run("once", "--all")
    desk.write({"wire": web.url("/feed"), "copy": web.url("/feed")})
    document = desk.run("once", "--all", "--json").document
    assert [(s["outcome"], s["new_articles"]) for s in document["sources"]] == [("unchanged", 0), ("new", 1)]
    assert len(web.requests) == 2


def test_another_address_in_the_configuration_is_asked_for_from_the_start(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/old", rss(item("1", "One")), etag='"same"')
    web.serve("/new", rss(item("2", "Two")), etag='"same"')
    desk.write({"wire": web.url("/old")})
    desk.run("once", "--all")
    desk.write({"wire": web.url("/new")})
    assert desk.run("once", "--all", "--json").document["sources"][0]["new_articles"] == 1


def test_an_entry_under_a_new_guid_is_known_by_its_address_or_its_text(
    desk: DeskFiles, web: WebServer
) -> None:
    for minute, turn in enumerate(("first", "second")):
        date = f"Mon, 24 Nov 2025 10:0{minute}:00 +0000"
        by_address = item(f"a-{turn}", "A title", link="http://example.org/2025/a-long-story")
        by_text = item(f"b-{turn}", "Warning", "Wind.", link="http://example.org/warnings", date=date)
        web.serve("/feed", rss(by_address, by_text))
        desk.write({"wire": web.url("/feed")})
        document = desk.run("once", "--all", "--json").document
        assert document["sources"][0]["new_articles"] == (2 if turn == "first" else 0)


def test_the_same_warning_on_another_day_is_new(desk: DeskFiles, web: WebServer) -> None:
    desk.write({"wire": web.url("/feed")})
    for day in (24, 25):
        date = f"Mon, {day} Nov 2025 10:00:00 +0000"
        web.serve(
            "/feed", rss(item(f"{day}", "Warning", LONG, link="http://example.org/warnings", date=date))
        )
        assert desk.run("once", "--all", "--json").document["sources"][0]["new_articles"] == 1


def test_a_correction_is_kept_and_told_and_only_new_words_ask_the_rules_again(
    desk: DeskFiles, web: WebServer
) -> None:
    desk.write({"wire": web.url("/feed")})
    told = []
    for text in ("Read 10 times.", "Read 23 times.", "READ 23 times", "Ukraine aid was read 23 times."):
        web.serve("/feed", rss(item("1", "NATO spending target", text)))
        document = desk.run("once", "--all", "--json").document
        told.append((document["sources"][0]["updated_articles"], [m["rule"] for m in document["matches"]]))
    assert told == [(0, ["nato-spending"]), (1, []), (1, []), (1, ["ukraine-aid"])]
    store = open_store("sqlite", desk.state)
    [article] = store.articles()
    store.close()
    assert article.text == "Ukraine aid was read 23 times."
    assert article.updated_at is not None
    assert article.updated_at > article.first_seen
    assert ", updated 20" in desk.run("search", "Ukraine").out


def test_a_document_that_shares_nothing_with_the_one_before_is_a_gap(desk: DeskFiles, web: WebServer) -> None:
    desk.write({"wire": web.url("/feed")})
    for start in (0, 2, 10):
        web.serve("/feed", rss(*(item(str(n), f"Title {n}") for n in range(start, start + 3))))
        desk.run("once", "--all")
    found = desk.run("sources", "--json").document["sources"][0]
    assert found["gaps"] == 1
    assert "may be missing" in found["trouble"][0]
    assert "may be missing" in desk.run("sources").out


def test_a_gap_is_filled_from_older_pages_as_far_as_they_are_unknown(desk: DeskFiles, web: WebServer) -> None:
    def page(number: int, newest: int) -> bytes:
        entries = [
            item(str(n), f"Title {n}") for n in range(newest - 3 * number, newest - 3 * number - 3, -1)
        ]
        follows = f'<link rel="next" href="{web.url("/feed")}?page={number + 1}" xmlns="http://www.w3.org/2005/Atom"/>'
        return rss(follows, *entries)

    newest = 10
    web.respond("/feed", lambda request: Answer(page(int(request.query[5:] or 0), newest)))
    desk.write({"wire": web.url("/feed")})
    desk.run("once", "--all")
    web.requests.clear()
    newest = 20
    document = desk.run("once", "--all", "--json").document
    assert document["sources"][0]["new_articles"] == 10
    assert [request.query for request in web.requests] == ["", "page=1", "page=2", "page=3"]
    found = desk.run("sources", "--json").document["sources"][0]
    assert found["gaps"] == 1
    assert "read from older pages" in found["trouble"][0]


def test_a_long_document_is_taken_in_by_parts(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(*(item(str(n), f"NATO spending target {n}") for n in range(65))))
    desk.write({"wire": web.url("/feed")})
    document = desk.run("once", "--all", "--json").document
    assert (document["articles"], len(document["matches"])) == (65, 65)
    assert desk.run("once", "--all", "--json").document["sources"][0]["outcome"] == "unchanged"


def test_an_archive_fills_a_gap_and_raises_no_alarm_for_what_was_there_before(
    desk: DeskFiles, web: WebServer
) -> None:
    def entries(first: int, last: int) -> list[str]:
        then = datetime.now(UTC) - timedelta(days=20)
        dates = [format_datetime(then + timedelta(hours=6 * n)) for n in range(last + 1)]
        return [item(str(n), f"NATO spending target {n}", date=dates[n]) for n in range(last, first - 1, -1)]

    link = f'<link rel="prev-archive" href="{web.url("/archive")}" xmlns="http://www.w3.org/2005/Atom"/>'
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS.replace("first_poll: all", "first_poll: 3d"))
    web.serve("/archive", rss(*entries(1, 60)))
    web.serve("/feed", rss(link, *entries(41, 50)))
    desk.run("once", "--all")
    web.serve("/feed", rss(link, *entries(61, 79)))
    matches = desk.run("once", "--all", "--json").document["matches"]
    numbers = {int(match["article"]["title"].split()[-1]) for match in matches if match["digests"]}
    assert set(range(75, 80)) <= numbers
    assert min(numbers) > 60


def test_a_page_of_a_server_in_trouble_is_asked_for_again(desk: DeskFiles, web: WebServer) -> None:
    page = (
        f"<html><body><article><h1>A story</h1>{'<p>NATO has a spending target for all.</p>' * 20}</article>"
    )
    web.respond("/page", Answer(b"", 503))
    web.serve("/feed", rss(item("1", "A story", link=web.url("/page"))))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS.replace("never", "always"))
    assert desk.run("once", "--all", "--json").document["matches"] == []
    web.serve("/page", page.encode(), content_type="text/html")
    document = desk.run("once", "--all", "--json").document
    assert [match["rule"] for match in document["matches"]] == ["nato-spending"]
    web.requests.clear()
    assert desk.run("once", "--all", "--json").document["matches"] == []
    assert desk.run("once", "--all", "--json").document["matches"] == []
    assert [request.path for request in web.requests] == ["/feed", "/feed"]


def test_a_page_is_not_asked_for_without_end(desk: DeskFiles, web: WebServer) -> None:
    web.respond("/page", Answer(b"", 500))
    web.serve("/feed", rss(item("1", "A story", link=web.url("/page"))))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS.replace("never", "always"))
    for _ in range(5):
        desk.run("once", "--all")
    assert [request.path for request in web.requests].count("/page") == 3
    assert "if-none-match" in web.requests[-1].headers


def test_once_leaves_alone_what_is_gone(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", status=410)
    desk.write({"wire": web.url("/feed")})
    desk.run("once")
    assert desk.run("once", "--json").document["sources"][0]["outcome"] == "skipped"
    assert len(web.requests) == 1


def test_a_move_for_good_is_shown_with_what_to_do(desk: DeskFiles, web: WebServer) -> None:
    web.respond("/old", Answer(status=301, headers={"Location": web.url("/new")}))
    web.serve("/new", rss(item("1", "One")))
    desk.write({"wire": web.url("/old")})
    for _ in range(4):
        desk.run("once", "--all")
    assert f"it has moved permanently to {web.url('/new')}" in " ".join(desk.run("sources").out.split())
    assert [request.path for request in web.requests].count("/old") == 3
