"""`watchdesk explain`: what an article said before its source changed it, and in which digest that was."""

from cli.test_explain_fate import BODY, desk_with, explained
from support.desk import DeskFiles, item, rss
from support.web import WebServer


def test_what_was_said_before_is_shown_with_the_words_that_changed(desk: DeskFiles, web: WebServer) -> None:
    text = f"{BODY} It rises by 5 per cent a year until then, a spokesman of the alliance said."
    desk_with(desk, web, item("1", "NATO doubles its spending target", text))
    newer = text.replace("5 per cent", "3 per cent")
    web.serve("/feed", rss(item("1", "NATO raises its spending target", newer)))
    assert desk.run("once", "--all").status == 0
    document, shown = explained(desk)
    (revision,) = document["revisions"]
    assert (revision["title"], revision["text"]) == ("NATO doubles its spending target", text)
    assert revision["digests"] == ["flash"]
    assert [(one["field"], one["before"], one["after"]) for one in revision["changes"]] == [
        ("title", "doubles", "raises"),
        ("body", "5", "3"),
    ]
    assert revision["since"] <= revision["until"]
    assert (document["revisions_left_out"], document["revisions_unreadable_until"]) == (0, None)
    assert "Its source has changed it 1 time since it was first seen:" in shown
    assert ", as in flash:" in shown
    assert "title: … NATO [doubles → raises] its spending target …" in shown
    assert "… It rises by [5 → 3] per cent a year …" in shown.replace("capital. ", "")
    assert "as in flash" in desk.run("explain", "nato-spending", "1").out


def test_an_article_that_never_changed_says_nothing_of_it(desk: DeskFiles, web: WebServer) -> None:
    desk_with(desk, web, item("1", "NATO doubles its spending target", BODY))
    document, shown = explained(desk)
    assert document["revisions"] == []
    assert "changed" not in shown
