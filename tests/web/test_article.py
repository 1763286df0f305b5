"""One article and its story: what rules say of it, marked; what became of it; who else tells it."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
import requests

from support.desk import SETTINGS, DeskFiles, item, rss
from support.page import FREE_PORT, ServedPage, served
from support.web import WebServer
from watchdesk.cli.session import utc_now
from watchdesk.documents.rule_answers import FEW, MOST_ASKED, answers_of
from watchdesk.model import Article, Judgement, Label, LabelledBy
from watchdesk.rules import RuleSet
from watchdesk.store import open_store
from watchdesk.web.pages import story as story_page

TEXT = (
    "Allies agreed on a new spending target for NATO on Tuesday, after two days of talks in Brussels. "
    "Ministers of all members said that defence spending will rise to five per cent within ten years."
)
COPIED = f"{TEXT} The plan is to be signed in the summer, and will be reviewed in three years."
HOSTILE = "\u202e&lt;script&gt;alert(1)&lt;/script&gt; NATO defence spending"
RULES = """\
rules:
  nato-spending: {title: NATO spending, query: 'NATO AND ("defence spending" OR "spending target")'}
  near: {title: Nearly, query: NATO AND pigeons}
  far: {title: Far off, query: pigeons}
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    desk = DeskFiles(tmp_path_factory.mktemp("article"))
    with WebServer() as web:
        web.serve("/wire", rss(item("1", "Allies agree on spending", COPIED), item("2", HOSTILE)))
        web.serve("/daily", rss(item("3", "NATO: spending to rise", COPIED)))
        feeds = {"wire": web.url("/wire"), "daily": web.url("/daily")}
        desk.write(feeds, SETTINGS + FREE_PORT, RULES)
        desk.run("once", "--all", "--send")
    with served(desk) as one:
        yield one


def number(page: ServedPage, title: str) -> int:
    found = page.get("/api/v1/articles").json()["articles"]
    return next(int(one["id"]) for one in found if title in one["title"])


def test_the_words_of_rules_are_marked_and_what_became_of_it_is_told(page: ServedPage) -> None:
    shown = page.get(f"/articles/{number(page, 'Allies agree')}").text
    assert "Allies agreed on a new <mark>spending target</mark> for <mark>NATO</mark> on Tuesday" in shown
    assert "<code>pigeons</code>" in shown
    assert shown.index("Nearly") < shown.index("The others") < shown.index("Far off")
    assert "in &#39;flash&#39;, made" in shown
    assert "shelf: sent" in shown.lower()


def test_a_rule_says_why_and_why_not(page: ServedPage) -> None:
    allies = number(page, "Allies agree")
    matching = page.get(f"/articles/{allies}?rule=nato-spending").text
    assert ">Why</h2>" in matching
    missing = page.get(f"/articles/{allies}?rule=near").text
    assert ">Why not</h2>" in missing
    assert "✗ pigeons" in missing
    assert "<mark>NATO</mark>" in missing
    assert "spending target for <mark>NATO</mark>" in missing
    assert page.get(f"/articles/{allies}?rule=none").status_code == 404


def test_the_api_explains_as_the_command_does(page: ServedPage) -> None:
    allies = number(page, "Allies agree")
    for rule in ("nato-spending", "near"):
        printed = page.desk.run("explain", rule, str(allies), "--json").document
        assert page.get(f"/api/v1/articles/{allies}/explain?rule={rule}").json() == printed
    assert page.get(f"/api/v1/articles/{allies}/explain?rule=none").status_code == 404
    whole = page.get(f"/api/v1/articles/{allies}").json()
    assert [one["rule"] for one in whole["matches"]] == ["nato-spending"]
    assert [one["fate"] for one in whole["fates"]] == ["sent"]
    assert whole["fates"][0]["digests"][0]["deliveries"][0]["channel"] == "shelf"


def test_copies_stand_apart_in_a_story(page: ServedPage) -> None:
    allies = page.get(f"/api/v1/articles/{number(page, 'Allies agree')}").json()
    story = page.get(f"/api/v1/stories/{allies['story']['id']}").json()
    (told,) = story["told"]
    assert len(told["copies"]) == 1
    shown = page.get(f"/stories/{story['id']}").text
    assert "The same text in 1 more" in shown
    assert "2 sources" in shown


