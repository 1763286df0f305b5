"""Sources, rules, digests and deliveries: their pages, their forms, and the API beside them.

One desk for all tests, with a publisher who is hostile and a receiver who takes nothing.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
import requests

from support.desk import DeskFiles, item, rss
from support.page import FREE_PORT, ServedPage, configured, served
from support.web import Answer, WebServer
from watchdesk.backtest import NearMisses
from watchdesk.cli.session import utc_now
from watchdesk.documents.near_rules import LOOKED, near_rule
from watchdesk.model.archive import ArchivePage, LookBack
from watchdesk.ports import Store
from watchdesk.rules import RuleSet
from watchdesk.store import open_store

SETTINGS = f"""\
timezone: Europe/Brussels
contact: desk@example.org
polling: {{every: 1h, fastest: 1s, first_poll: all, private_addresses: allow, timeout: 5s}}
articles: {{full_text: never}}
channels:
  shelf: {{files: digests/}}
  hook: {{webhook: {{url: HOOK}}}}
digests:
  flash: {{title: Flash, rules: all, at: once, to: [shelf, hook]}}
  weekly: {{title: Weekly, rules: all, at: "0 7 * * 1", to: [shelf]}}
{FREE_PORT}"""
RULES = """\
rules:
  nato:
    # said in the meeting of June
    title: NATO <b>spending</b>
    query: >-
      NATO AND (spending
      OR budget)
  quiet: {query: "aardvark AND zebra"}
