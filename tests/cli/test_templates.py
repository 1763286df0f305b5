"""Templates of the desk's own, by the real commands."""

import json

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss
from support.digests import BRUSSELS, single
from support.web import WebServer
from watchdesk.app import build_plan
from watchdesk.configuration import read_configuration
from watchdesk.digests import render
from watchdesk.plan import Plan

BROKEN = "<p>\n{{ view.tittle }}</p>\n"
ARTICLE = item("1", "NATO agrees a new spending target", "NATO ministers agreed on a spending target.")


@pytest.fixture
def fed(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk whose operators are told, and that has an article to tell of."""
    web.serve("/feed", rss(ARTICLE))
    desk.write({"wire": web.url("/feed")}, settings=f"{SETTINGS}operators: {{to: [shelf]}}\n")
    (desk.config / "templates").mkdir()
    return desk


def template(desk: DeskFiles, name: str, source: str) -> None:
    (desk.config / "templates" / name).write_text(source)


def pages(desk: DeskFiles) -> list[str]:
    return [path.read_text() for path in sorted((desk.state / "digests").glob("*-flash-*.html"))]


def told(desk: DeskFiles) -> list[dict[str, str]]:
    notices = sorted((desk.state / "digests").glob("*-operators-*.json"))
    return [trouble for path in notices for trouble in json.loads(path.read_text())["troubles"]]


def test_a_digest_goes_out_by_the_desks_own_template(fed: DeskFiles) -> None:
    template(fed, "flash.html.j2", "<p>Ours: {{ view.subject }}</p>")
    assert fed.run("once", "--send").status == 0
    (page,) = pages(fed)
    assert "<p>Ours: Flash: NATO agrees a new spending target</p>" in page
    assert told(fed) == []


def test_a_broken_template_costs_no_digest_and_is_told_once(fed: DeskFiles, web: WebServer) -> None:
    template(fed, "digest.html.j2", BROKEN)
    assert fed.run("once", "--send").status == 0
    web.serve("/feed", rss(ARTICLE, item("2", "NATO spending target again", "NATO has a spending target.")))
    assert fed.run("once", "--all", "--send").status == 0
    assert len(pages(fed)) == 2
    assert all("NATO" in page for page in pages(fed))
    (trouble,) = told(fed)
    assert trouble["cause"] == "template:digest.html.j2"
    assert trouble["sentence"].startswith("templates/digest.html.j2:2: ")
    assert "tittle" in trouble["sentence"]
    assert "templates/digest.html.j2:2: " in fed.run("status").out


def test_a_template_that_was_mended_is_told_of_again_when_it_breaks_again(
    fed: DeskFiles, web: WebServer
) -> None:
    for number, source in enumerate((BROKEN, "<p>{{ view.title }}</p>", BROKEN)):
        template(fed, "digest.html.j2", source)
        web.serve(
            "/feed",
            rss(item(f"n{number}", f"NATO spending target {number}", "NATO spending target")),
            etag=None,
        )
        assert fed.run("once", "--all", "--send").status == 0
    assert [trouble["cause"] for trouble in told(fed)] == ["template:digest.html.j2"] * 2


@pytest.mark.parametrize(
    "failing",
    [
        "{% if 'bad' in view.subject %}{{ view.tittle }}{% endif %}",
        "{% if 'bad' in view.subject %}{{ big }}{% endif %}",
    ],
    ids=["broken", "large"],
)
def test_a_template_that_fails_with_some_stories_only_is_told_once(
    fed: DeskFiles, web: WebServer, failing: str
) -> None:
    large = "{% set big %}{% for n in range(60) %}{{ 'Harbour ' * 300 }}{% endfor %}{% endset %}"
    template(fed, "digest.html.j2", f"{large}<p>{{{{ view.title }}}}</p>{failing}")
    for number, mood in enumerate(("bad", "good", "bad", "good")):
        web.serve(
            "/feed", rss(item(f"n{number}", f"A {mood} NATO spending target {number}", "NATO")), etag=None
        )
        assert fed.run("once", "--all", "--send").status == 0
    assert len(pages(fed)) == 4
    assert [trouble["cause"] for trouble in told(fed)] == ["template:digest.html.j2"]
    assert "templates/digest.html.j2:1: " in fed.run("status").out


def test_a_template_that_is_included_and_was_mended_is_no_trouble_any_more(
    fed: DeskFiles, web: WebServer
) -> None:
    template(fed, "digest.html.j2", '<p>{{ view.title }}{% include "sign.html.j2" %}</p>')
    template(fed, "sign.html.j2", BROKEN)
    fed.run("once", "--send")
    assert "templates/sign.html.j2:2: " in fed.run("status").out
    template(fed, "sign.html.j2", "signed")
    web.serve("/feed", rss(item("2", "NATO spending target", "NATO spending target")), etag=None)
    fed.run("once", "--all", "--send")
    assert "sign.html.j2" not in fed.run("status").out


def test_a_template_that_was_taken_away_is_no_trouble_any_more(fed: DeskFiles, web: WebServer) -> None:
    template(fed, "digest.html.j2", BROKEN)
    fed.run("once", "--send")
    (fed.config / "templates" / "digest.html.j2").unlink()
    web.serve("/feed", rss(item("2", "NATO spending target", "NATO spending target")), etag=None)
    fed.run("once", "--all", "--send")
    template(fed, "digest.html.j2", BROKEN)
    web.serve("/feed", rss(item("3", "Third NATO spending target", "NATO spending target")), etag=None)
    fed.run("once", "--all", "--send")
    assert len(told(fed)) == 2


def test_check_warns_with_file_and_line(fed: DeskFiles) -> None:
    template(fed, "digest.html.j2", BROKEN)
    template(fed, "flash.txt.j2", "{% if %}")
    template(fed, "flahs.html.j2", "<p>{{ view.title }}</p>")
    said = fed.run("check")
    assert said.status == 0
    assert "templates/digest.html.j2:2:1: warning: " in said.err
    assert "    {{ view.tittle }}</p>" in said.err
    assert "templates/flash.txt.j2:1:1: warning: " in said.err
    assert "templates/flahs.html.j2:1:1: warning: no digest has this name" in said.err
    assert "did you mean 'flash.html.j2'?" in said.err


def test_a_preview_says_what_is_wrong(fed: DeskFiles) -> None:
    template(fed, "digest.txt.j2", BROKEN)
    fed.begin()
    said = fed.run("digest", "flash")
    assert said.status == 0
    assert "templates/digest.txt.j2:2: " in said.err
    assert "FLASH" in said.out


def test_a_plan_keeps_the_templates_it_was_built_with_and_the_next_reads_them_anew(fed: DeskFiles) -> None:
    def page(plan: Plan) -> str:
        return render(plan.templates, single(), BRUSSELS, "en").rendered.html

    template(fed, "flash.html.j2", "<p>before</p>")
    plan = build_plan(read_configuration(fed.config), fed.state)
    template(fed, "flash.html.j2", "<p>after</p>")
    reloaded = build_plan(read_configuration(fed.config), fed.state)
    assert "before" in page(plan)
    assert "after" in page(reloaded)


def test_check_tells_of_a_file_that_is_no_template(fed: DeskFiles) -> None:
    template(fed, "digest.html", "<p>Ours</p>")
    answered = fed.run("check")
    assert answered.status == 0
    assert "templates/digest.html:1:1: warning: this is no template" in answered.out + answered.err


def test_check_and_a_digest_bear_a_template_of_400_nested_parentheses(fed: DeskFiles) -> None:
    template(fed, "digest.html.j2", "<p>\n{{ " + "(" * 400 + "1" + ")" * 400 + " }}\n")
    said = fed.run("check")
    assert said.status == 0
    assert "templates/digest.html.j2:2:1: warning: more than 40 brackets" in said.err
    assert fed.run("once", "--send").status == 0
    (page,) = pages(fed)
    assert "NATO agrees" in page
    assert [trouble["cause"] for trouble in told(fed)] == ["template:digest.html.j2"]
