"""A folder of rules/ that does not pass costs itself alone, whatever is saved and whatever happens then."""

import json
import os
import signal
import time
from collections.abc import Sequence

import requests

from support.desk import DeskFiles, item, rss, wait_for
from support.notices import causes, sent, sentences
from support.service_manager import Manager
from support.web import WebServer
from watchdesk.demo.servers import free_port

SETTINGS = """\
polling: {every: 1s, fastest: 1s, first_poll: all, private_addresses: allow, timeout: 5s}
articles: {full_text: never}
channels: {shelf: {files: digests/}, post: {files: energy/}}
digests: {flash: {title: Flash, rules: all, at: once, to: [shelf]}}
operators: {to: [shelf]}
"""
ENERGY = """\
owner: [post]
lists: {fuels: [gas, oil]}
rules:
  gas-price: {title: Gas price, query: "@fuels AND price"}
"""
BAD = ENERGY.replace("AND price", "AND (price")


def team(desk: DeskFiles, name: str, text: str, file: str = "desk.yaml") -> None:
    (desk.config / "rules" / name).mkdir(exist_ok=True)
    (desk.config / "rules" / name / file).write_text(text)


def found_by(desk: DeskFiles) -> Sequence[str]:
    """Rule and headline of all that digests told."""
    pages = [json.loads(path.read_text()) for path in sorted((desk.state / "digests").glob("2*flash*.json"))]
    return [
        f"{rule['id']}: {story['article']['title']}"
        for page in pages
        for rule in page["rules"]
        for story in rule["stories"]
    ]


def test_a_bad_folder_keeps_its_rules_over_reload_and_restart_while_the_rest_is_swapped(
    desk: DeskFiles, web: WebServer
) -> None:
    manager = Manager(desk.root / "notify")
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    team(desk, "energy", ENERGY)
    with desk.service(NOTIFY_SOCKET=str(desk.root / "notify")) as process:
        wait_for(lambda: "watchdesk is running" in desk.log, "the start")
        team(desk, "energy", BAD)
        rules = desk.config / "rules" / "desk.yaml"
        rules.write_text("rules: {trade: {title: Trade, query: trade}}\n")
        wait_for(lambda: "configuration reloaded" in desk.log, "the reload")
        assert "rules/energy/desk.yaml:4:" in desk.log
        status = desk.run("status")
        assert status.status == 1
        assert "rules/energy cannot be used as it is: rules/energy/desk.yaml:4:" in status.out
        assert "its rules stay in force as they were at" in status.out
        wait_for(lambda: "digests; rules/energy: as at 2" in manager.told[-1], "what systemd hears")
        web.serve("/feed", rss(item("1", "The price of gas"), item("2", "A trade deal")))
        wait_for(lambda: len(found_by(desk)) == 2, f"both in {found_by(desk)}")
        assert sorted(found_by(desk)) == ["gas-price: The price of gas", "trade: A trade deal"]
        wait_for(lambda: causes(desk), "the notice")
        process.send_signal(signal.SIGKILL)
        process.wait()
    with desk.service():
        wait_for(lambda: "watchdesk is running" in desk.log, "the next start")
        assert "rules/energy/desk.yaml:4:" in desk.log
        web.serve("/feed", rss(item("3", "Oil at a low price")))
        wait_for(lambda: len(found_by(desk)) == 3, "a match by the rules from before")
        team(desk, "energy", ENERGY)
        wait_for(lambda: len(causes(desk)) > 1, "the recovery")


