"""Commands that ask the database alone answer while the files have a mistake, and say that they have one."""

from collections.abc import Sequence

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss
from support.web import WebServer

NATO = item("1", "NATO agrees a new spending target", "Ministers of NATO agreed on defence spending.")
MISTAKE = "retention: never\n"
TOLD = "'retention' is not a setting of watchdesk.yaml; what can be read of the files is used"


@pytest.fixture
def polled(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk with an article and a digest, in whose files somebody then makes a mistake."""
    web.serve("/feed", rss(NATO))
    desk.write({"wire": web.url("/feed")})
    assert desk.run("once", "--all", "--send").status == 0
    desk.write({"wire": web.url("/feed")}, f"{SETTINGS}{MISTAKE}")
    return desk


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (("sources",), "wire"),
        (("search", "NATO"), "1 article"),
        (("deliveries",), "1 delivery"),
        (("fleet",), "this desk is on SQLite"),
        (("verify",), "articles"),
    ],
)
def test_they_answer_and_name_the_mistake(polled: DeskFiles, command: Sequence[str], shown: str) -> None:
    assert polled.run("check").status == 2
    answered = polled.run(*command)
    assert (answered.status, shown in answered.out) == (0, True), answered
    assert TOLD in answered.err


def test_lists_of_files_without_a_mistake_may_be_searched_by(polled: DeskFiles) -> None:
    (polled.config / "rules" / "lists.yaml").write_text("lists: {alliances: [NATO, OSCE]}\n")
    assert "1 article" in polled.run("search", "@alliances").out
    (polled.config / "rules" / "lists.yaml").write_text("lists: {alliances: [")
    refused = polled.run("search", "@alliances")
    assert refused.status == 2
    assert "alliances" in refused.err


def test_sources_without_a_mistake_are_listed(polled: DeskFiles, web: WebServer) -> None:
    rows = f"sources:\n  wire: {{feed: '{web.url('/feed')}'}}\n  other: {{feed: 1, evry: 2m}}\n"
    (polled.config / "sources.yaml").write_text(rows)
    answered = polled.run("sources", "--json")
    assert (answered.status, [one["id"] for one in answered.document["sources"]]) == (0, ["wire"])


def test_where_the_database_cannot_be_told_they_say_what_is_wrong(polled: DeskFiles) -> None:
    (polled.config / "watchdesk.yaml").write_text("channels: [\n")
    refused = polled.run("sources")
    assert (refused.status, refused.out) == (2, "")
    assert "is not YAML" in refused.err
