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


OTHER = "rules:\n  trade: {query: tariff AND}\n  fish: {query: fish}\n"
TOLD_OF_RULES = "rules/other.yaml:2:"


@pytest.fixture
def half(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """The same, with rules in two files; somebody makes a mistake in one of them."""
    web.serve("/feed", rss(NATO, item("2", "The fish of Brussels")))
    desk.write({"wire": web.url("/feed")})
    other = desk.config / "rules" / "other.yaml"
    other.write_text(OTHER.replace(" AND", ""))
    assert desk.run("once", "--all", "--send").status == 0
    other.write_text(OTHER)
    return desk


READING = [
    (("explain", "nato-spending", "1"), "NATO agrees a new spending target"),
    (("rules",), "nato-spending"),
    (("backtest",), "nato-spending"),
    (("backtest", "nato-spending"), "nato-spending"),
    (("backtest", "--query", "fish"), "query     0    1"),
    (("backtest", "--query", "NATO", "--against", "nato-spending"), "query     1    0"),
    (("silence", "nato-spending", "--until", "2h"), "is silent until"),
    (("silence", "--list"), "no rule is silent"),
    (("try", "-"), "nato-spending"),
    (("sources", "export", "-"), "xmlUrl"),
]


@pytest.mark.parametrize(("command", "shown"), READING)
def test_what_does_not_need_the_broken_file_is_answered_beside_its_mistake(
    half: DeskFiles, command: Sequence[str], shown: str
) -> None:
    article = b"NATO agrees a new spending target\n\nMinisters of NATO agreed on defence spending."
    answered = half.run(*command, stdin=article)
    assert (answered.status, shown in answered.out) == (0, True), answered
    assert TOLD_OF_RULES in answered.err
    assert "--query" in command or "fish" not in answered.out
    assert "no longer in the files" not in answered.out


@pytest.mark.parametrize(("command", "shown"), READING)
def test_a_mistake_elsewhere_hinders_none_of_them(
    polled: DeskFiles, command: Sequence[str], shown: str
) -> None:
    answered = polled.run(*command, stdin=b"NATO agrees a spending target")
    assert answered.status == 0, answered
    assert TOLD in answered.err


@pytest.mark.parametrize(
    "command",
    [
        ("explain", "fish", "2"),
        ("backtest", "fish"),
        ("backtest", "trade"),
        ("backtest", "--query", "NATO", "--against", "trade"),
        ("silence", "trade", "--until", "2h"),
    ],
)
def test_what_needs_the_broken_file_is_refused_with_its_mistake(
    half: DeskFiles, command: Sequence[str]
) -> None:
    refused = half.run(*command)
    assert (refused.status, refused.out) == (2, "")
    assert TOLD_OF_RULES in refused.err
    assert "1 mistake in the configuration" in refused.err


def test_without_any_rule_that_can_be_read_a_backtest_is_refused(half: DeskFiles) -> None:
    (half.config / "rules" / "desk.yaml").write_text("rules: {nato-spending: {query: NATO AND}}\n")
    assert half.run("backtest").status == 2
    assert half.run("rules").status == 0


def test_a_list_of_sources_with_a_mistake_is_not_exported_in_part(polled: DeskFiles) -> None:
    with (polled.config / "sources.yaml").open("a") as sources:
        sources.write("  other: {feed: 1, evry: 2m}\n")
    refused = polled.run("sources", "export", "-")
    assert (refused.status, refused.out) == (2, "")
    assert "'evry'" in refused.err
