"""docs/digests.md says what templates are given, completely, and its templates work."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from support.digests import ALL, BRUSSELS
from watchdesk.digests import Templates, render
from watchdesk.digests.rendering.environments import our_environment
from watchdesk.digests.rendering.languages import LANGUAGES
from watchdesk.digests.rendering.sanitising import Run
from watchdesk.digests.rendering.view import (
    BriefView,
    CopyLine,
    DigestView,
    HistoryView,
    LinkView,
    NoticeView,
    PartView,
    StoryView,
    TroubleLine,
)

PAGE = (Path(__file__).parents[2] / "docs" / "digests.md").read_text(encoding="utf-8")
DOCUMENTED = {
    "`view`: the digest": DigestView,
    "A part": PartView,
    "A story": StoryView,
    "A headline": BriefView,
    "The days": HistoryView,
    "A link": LinkView,
    "A copy": CopyLine,
    "A source that is not well": TroubleLine,
    "`notice`": NoticeView,
    "A run": Run,
}
TEMPLATES = re.findall(r"```jinja\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("heading", DOCUMENTED)
def test_every_name_that_a_template_is_given_is_documented_and_no_other(heading: str) -> None:
    (section,) = re.findall(rf"#### {re.escape(heading)}.*?\n(.*?)(?=\n#|\Z)", PAGE, flags=re.DOTALL)
    documented = re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", section, flags=re.MULTILINE)
    assert documented == [field.name for field in fields(DOCUMENTED[heading])]


def test_every_filter_of_ours_is_documented() -> None:
    ours = set(our_environment().filters) - set(type(our_environment())().filters)
    assert (
        set(re.findall(r"^\| `(\w+)` \| .*\|$", PAGE.split("| filter |")[1].split("####")[0], re.M)) == ours
    )


def test_every_block_is_documented() -> None:
    source = our_environment().get_template("watchdesk/digest.html.j2")
    sentence = PAGE.split("The blocks of")[1].split("`{{ super() }}`")[0]
    assert set(source.blocks) <= set(re.findall(r"`(\w+)`", sentence))


@pytest.mark.parametrize("source", TEMPLATES, ids=range(len(TEMPLATES)))
@pytest.mark.parametrize("name", ALL)
def test_the_templates_shown_work(source: str, name: str) -> None:
    make, language = ALL[name]
    file = "digest.html.j2" if "extends" in source else "digest.txt.j2"
    rendering = render(Templates({file: source}), make(), BRUSSELS, language)
    assert [trouble for trouble in rendering.troubles if not trouble.was_used] == []
    assert rendering.used == (file,)


def test_the_languages_are_those_there_are() -> None:
    (told,) = re.findall(r"Digests speak these languages: (.*?)\.", PAGE)
    assert re.findall(r"`(\w\w)`", told) == sorted(LANGUAGES)
