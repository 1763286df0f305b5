"""Rules for languages that no article is in: nobody is told that they found nothing."""

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss
from support.web import WebServer

RULES = """\
rules:
  aid: {title: Aid rule, query: aid, languages: [en]}
  hilfe: {title: Hilfe rule, query: Hilfe, languages: [de]}
  aide: {title: Aide rule, query: aide, languages: [fr]}
  corn: {title: Corn rule, query: corn}
"""
ENGLISH = [
    item(f"e{n}", f"Ships leave the port with grain, number {n}", "The first of the ships left it on Monday.")
    for n in range(100)
]
GERMAN = item(
    "g1",
    "Der Hafen wird im Winter nicht mehr gebraucht",
    "Die Stadt will ihn verkaufen, weil seit dem Sommer kaum noch Schiffe kommen und niemand mehr zahlt.",
)
MORNING = SETTINGS.replace("at: once,", 'at: "0 7 * * *",')


@pytest.fixture
def english(desk: DeskFiles, web: WebServer) -> DeskFiles:
    """A desk with rules in three languages that has read a hundred articles in English."""
    web.serve("/feed", rss(*ENGLISH))
    desk.write({"wire": web.url("/feed")}, MORNING, RULES)
    assert desk.run("once", "--all").status == 0
    return desk


def foot(desk: DeskFiles) -> str:
    """What the digest says of rules that found nothing."""
    return " ".join(desk.run("digest", "flash").out.split())


def test_the_foot_of_a_digest_has_only_rules_that_could_have_found_something(
    english: DeskFiles, web: WebServer
) -> None:
    assert "Nothing found for: Aid rule, Corn rule." in foot(english)
    web.serve("/feed", rss(GERMAN, *ENGLISH))
    assert english.run("once", "--all").status == 0
    assert "Nothing found for: Aid rule, Hilfe rule, Corn rule." in foot(english)


def test_no_command_advises_on_a_rule_whose_language_nobody_reads(english: DeskFiles) -> None:
    found = english.run("rules", "--json").document["rules"]
    assert {rule["rule"]: rule["look_at"] for rule in found} == {
        "aid": "silent",
        "hilfe": None,
        "aide": None,
        "corn": "silent",
    }
    out = english.run("rules").out
    assert "! aid never matched" in out
    assert "4 rules, 2 to look at" in out
    for command in (["check"], ["status"]):
        said = english.run(*command)
        assert "hilfe" not in (said.out + said.err).lower()


def test_try_names_rules_of_other_languages_in_one_line(english: DeskFiles) -> None:
    told = "The first of the ships left the harbour on Monday, and the second is to follow it tomorrow."
    lines = english.run("try", "-", stdin=told.encode()).out.splitlines()
    assert lines[-2:] == ["0 rules of 2 match", "for other languages: hilfe, aide"]
    assert sum("does not match" in line for line in lines) == 2
