"""What commands count on a desk of one day, and of a text of one line."""

from support.desk import DeskFiles, item, rss
from support.web import WebServer


def test_on_the_first_day_sources_and_rules_count_by_the_same_day(desk: DeskFiles, web: WebServer) -> None:
    news = (item(str(number), f"NATO and the spending target, part {number}") for number in range(3))
    web.serve("/feed", rss(*news))
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once", "--all").status == 0
    [source] = desk.run("sources", "--json").document["sources"]
    rule = next(
        one for one in desk.run("rules", "--json").document["rules"] if one["rule"] == "nato-spending"
    )
    assert (source["articles_a_day"], rule["matches_a_day"]) == (3.0, 3.0)


def test_a_text_of_one_line_is_a_title_with_nothing_below_it(desk: DeskFiles) -> None:
    desk.write({})
    said = desk.run("try", "-", stdin=b"NATO agrees on a spending target\n").out
    assert "no text below the title" in said
    assert "0 words" not in said
    assert "\n\n\n" not in said
