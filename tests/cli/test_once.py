from pathlib import Path

from support.desk import DeskFiles, item, rss
from support.web import WebServer

NATO = item("1", "NATO agrees a new spending target", "Ministers of NATO agreed on defence spending.")


def test_every_source_is_polled_and_the_second_time_is_unchanged(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO))
    desk.write({"wire": web.url("/feed")})
    first = desk.run("once", "--all", "--json")
    assert first.status == 0, first.err
    assert first.document["sources"][0] == {
        "id": "wire",
        "outcome": "new",
        "status": 200,
        "new_articles": 1,
        "updated_articles": 0,
        "error": None,
    }
    match = first.document["matches"][0]
    assert match["rule"] == "nato-spending"
    assert match["article"]["title"] == "NATO agrees a new spending target"
    assert match["digests"] == ["flash"]
    assert {span["field"] for span in match["spans"]} == {"title", "body"}
    second = desk.run("once", "--all", "--json").document
    assert (second["sources"][0]["outcome"], second["sources"][0]["status"]) == ("unchanged", 304)
    assert (second["articles"], second["matches"]) == (0, [])


def test_a_server_without_validators_is_unchanged_by_its_bytes(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO), etag=None)
    desk.write({"wire": web.url("/feed")})
    desk.run("once", "--all")
    second = desk.run("once", "--all", "--json").document["sources"][0]
    assert (second["outcome"], second["status"]) == ("unchanged", 200)


def test_an_unreachable_source_is_told_and_costs_the_others_nothing(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO))
    desk.write({"wire": web.url("/feed"), "gone": web.url("/nothing"), "dead": "http://127.0.0.1:1/feed"})
    answered = desk.run("once", "--all", "--json")
    assert answered.status == 1
    outcomes = {source["id"]: source["outcome"] for source in answered.document["sources"]}
    assert outcomes == {"wire": "new", "gone": "failed", "dead": "failed"}
    assert "3 sources polled (2 failed), 0 new articles" in desk.run("once", "--all").out
    told = desk.run("sources")
    assert told.status == 0
    assert "404 Not Found" in told.out
    assert "dead: " in told.out


def test_only_what_is_due_is_polled_without_all(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO))
    settings = "polling: {every: 1h, first_poll: all, private_addresses: allow}\n"
    desk.write({"wire": web.url("/feed")}, settings=settings)
    assert desk.run("once", "--json").document["sources"][0]["outcome"] == "new"
    assert desk.run("once", "--json").document["sources"][0]["outcome"] == "skipped"
    assert len(web.requests) == 1


def test_send_composes_and_delivers(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(NATO))
    desk.write({"wire": web.url("/feed")})
    document = desk.run("once", "--all", "--send", "--json").document
    assert [(d["digest"], d["channel"], d["state"]) for d in document["deliveries"]] == [
        ("flash", "shelf", "sent")
    ]
    assert len(list((desk.state / "digests").glob("2*.html"))) == 1


def test_an_update_is_stored_and_matched_again_and_never_sent_twice(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(item("1", "NATO agrees a new spending target", "More on defence spending.")))
    desk.write({"wire": web.url("/feed")})
    desk.run("once", "--all", "--send")
    web.serve("/feed", rss(item("1", "NATO agrees a new spending target", "With new aid for Ukraine.")))
    update = desk.run("once", "--all", "--send", "--json").document
    assert update["sources"][0]["updated_articles"] == 1
    assert [match["rule"] for match in update["matches"]] == ["ukraine-aid"]
    assert len(update["deliveries"]) == 2
    web.serve("/feed", rss(item("1", "NATO agrees a new spending target", "With new aid for Ukraine!")))
    assert desk.run("once", "--all", "--send", "--json").document["matches"] == []


def test_a_short_entry_is_read_from_its_own_page(desk: DeskFiles, web: WebServer) -> None:
    page = Path("tests/data/articles/seed-shape.html").read_bytes()
    web.serve("/page", page, content_type="text/html; charset=utf-8")
    web.serve("/feed", rss(item("1", "A debut", "In short …", link=web.url("/page"))))
    desk.write(
        {"wire": web.url("/feed")},
        settings="polling: {first_poll: all, private_addresses: allow}\narticles: {full_text: when-short}\n",
    )
    document = desk.run("once", "--all", "--json").document
    assert "ukraine-aid" in [match["rule"] for match in document["matches"]]
    assert [request.path for request in web.requests] == ["/feed", "/robots.txt", "/page"]


def test_a_page_that_cannot_be_read_leaves_the_entry_and_is_told(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(item("1", "NATO spending target", "In short …", link=web.url("/page"))))
    desk.write(
        {"wire": web.url("/feed")},
        settings="polling: {first_poll: all, private_addresses: allow}\narticles: {full_text: always}\n",
    )
    assert desk.run("once", "--all", "--json").document["articles"] == 1
    assert "/page could not be read" in desk.run("sources").out


def test_older_entries_of_a_new_source_go_to_the_archive_and_alert_nobody(
    desk: DeskFiles, web: WebServer
) -> None:
    old = item("1", "NATO spending target of old", date="Mon, 06 Jan 2020 10:00:00 GMT")
    web.serve("/feed", rss(old, NATO.replace("<guid isPermaLink='false'>1", "<guid isPermaLink='false'>2")))
    settings = "polling: {private_addresses: allow}\nchannels: {shelf: {files: d/}}\n"
    settings += "digests: {flash: {at: once, to: [shelf]}}\narticles: {full_text: never}\n"
    desk.write({"wire": web.url("/feed")}, settings=settings)
    matches = desk.run("once", "--all", "--json").document["matches"]
    assert {m["article"]["title"]: m["digests"] for m in matches} == {
        "NATO spending target of old": [],
        "NATO agrees a new spending target": ["flash"],
    }
