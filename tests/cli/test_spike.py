"""A digest that goes out when a rule finds many times what is usual, by the real commands."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from support.desk import SETTINGS, DeskFiles, item, rss
from support.web import WebServer

STORM = SETTINGS.replace("at: once", "at: {spike: 4x}")


def entry(number: int, minutes_ago: int) -> str:
    published = format_datetime(datetime.now(UTC) - timedelta(minutes=minutes_ago))
    title = f"NATO paper number {number} on spending"
    return item(str(number), title, f"On the spending target of NATO, part {number}.", date=published)


def subjects(desk: DeskFiles) -> list[str]:
    return [path.read_text() for path in sorted((desk.state / "digests").glob("*.json"))]


def test_a_rule_that_finds_many_times_the_usual_is_told_with_the_numbers(
    desk: DeskFiles, web: WebServer
) -> None:
    days = [entry(100 + n, 24 * 60 * n + 20) for n in range(1, 5)]
    entries = [*days, *(entry(n, 3 * n) for n in range(1, 4))]
    web.serve("/feed", rss(*entries))
    desk.write({"wire": web.url("/feed")}, STORM)
    assert desk.run("once", "--all", "--send").status == 0
    assert subjects(desk) == []
    web.serve("/feed", rss(*entries, entry(4, 1), entry(5, 0)))
    assert desk.run("once", "--all", "--send").status == 0
    (told,) = subjects(desk)
    assert "Spike: NATO spending, 5 in the last hour, usually 1" in told
    assert all(f"NATO paper number {n}" in told for n in range(1, 6))
    assert "NATO paper number 101" not in told


def test_a_desk_without_a_past_knows_no_usual(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(*(entry(n, n) for n in range(20))))
    desk.write({"wire": web.url("/feed")}, STORM)
    assert desk.run("once", "--all", "--send").status == 0
    assert subjects(desk) == []


def test_articles_spread_over_days_are_no_spike(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(*(entry(n, 300 * n) for n in range(20))))
    desk.write({"wire": web.url("/feed")}, STORM)
    assert desk.run("once", "--all", "--send").status == 0
    assert subjects(desk) == []
