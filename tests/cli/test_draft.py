"""`backtest --query` and `try --query`: a rule that is in no file, over a real desk's archive."""

import pytest

from support.desk import RULES, DeskFiles, item, rss
from support.web import WebServer

NATO = item("1", "NATO agrees a new spending target", "Ministers of NATO agreed on defence spending.")
GRAIN = item("2", "Grain leaves the port", "The first ship left on Monday, NATO says.")
PRICES = item("3", "Grain prices rise", "Wheat and barley cost more this week.")


@pytest.fixture
def polled(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk with three articles in its archive, one of which a rule matched."""
    web.serve("/feed", rss(NATO, GRAIN, PRICES))
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once", "--all").status == 0
    return desk


def test_a_query_is_compared_with_a_rule_and_shows_what_it_misses_by_one_part(polled: DeskFiles) -> None:
    asked = ("--query", "NATO AND (grain OR wheat)", "--against", "nato-spending", "--json")
    document = polled.run("backtest", *asked).document
    (rule,) = document["rules"]
    assert (rule["rule"], rule["kept"], rule["new"], rule["lost"]) == ("query", 0, 1, 1)
    assert rule["newest_new"][0]["title"] == "Grain leaves the port"
    assert rule["newest_lost"][0]["because"] == "none of 'grain', 'wheat' is in the article"
    assert document["against"] == "nato-spending"
    near = {one["title"]: one["part"] for one in document["near_misses"]}
    assert near == {"NATO agrees a new spending target": "grain OR wheat", "Grain prices rise": "NATO"}


def test_the_keys_of_a_rule_are_heeded(polled: DeskFiles) -> None:
    def found(*keys: str) -> list[str]:
        document = polled.run("backtest", "--query", "NATO", *keys, "--json").document
        return [one["title"] for one in document["rules"][0]["newest_new"]]

    assert found("--exclude", "grain") == ["NATO agrees a new spending target"]
    assert found("--at-least", "0.9") == ["NATO agrees a new spending target"]
    assert found("--sources", "never:wire") == []
    near = polled.run("backtest", "--query", "NATO", "--exclude", "grain", "--json").document["near_misses"]
    assert [(one["title"], one["part"]) for one in near] == [("Grain leaves the port", "exclude")]


def test_two_queries_are_compared(polled: DeskFiles) -> None:
    answered = polled.run("backtest", "--query", "grain", "--against-query", "wheat", "--json")
    (rule,) = answered.document["rules"]
    assert (rule["kept"], rule["new"], rule["lost"]) == (1, 1, 0)
    assert [one["title"] for one in rule["newest_kept"]] == ["Grain prices rise"]


def test_a_screen_shows_the_near_misses(polled: DeskFiles) -> None:
    out = polled.run("backtest", "--query", "NATO AND wheat").out
    assert "near misses, which fail by one part" in out
    assert "by wheat: 'wheat' is not in the article" in out


def test_what_is_taken_away_passes_check_and_its_examples(polled: DeskFiles) -> None:
    query = '(NATO OR grain) AND NOT "spending target" # of ships'
    answered = polled.run("backtest", "--query", query, "--yaml", "--match", "2", "--ignore", "1")
    assert answered.status == 0, answered.err
    (polled.config / "rules" / "taken.yaml").write_text(answered.out)
    checked = polled.run("check", "--json")
    assert (checked.status, checked.document["failed_examples"]) == (0, [])
    tested = polled.run("test", "--json").document
    assert (tested["examples"], tested["failed"]) == (2, [])


def test_an_example_that_the_query_contradicts_is_left_out(polled: DeskFiles) -> None:
    answered = polled.run("backtest", "--query", "NATO", "--yaml", "--match", "3", "--ignore", "1")
    assert "examples" not in answered.out
    assert "article 3 is left out: it should match, but 'NATO' is not in the article" in answered.err
    assert "article 1 is left out: it should be ignored, but the query matches it" in answered.err


def test_mistakes_are_shown_at_their_places(polled: DeskFiles) -> None:
    answered = polled.run("backtest", "--query", "NATO AND", "--exclude", "titel:quiz", "--sources", "wir")
    assert answered.status == 2
    for said in ("query:1:", "exclude:1:1", "did you mean 'title:'?", "there is no source 'wir'", "'wire'"):
        assert said in answered.err
    assert polled.run("backtest", "--exclude", "NATO").status == 2
    assert polled.run("backtest", "nato-spending", "--query", "NATO").status == 2
    assert polled.run("backtest", "--query", "NATO", "--against", "nato").status == 2


def test_an_article_is_tried_with_a_query(polled: DeskFiles) -> None:
    text = b"NATO agrees\n\nMinisters agreed on defence spending."
    document = polled.run("try", "-", "--query", "ministers AND grain", "--json", stdin=text).document
    assert document["matches"] == []
    assert document["misses"] == [{"rule": "query", "because": "'grain' is not in the article"}]
    assert "nato-spending" not in polled.run("try", "-", "--query", "ministers", stdin=text).out
    assert RULES.count("nato-spending") == 1
