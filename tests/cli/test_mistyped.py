"""What is said to somebody who typed something else than what was meant."""

import pytest

from support.desk import SETTINGS, DeskFiles
from watchdesk.config.places import did_you_mean


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("schema", "rule"), "'rule' has no schema; did you mean 'rules'?"),
        (("chek",), "No such command 'chek'. Did you mean 'check'?"),
        (("once", "--al"), "No such option '--al'. Did you mean '--all'?"),
        (("search", "aid", "AND", "grain"), "put it in quotes, as in watchdesk search 'aid AND grain'"),
    ],
)
def test_a_command_says_what_was_probably_meant(desk: DeskFiles, typed: tuple[str, ...], said: str) -> None:
    answered = desk.run(*typed)
    assert answered.status == 2
    assert said in " ".join(answered.err.split())


def test_a_wild_guess_is_not_made() -> None:
    assert did_you_mean("tag:oficial", ["tag:minerals", "tag:security"]) is None
    assert did_you_mean("tag:mineral", ["mineral-deals", "tag:minerals"]) == "did you mean 'tag:minerals'?"


def test_mistakes_in_folders_of_rules_alone_leave_the_rest_in_force(desk: DeskFiles) -> None:
    desk.write({})
    (desk.config / "rules" / "team").mkdir()
    (desk.config / "rules" / "team" / "x.yaml").write_text("rules: {x: {title: a, query: AND}}\n")
    assert "(help: folder-refused)" in desk.run("check").err
    desk.write({}, rules="rules: {x: {title: a, query: AND}}\n")
    assert "folder-refused" not in desk.run("check").err


def test_one_mistake_is_told_once(desk: DeskFiles) -> None:
    mail = "  post: {email: {to: me, from: a@example.org, server: sendmail}}\n"
    desk.write({}, settings=SETTINGS.replace("channels:\n", f"channels:\n{mail}"))
    said = desk.run("check").err
    assert "'me' is not a mail address" in said
    assert "must not be empty" not in said