"""
HOSTILE = "NATO spending <script>alert(1)</script> \u202egnidneps " + "x" * 200
WORDS = "The ministers agreed on spending more. NATO said so on Monday morning in a short statement."
UNSAID = "&lt;p&gt;No more was said of it in place {}.&lt;/p&gt;&lt;p&gt;Share this:&lt;/p&gt;"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    desk = DeskFiles(tmp_path_factory.mktemp("lists"))
    with WebServer() as web:
        titles = [HOSTILE, "NATO budget grows", "NATO meets", "A zebra and its stripes"]
        items = (
            item(str(n), t.replace("<", "&lt;"), WORDS if n == 0 else UNSAID.format(n))
            for n, t in enumerate(titles)
        )
        web.serve("/feed", rss(*items, title="The Wire &lt;i&gt;"))
        web.respond("/hook", Answer("moved <script>alert(2)</script> \u202eelsewhere".encode(), 410))
        feeds = {"wire": web.url("/feed"), "gone": web.url("/gone")}
        desk.write(feeds, SETTINGS.replace("HOOK", web.url("/hook")), RULES)
        desk.run("once", "--all", "--send")
    with served(desk) as served_page:
        yield served_page


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        yield opened


def send(page: ServedPage, session: requests.Session, path: str, **fields: str) -> requests.Response:
    """A form of the page at `path`, answered by the page that it leads to."""
    token = page.form_token(path, session)
    return session.post(page.address + path, {"form_token": token, **fields}, timeout=30)


def document(page: ServedPage, path: str) -> Any:
    answer = page.get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


PAGES = (
    "/sources", "/sources/wire", "/rules", "/rules/nato", "/digests", "/digests/next/weekly", "/deliveries",
    "/digests/next/weekly/preview", "/digests/{made}", "/digests/{made}/sent",
    "/", "/articles", "/articles?query=NATO", "/articles/1", "/articles/1?rule=nato", "/stories/1",
    "/sources/gone", "/rules/quiet", "/playground?query=NATO", "/articles.atom",
    "/nothing/%E2%80%AE%3Cscript%3E",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_what_publishers_wrote_is_text(page: ServedPage, path: str) -> None:
    made = document(page, "/digests")["digests"][0]["id"]
    html = page.get(path.format(made=made)).text
    assert "<script>" not in html
    assert "\u202e" not in html
    assert "<i>" not in html
    assert "<b>spending" not in html


def test_sources_that_need_a_look_come_first_with_their_errors(page: ServedPage) -> None:
    html = page.get("/sources").text
    assert "2 sources" in html
    assert html.index("/sources/gone") < html.index("/sources/wire")
    assert "There is nothing at this address; look for its new one (HTTP 404 Not Found)" in html
    for filtered in ("/sources?health=look", "/sources?health=failing", "/sources?text=GON"):
        html = page.get(filtered).text
        assert "/sources/gone" in html
        assert "/sources/wire" not in html
    assert "No source is so" in page.get("/sources?text=nobody").text


def test_a_source_shows_its_pace_its_articles_and_what_was_removed(page: ServedPage) -> None:
    html = page.get("/sources/wire").text
    assert "4 articles in four weeks" in html
    assert '<rect x="' in html
    assert html.count('<th scope="row">') == 24
    assert "NATO budget grows" in html
    assert re.search(r"<bdi>Share this:</bdi></p><p class=\"facts\">in 3 articles", html)
    assert page.get("/sources/nobody").status_code == 404
    found = document(page, "/sources/wire")
    assert sum(map(sum, found["pace"])) == 4
    assert len(found["latest"]) == 4


def test_the_api_gives_what_the_commands_print(page: ServedPage) -> None:
    for path, command, key in (
        ("/sources", "sources", "sources"),
        ("/deliveries", "deliveries", "deliveries"),
        ("/silences", "silence --list", "silences"),
    ):
        assert document(page, path)[key] == page.desk.run(*command.split(), "--json").document[key]
    printed = page.desk.run("rules", "--json").document
    given = document(page, "/rules")
    assert given.keys() == {*printed, "next"}
    assert given["rules"] == printed["rules"]
    (one,) = [found for found in printed["rules"] if found["rule"] == "nato"]
    assert {**document(page, "/rules/nato"), **one} == document(page, "/rules/nato")


def test_lists_of_the_api_go_on_at_their_cursor(page: ServedPage) -> None:
    for path, key in (
        ("/sources", "sources"),
        ("/rules", "rules"),
        ("/deliveries", "deliveries"),
        ("/digests", "digests"),
    ):
        whole, found = document(page, path)[key], []
        address = f"{path}?limit=1"
        for _ in range(len(whole)):
            part = document(page, address)
            found += part[key]
            address = f"{path}?limit=1&cursor={part['next']}"
        assert found == whole
        assert part["next"] is None
    assert page.get("/api/v1/sources?cursor=0.nobody").status_code == 409
    assert page.get("/api/v1/deliveries?cursor=nonsense").status_code == 400
    assert page.get("/deliveries?cursor=nonsense").status_code == 400


def test_a_rule_shows_what_it_found_what_it_missed_and_how_it_is_written(page: ServedPage) -> None:
    html = page.get("/rules/nato").text
    assert "<b>2 articles</b> in 90 days" in html
    assert "The Wire &lt;i&gt;" in html
    assert re.search(r"<code>budget</code></th><td class=\"count\">1</td>", html)
    assert "<mark>NATO</mark>" in html
    assert "rules/desk.yaml</bdi>, line 2" in html
    assert "# said in the meeting of June" in html
    assert "quiet" not in html
    near = html[html.index('id="near"') :]
    assert "NATO meets" in near
    assert "Fails by <code>spending OR budget</code>" in near
    assert "Look further" not in near
    assert page.get("/rules/nobody").status_code == 404


def test_a_rule_whose_file_has_changed_is_shown_as_it_is_in_force(page: ServedPage) -> None:
    file = page.desk.config / "rules" / "desk.yaml"
    before = file.read_text()
    page.get("/rules/nato")  # so that the files were read before the change
    try:
        file.write_text(before.replace("budget", "bread"))
        html = page.get("/rules/nato").text
    finally:
        file.write_text(before)
    assert "the file has changed since" in html
    assert "OR budget" in html
    assert "bread" not in html


def test_a_rule_is_silenced_and_heard_again_by_forms(page: ServedPage, session: requests.Session) -> None:
    html = send(page, session, "/rules/quiet", until="yesterday").text
    assert "yesterday" in html
    assert 'aria-invalid="true"' in html
    html = send(page, session, "/rules/quiet", until="2h").text
    assert "Silent until" in html
    (made,) = document(page, "/silences")["silences"]
    assert made["rule"] == "quiet"
    assert "/rules/quiet" in page.get("/rules?show=silenced").text
    assert "Silent until" not in send(page, session, "/rules/quiet", end=str(made["id"])).text
    assert document(page, "/silences")["silences"] == []


def test_digests_stand_as_they_were_sent_where_nothing_runs(page: ServedPage) -> None:
    html = page.get("/digests").text
    assert "Weekly" in html
    assert "<b>2 matches</b> wait" in html
    (made,) = document(page, "/digests")["digests"]
    assert {one["channel"]: one["state"] for one in made["deliveries"]} == {"shelf": "sent", "hook": "dead"}
    assert "iframe" in page.get(f"/digests/{made['id']}").text
    sent = page.get(f"/digests/{made['id']}/sent")
    assert sent.headers["Content-Security-Policy"].startswith("sandbox allow-popups")
    assert "script-src" not in sent.headers["Content-Security-Policy"]
    assert sent.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_blank">' in sent.text
    stored = next(page.desk.root.rglob("*.html")).read_text()
    assert sent.text.replace('<base target="_blank">', "") == stored
    assert document(page, f"/digests/{made['id']}")["subject"] == made["subject"]
    assert page.get("/digests/none").status_code == page.get("/digests/none/sent").status_code == 404
    assert "grows" in page.get("/digests/next/weekly/preview").text


def test_a_dead_delivery_is_retried_and_dropped_by_forms(page: ServedPage, session: requests.Session) -> None:
    html = page.get("/deliveries").text
    assert "Could not be sent" in html
    assert "The channel <bdi>hook</bdi> is stopped" in html
    (dead,) = document(page, "/deliveries?state=dead")["deliveries"]
    refused = page.post(f"/deliveries?id={dead['id']}", {"id": dead["id"], "do": "drop"})
    assert refused.status_code == 403
    send(page, session, "/deliveries", id=dead["id"], do="retry")
    (waiting,) = document(page, "/deliveries?state=waiting")["deliveries"]
    assert waiting["id"] == dead["id"]
    assert document(page, "/deliveries")["stopped_channels"] == {}
    answer = send(page, session, "/deliveries", id=dead["id"], do="drop", state="waiting")
    assert answer.url.endswith("/deliveries?state=waiting")
    assert document(page, "/deliveries?state=dropped")["deliveries"][0]["id"] == dead["id"]
    assert send(page, session, "/rules/nato", end="x").status_code == 200  # nothing to end is no mistake


def test_the_api_changes_nothing_without_a_token(page: ServedPage) -> None:
    headers = {"Content-Type": "application/json"}
    for path in ("/deliveries/x/retry", "/deliveries/x/drop", "/silences", "/silences/1/end"):
        answer = page.post(f"/api/v1{path}", '{"rule": "nato", "until": "2h"}', headers=headers)
        assert answer.status_code == 403, path


def test_with_the_token_the_api_retries_drops_and_silences(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/feed", rss(item("1", "NATO spending", WORDS)))
    web.respond("/hook", Answer(status=410))
    settings = SETTINGS.replace("HOOK", web.url("/hook")).replace(":0'}", ":0', token: {file: token}}")
    desk.write({"wire": web.url("/feed")}, settings, RULES)
    (desk.config / "token").write_text("secret of the desk")
    desk.run("once", "--all", "--send")
    own = {"Authorization": "Bearer secret of the desk", "Content-Type": "application/json"}
    with served(desk) as page:
        post = f"{page.address}/api/v1"
        (dead,) = [
            one for one in requests.get(f"{post}/deliveries", headers=own, timeout=30).json()["deliveries"]
            if one["state"] == "dead"
        ]  # fmt: skip
        for do, state in (("retry", "waiting"), ("drop", "dropped")):
            answer = requests.post(f"{post}/deliveries/{dead['id']}/{do}", headers=own, timeout=30)
            assert answer.json()["delivery"]["state"] == state
        assert (
            requests.post(f"{post}/deliveries/{dead['id']}/drop", headers=own, timeout=30).status_code == 409
        )
        assert requests.post(f"{post}/deliveries/none/drop", headers=own, timeout=30).status_code == 404
        wrong = {"rule": "nato", "until": "never"}
        assert requests.post(f"{post}/silences", json=wrong, headers=own, timeout=30).status_code == 422
        right = {"rule": "nato", "until": "2h"}
        made = requests.post(f"{post}/silences", json=right, headers=own, timeout=30).json()
        assert made["rule"] == "nato"
        ended = requests.post(f"{post}/silences/{made['id']}/end", headers=own, timeout=30).json()
        assert ended["until"] < made["until"]


def test_a_long_list_goes_on_page_by_page(desk: DeskFiles) -> None:
    feeds = {f"source-{number}": f"http://127.0.0.1:9/{number}" for number in range(120)}
    desk.write(feeds, SETTINGS.replace("HOOK", "http://127.0.0.1:9/"), RULES)
    desk.begin()
    with served(desk) as page:
        path, seen = "/sources", []
        for _ in range(3):
            html = page.get(path).text
            seen += re.findall(r'href="\./sources/(source-\d+)"', html)
            following = re.search(r'<a href="\.(/sources\?[^"]*)" rel="next">', html)
            path = following[1].replace("&amp;", "&") if following else ""
        assert seen == list(feeds)
        assert not path


def test_an_article_that_is_looked_at_for_several_parts_counts_once(page: ServedPage) -> None:
    rules = "rules:\n  nato: {query: NATO AND said AND place AND (budget OR meets OR zebra)}\n"
    (rule,) = RuleSet.from_yaml(rules).rules
    with closing(open_store("sqlite", page.desk.state)) as store:
        asked: list[int | None] = []
        for _ in NearMisses(rule).looking(_noting(store, asked), utc_now() - LOOKED):
            pass
        assert len(asked) > len(set(asked))
        assert near_rule(rule, store, utc_now(), 60.0).read == len(set(asked))


def _noting(store: Store, asked: list[int | None]) -> Callable[[LookBack], Iterator[ArchivePage]]:
    def look_back(wanted: LookBack) -> Iterator[ArchivePage]:
        for page in store.look_back(wanted):
            asked.extend(one.article.id for one in page.articles)
            yield page

    return look_back


def test_a_look_for_near_misses_ends_when_its_time_is_up(page: ServedPage, monkeypatch: Any) -> None:
    monkeypatch.setattr("watchdesk.web.pages.rule.BUDGET", 0.0)
    page.companion.follow(configured(page.desk))  # what was found before is of another configuration
    html = page.get("/rules/nato").text
    assert "Look further" in html
    assert "looked at before the time was up; there may be more." in html
    further = page.get("/rules/nato?near=far").text
    assert "Look further" not in further
    assert "time was up" not in further
    assert "NATO meets" in further[further.index('id="near"') :]
