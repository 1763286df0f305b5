"""`rules`, from the files and the archive of a real desk."""

from datetime import UTC, datetime

import pytest

from support.desk import DeskFiles, item, rss
from support.web import WebServer

RULES = """\
lists:
  partners: [Belgium, Canada]
rules:
  partner-spending: {title: Partner spending, query: '@partners AND spending'}
  ukraine-aid: {title: Ukraine aid, query: Ukraine AND aid}
"""
BELGIUM = item("1", "Belgium counts", "The spending of Belgium is counted.")
CANADA = item("2", "Canada and Belgium count", "The spending of both is counted.")
OTHERS = [item(f"o{n}", f"Grain leaves port {n}", "The first ship left.") for n in range(100)]


@pytest.fixture
def polled(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk with articles of two sources in its archive."""
    web.serve("/wire", rss(BELGIUM, *OTHERS))
    web.serve("/daily", rss(CANADA, BELGIUM.replace("'>1<", "'>4<").replace(".org/1", ".org/4")))
    desk.write({"wire": web.url("/wire"), "daily": web.url("/daily")}, rules=RULES)
    assert desk.run("once", "--all").status == 0
    return desk


def test_each_rule_says_how_it_behaves(polled: DeskFiles) -> None:
    document = polled.run("rules", "--json").document
    assert (document["articles"], document["days"]) == (103, 1.0)
    spending = document["rules"][0]
    assert (spending["rule"], spending["matches"], spending["matches_a_day"]) == ("partner-spending", 3, 3.0)
    assert spending["noisiest_source"] == {"source": "daily", "matches": 2, "share": 0.6667}
    assert spending["alone"] == {"term": "Belgium", "matches": 2, "share": 0.6667}
    assert (spending["labels"], spending["precision"]) == ({"right": 0, "mention": 0, "wrong": 0}, None)
    last = datetime.fromisoformat(spending["last_matched"])
    assert abs((datetime.now(UTC) - last).total_seconds()) < 60


def test_each_rule_says_in_which_folder_it_stands_and_who_looks_after_it(desk: DeskFiles) -> None:
    desk.write({}, rules="rules: {nato: {query: NATO}}\n")
    (desk.config / "rules" / "energy").mkdir()
    gas = "owner: [shelf]\nrules: {gas: {query: gas}}\n"
    (desk.config / "rules" / "energy" / "gas.yaml").write_text(gas)
    found = desk.run("rules", "--json").document["rules"]
    assert [(rule["rule"], rule["folder"], rule["owner"]) for rule in found] == [
        ("nato", None, []),
        ("gas", "energy", ["shelf"]),
    ]


def test_rules_that_want_a_look_are_pointed_out_with_what_to_do(polled: DeskFiles) -> None:
    document = polled.run("rules", "--json").document
    assert [rule["look_at"] for rule in document["rules"]] == [None, "silent"]
    out = " ".join(polled.run("rules").out.split())
    assert "! ukraine-aid never matched in 30 days. `watchdesk try URL`" in out
    assert "2 rules, 1 to look at; 103 articles in 30 days" in out


def test_a_rule_that_is_no_longer_in_the_files_is_said_to_be_gone(polled: DeskFiles) -> None:
    (polled.config / "rules" / "desk.yaml").write_text(RULES.replace("partner-spending", "partners-pay"))
    found = polled.run("rules", "--json").document["rules"]
    assert [(rule["rule"], rule["in_files"], rule["look_at"]) for rule in found] == [
        ("partners-pay", True, "silent"),
        ("ukraine-aid", True, "silent"),
        ("partner-spending", False, None),
    ]
    assert "(no longer in the files)" in " ".join(polled.run("rules").out.split())


def test_a_desk_that_has_read_nothing_has_nothing_to_look_at(desk: DeskFiles) -> None:
    desk.write({}, rules=RULES)
    desk.begin()
    answered = desk.run("rules")
    assert answered.status == 0
    assert "2 rules, none to look at; 0 articles in 30 days" in answered.out
