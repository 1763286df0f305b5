"""An `at_least` from before scores went from 0 to 1: `check` and the operators hear of it once."""

import json
from contextlib import closing

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss
from support.web import WebServer
from watchdesk.remembered import UnitScores, forget
from watchdesk.store import open_store

RULES = "rules: {aid: {query: aid}, nato: {query: nato}}\n"
WITH_THRESHOLD = "rules: {aid: {query: aid, at_least: 0.5}, nato: {query: nato}}\n"
RAIN = "It rained. " * 9
FEED = rss(
    item("1", "Aid for Kyiv", f"Aid came. {RAIN}"),
    item("2", "Weather", f"It rained. {RAIN} Aid came."),
    item("3", "NATO met", "NATO met again."),
)
SAID = "of the 2 matches of the last 30 days it would now drop 1"


@pytest.fixture
def upgraded(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk with matches that were stored before scores went from 0 to 1."""
    web.serve("/feed", FEED)
    desk.write({"wire": web.url("/feed")}, settings=f"{SETTINGS}operators: {{to: [shelf]}}\n", rules=RULES)
    assert desk.run("once").status == 0
    with closing(open_store("sqlite", desk.state)) as store:
        forget(store, UnitScores)
    set_rules(desk, WITH_THRESHOLD)
    return desk


def set_rules(desk: DeskFiles, rules: str) -> None:
    (desk.config / "rules" / "desk.yaml").write_text(rules)


def told(desk: DeskFiles) -> list[str]:
    notices = sorted((desk.state / "digests").glob("*-operators-*.json"))
    return [t["sentence"] for path in notices for t in json.loads(path.read_text())["troubles"]]


def test_check_warns_once_and_says_how_much_it_would_drop(upgraded: DeskFiles) -> None:
    warned = upgraded.run("check")
    assert warned.status == 0
    assert f"warning: `at_least: 0.5` is from before scores went from 0 to 1: {SAID}" in warned.err
    assert "hint: a score says how much an article is about it" in warned.err
    assert upgraded.run("check").err == ""


def test_the_operators_hear_of_it_once(upgraded: DeskFiles) -> None:
    for _ in range(3):
        assert upgraded.run("once", "--send").status == 0
    (sentence,) = told(upgraded)
    assert sentence.startswith("Scores go from 0 to 1 since the upgrade, and the rule aid still has at_least")
    assert SAID in sentence


def test_the_operators_hear_of_it_after_check_has_shown_it_and_check_after_them(upgraded: DeskFiles) -> None:
    assert SAID in upgraded.run("check").err
    assert upgraded.run("once", "--send").status == 0
    assert len(told(upgraded)) == 1
    assert upgraded.run("check").err == ""


def test_a_threshold_that_is_set_anew_is_no_trouble(upgraded: DeskFiles) -> None:
    assert SAID in upgraded.run("check").err
    set_rules(upgraded, WITH_THRESHOLD.replace("0.5", "0.2"))
    assert upgraded.run("once", "--send").status == 0
    assert told(upgraded) == []
    assert upgraded.run("check").err == ""


def test_a_desk_that_begins_with_such_scores_hears_nothing(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", FEED)
    settings = f"{SETTINGS}operators: {{to: [shelf]}}\n"
    desk.write({"wire": web.url("/feed")}, settings=settings, rules=WITH_THRESHOLD)
    assert desk.run("check").err == ""
    assert not desk.state.exists()
    assert desk.run("once", "--send").status == 0
    assert desk.run("check").err == ""
    assert told(desk) == []
