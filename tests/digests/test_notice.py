"""A notice to the operators: it fits a mail, and says where what it leaves out is to be seen."""

import json
import re

import pytest

from support.digests import BRUSSELS, NOW, render_plain_notice
from watchdesk.digests.rendering.size_limit import LARGEST
from watchdesk.model import Rendered, Trouble


def notice(count: int, words: str) -> Rendered:
    troubles = [Trouble(f"cause-{n}", f"Trouble number {n}. {words}") for n in range(count)]
    return render_plain_notice(troubles, NOW, BRUSSELS)


@pytest.mark.parametrize("count", [1, 40, 120])
@pytest.mark.parametrize(
    "words", ["All is well again. ", "Знову все гаразд. " * 100, "<&\"'>" * 400, "word " * 400]
)
def test_a_notice_fits_a_mail_and_counts_what_it_leaves_out(count: int, words: str) -> None:
    rendered = notice(count, words)
    for page, begins in ((rendered.html, r"<p[^>]*>"), (rendered.text, "^- ")):
        assert len(page.encode()) <= LARGEST
        shown = len(re.findall(rf"{begins}Trouble\s+number", page, re.MULTILINE))
        more = re.search(rf"{begins}And (\d+) more\.", page, re.MULTILINE)
        assert shown + int(more[1] if more else 0) == count
    assert len(json.loads(rendered.json)["troubles"]) == count


def test_a_notice_leaves_out_no_more_than_it_must() -> None:
    assert "And" not in notice(40, "All is well again.").html
    page = notice(40, "слово " * 320).html
    assert LARGEST - 4500 < len(page.encode()) <= LARGEST


def test_what_a_notice_leaves_out_is_where_it_says() -> None:
    text = " ".join(notice(45, "").text.split())
    assert "And 5 more. watchdesk sources shows every source, watchdesk deliveries --state dead" in text


def test_a_notice_quotes_lines_of_files_as_they_stand() -> None:
    lines = "rules/a.yaml:2:16: a word is wanted\n    nato: {query: NATO OR}\n                  ^ \u202e<b>"
    trouble = Trouble("configuration:1", "It cannot be used.", quoted=lines)
    rendered = render_plain_notice([trouble, Trouble("full", "The disk is full.")], NOW, BRUSSELS)
    assert "    nato: {query: NATO OR}\n                  ^ \ufffd&lt;b&gt;</pre>" in rendered.html
    assert (
        "\n        nato: {query: NATO OR}\n                      ^ \ufffd<b>\n\n- The disk" in rendered.text
    )
    assert "nato" not in rendered.json


@pytest.mark.parametrize(
    ("told", "subject"),
    [
        (
            "The publisher of beta (https://beta.example/news/feed.xml) says that it is gone for good, so it "
            "is no longer polled. Find its new address, or remove it from sources.yaml.",
            "The publisher of beta (https://beta.example/news/feed.xml) says that it is gone for good",
        ),
        ("The disk is full. Make room.", "The disk is full"),
        (
            "The channel desk at mail.example.org: 550 5.7.1 no",
            "The channel desk at mail.example.org: 550 5.7.1 no",
        ),
        ("word " * 40, "word " * 17 + "word…"),
    ],
)
def test_the_subject_of_one_trouble_says_something_whole(told: str, subject: str) -> None:
    rendered = render_plain_notice([Trouble("one", told.strip())], NOW, BRUSSELS)
    assert rendered.subject == f"watchdesk needs you: {subject}"