def test_a_long_story_shows_its_first_articles_and_counts_the_rest(
    page: ServedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    allies = page.get(f"/api/v1/articles/{number(page, 'Allies agree')}").json()
    monkeypatch.setattr(story_page, "SHOWN", 1)
    shown = page.get(f"/stories/{allies['story']['id']}?anew=1").text  # no page that is kept from before
    assert "and 1 later article<" in shown
    assert "The same text" not in shown
    assert "2 sources since" in shown


def test_what_readers_say_is_kept_and_counted(page: ServedPage) -> None:
    path = f"/articles/{number(page, 'Allies agree')}"
    session = requests.Session()
    fields = {"rule": "nato-spending", "judgement": "wrong", "form_token": page.form_token(path, session)}
    for judgement in ("wrong", "right"):
        said = session.post(page.address + path, fields | {"judgement": judgement}, timeout=30)
        assert said.text.count('aria-pressed="true"') == 1
    assert "100% right by 1 label" in page.get("/rules/nato-spending").text
    one, listed = page.get("/api/v1/rules/nato-spending").json(), page.get("/api/v1/rules").json()["rules"]
    counted = ({"right": 1, "mention": 0, "wrong": 0}, 1.0)
    assert (one["labels"], one["precision"]) == counted
    (row,) = [rule for rule in listed if rule["rule"] == "nato-spending"]
    assert (row["labels"], row["precision"]) == counted
    for field, value, status in (("judgement", "x", 400), ("rule", "none", 404), ("form_token", "", 403)):
        answer = session.post(page.address + path, fields | {field: value}, timeout=30)
        assert answer.status_code == status
    with page.companion._desk.reading() as store:  # type: ignore[union-attr] # it is served
        (label,) = store.labels_of(int(path.rpartition("/")[2]))
        article = store.article(label.article_id)
    assert (label.judgement, label.by) == ("right", "page")
    assert article
    assert label.fingerprint == article.content_hash


def test_the_api_labels_with_the_token_alone(page: ServedPage) -> None:
    said = {"rule": "nato-spending", "article": number(page, "Allies agree"), "judgement": "mention"}
    assert page.post("/api/v1/labels", json=said).status_code == 403


def test_what_publishers_wrote_is_text(page: ServedPage) -> None:
    shown = page.get(f"/articles/{number(page, 'alert')}").text
    assert "<script" not in shown
    assert "\u202e" not in shown
    assert "&lt;script&gt;" in re.sub("</?mark>", "", shown)


@pytest.mark.parametrize("path", ["0", "99", "x", "-1", "1.0", str(2**63), "9" * 30, "%C2%B2"])
def test_what_is_not_there_is_absent(page: ServedPage, path: str) -> None:
    assert page.get(f"/articles/{path}").status_code == 404
    assert page.get(f"/stories/{path}").status_code == 404


def test_of_many_rules_the_others_are_shown_on_asking(desk: DeskFiles) -> None:
    rules = "".join(f"  r{n:03}: {{title: Rule {n}, query: pigeons AND word{n}}}\n" for n in range(70))
    rules += "".join(f"  m{n:03}: {{title: Matching {n}, query: pigeons}}\n" for n in range(60))
    with WebServer() as web:
        web.serve("/feed", rss(item("1", "Pigeons", "of word3 and word5")))
        desk.write({"wire": web.url("/feed")}, SETTINGS + FREE_PORT, f"rules:\n{rules}")
        desk.run("once", "--all")
    with served(desk) as page:
        shown = page.get("/articles/1").text
        assert "The other 68 rules" in shown
        assert shown.count("More like this") == 50
        assert "and 12 more rules<" in shown
        assert shown.count("fails by") == 10
        seen: list[str] = []
        path = "/articles/1?others=r000"
        while path:
            shown = page.get(path).text
            seen += re.findall(r"rule=(r\d+)", shown)
            more = re.search(r'href="\.\.(/articles/1\?others=\w+)', shown)
            path = more[1] if more else ""
        assert len(set(seen)) == len(seen) == 68


def test_a_label_outlives_its_article(desk: DeskFiles) -> None:
    with WebServer() as web:
        web.serve("/feed", rss(item("1", "Pigeons")))
        desk.write({"wire": web.url("/feed")}, SETTINGS, RULES)
        desk.run("once", "--all", "--send")
    later = utc_now() + timedelta(days=1)
    label = Label("far", 1, Judgement.WRONG, later, LabelledBy.API, "h")
    with closing(open_store("sqlite", desk.state)) as store:
        store.label(label)
        assert store.prune(later) == 1
        assert store.article(1) is None
        assert store.labels_of(1) == [label]


def test_however_many_rules_there_are_few_are_scored_and_asked_why_not() -> None:
    rules = "".join(f"  m{n:04}: {{title: Matching {n}, query: pigeons OR word{n}}}\n" for n in range(800))
    rules += "".join(f"  o{n:04}: {{title: Other {n}, query: wheat AND other{n}}}\n" for n in range(700))
    rules += "  near: {title: Near, query: seldom AND wheat}\n"
    article = Article("wire", "Pigeons seldom meet", (), utc_now(), language="en")
    found = answers_of(RuleSet.from_yaml(f"rules:\n{rules}"), article, most=50, patience=60)
    assert (len(found.matches), found.matching) == (50, 800)
    assert found.unasked == 701 - MOST_ASKED
    assert [one.rule.id for one in found.near] == ["near"], "what has a rare word of a rule is asked first"
    shown = answers_of(
        RuleSet.from_yaml(f"rules:\n{rules}"), article, most=50, others_from="o0100", shows_others=True
    )
    assert [one.rule.id for one in shown.others] == [f"o{n:04}" for n in range(100, 100 + FEW)]
    assert shown.more == f"o{100 + FEW:04}"
