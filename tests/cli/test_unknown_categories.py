"""`check` warns of a category that no stored article has had, where articles are stored."""

from support.desk import DeskFiles, item, rss
from support.web import WebServer

RULES = """\
rules:
  weather: {query: NATO AND category:wether}
  sport: {query: "NATO AND category:sports", exclude: "category:(opinion OR press)"}
"""
SETTINGS = "timezone: UTC\npolling: {private_addresses: allow}\narticles: {full_text: never}\n"


def test_a_category_that_no_article_has_is_a_warning_that_names_the_near_one(
    desk: DeskFiles, web: WebServer
) -> None:
    labels = "<category>Weather</category><category>Sports &amp; Games</category><category>Opinion</category>"
    web.serve("/feed", rss(item("1", "NATO").replace("</item>", f"{labels}</item>")))
    desk.write({"wire": web.url("/feed")}, settings=SETTINGS, rules=RULES)

    before = desk.run("check")
    assert (before.status, before.err) == (0, "")
    assert not desk.state.exists(), "check made a state directory"

    assert desk.run("once", "--all").status == 0
    said = desk.run("check").err
    assert "warning: no article that is stored lately has the category 'wether'" in said
    assert "hint: did you mean 'Weather'?" in said
    assert "the category 'press'" in said
    assert "'sports'" not in said
    assert "'opinion'" not in said


def test_a_database_that_cannot_be_read_does_not_keep_check_from_checking(desk: DeskFiles) -> None:
    desk.write({}, settings=SETTINGS, rules=RULES)
    desk.state.mkdir()
    (desk.state / "watchdesk.db").write_bytes(b"no database" * 1000)
    assert "category" not in desk.run("check").err