def test_its_owner_hears_of_it_once_and_that_it_is_mended(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    team(desk, "energy", ENERGY)
    with desk.service():
        wait_for(lambda: "watchdesk is running" in desk.log, "the start")
        team(desk, "energy", BAD)
        wait_for(lambda: sent(desk, "energy"), "the notice to the owner")
        wait_for(lambda: causes(desk) == [["rules:energy"]], "the notice to the operators")
        team(desk, "energy", BAD.replace("price", "(price"))
        wait_for(lambda: desk.log.count("configuration reloaded") == 2, "the second mistake")
        time.sleep(6)  # the operators are told every five seconds
        team(desk, "energy", ENERGY)
        wait_for(lambda: len(sent(desk, "energy")) > 1, "the recovery")
        wait_for(lambda: len(sent(desk)) > 1, "the recovery")
    for shelf in ("energy", "digests"):
        first, second = sent(desk, shelf)
        assert [one["cause"] for one in first["troubles"]] == ["rules:energy"]
        (over,) = second["over"]
        assert over["sentence"] == "The folder rules/energy is in force as it is."


def test_a_folder_whose_example_fails_is_shown_wherever_one_looks(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    page = f"127.0.0.1:{free_port()}"
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS + f"web: {{listen: '{page}'}}\n")
    team(desk, "energy", ENERGY)
    desk.run("once")
    failing = ENERGY.rstrip("}\n") + ", examples: {matches: [The price of coal rises.]}}\n"
    team(desk, "energy", failing)
    with desk.service():
        wait_for(lambda: f"address=http://{page}" in desk.log, "the page")
        first, rules, rule = (
            requests.get(f"http://{page}{path}", timeout=60).text
            for path in ("/", "/rules", "/rules/gas-price")
        )
        for text in (first, rules):
            assert "rules/energy cannot be used as it is" in text
            assert "The price of coal rises." in text
        assert "gas-price in rules/energy" in rules
        assert "its owners hear by post" in rule
        status, one = (
            requests.get(f"http://{page}/api/v1/{path}", timeout=60).json()
            for path in ("status", "rules/gas-price")
        )
        (refused,) = status["configuration"]["refused_folders"]
        assert (refused["folder"], refused["owner"]) == ("rules/energy", ["post"])
        assert "The price of coal rises." in refused["mistakes"][0]
        assert (one["folder"], one["owner"]) == ("energy", ["post"])
    seen = desk.run("search", "@fuels")
    assert "rules/energy cannot be used as it is" in seen.err
    assert desk.run("test").status == 1, "it tries the examples of the files"


def test_folders_are_noticed_as_they_come_change_and_go(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    rules, versions = desk.config / "rules", [desk.root / "one", desk.root / "two"]
    for number, version in enumerate(versions):
        version.mkdir()
        (version / "a.yaml").write_text(f"rules: {{coal: {{query: coal{number}}}}}\n")
    with desk.service():
        wait_for(lambda: "watchdesk is running" in desk.log, "the start")

        def reloaded(changes: str) -> None:
            done = len(desk.log)
            wait_for(lambda: f"changes='{changes}'" in desk.log[done:], changes, 30)

        team(desk, "energy", ENERGY)
        reloaded("rules: +1 −0 ~0")
        (rules / "coal").symlink_to(versions[0])
        reloaded("rules: +1 −0 ~0")
        (rules / ".coal").symlink_to(versions[1])
        os.rename(rules / ".coal", rules / "coal")  # noqa: PTH104 - as tools that deploy do
        reloaded("rules: +0 −0 ~1")
        team(desk, "energy", ENERGY.replace("price", "prices"), "more.yaml")
        wait_for(lambda: "defined twice" in desk.log, "two rules of one id in a folder", 30)
        (rules / "energy" / "more.yaml").unlink()
        wait_for(lambda: desk.run("status").status == 0, "what was before", 30)
        (rules / "energy").rename(rules / "fuel")
        wait_for((desk.state / "rules-in-force" / "fuel.json").exists, "the new name", 30)
        (rules / "coal").unlink()
        reloaded("rules: +0 −1 ~0")
        assert [path.name for path in (desk.state / "rules-in-force").iterdir()] == ["fuel.json"]


def test_a_folder_that_a_digest_needs_may_be_gone_for_a_while(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    settings = SETTINGS.replace("flash: {title: Flash, rules: all", "en: {title: En, rules: [gas-price]")
    desk.write({"wire": web.url("/feed")}, settings=settings)
    team(desk, "energy", ENERGY)
    gone = "rules/energy: is gone, and the digest 'en' names gas-price, which only it has"
    with desk.service():
        wait_for(lambda: "watchdesk is running" in desk.log, "the start")
        (desk.config / "rules" / "energy").rename(desk.root / "away")
        wait_for(lambda: gone in desk.log, "what has happened", 30)
        wait_for(lambda: sent(desk, "energy"), "the notice to the owner")
    with desk.service():
        wait_for(lambda: "watchdesk is running" in desk.log, "a start without it")
        assert gone in desk.run("status").out
        assert gone in desk.run("check").err
        (desk.root / "away").rename(desk.config / "rules" / "energy")
        wait_for(lambda: desk.run("status").status == 0, "the folder is back", 30)


def test_what_cannot_be_kept_is_told_and_tried_again(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss())
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    team(desk, "energy", ENERGY)
    desk.state.mkdir()
    (desk.state / "rules-in-force").write_text("in the way")
    with desk.service():
        wait_for(lambda: causes(desk), "the notice")
        assert "could not be kept in" in sentences(desk)
        assert desk.log.count("could not be kept") < 5, "it is not said again and again"
        (desk.state / "rules-in-force").unlink()
        wait_for((desk.state / "rules-in-force" / "energy.json").exists, "the next trial", 30)


def test_a_pass_by_cron_does_the_same_and_ends_with_1(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(item("1", "The price of gas")))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS)
    team(desk, "energy", ENERGY)
    assert desk.run("once", "--send").status == 0
    team(desk, "energy", BAD)
    web.serve("/feed", rss(item("2", "Oil at a low price")))
    for _ in range(2):
        done = desk.run("once", "--all", "--send")
        assert done.status == 1
        assert "rules/energy cannot be used as it is" in done.err
    assert len(found_by(desk)) == 2
    assert [len(sent(desk, shelf)) for shelf in ("digests", "energy")] == [1, 1]
