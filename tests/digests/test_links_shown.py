"""Links to the desk's page in digests: at each story and at the foot, and nowhere without an address."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest

from support.digests import ALL, BRUSSELS, NOW, covered, ordinary, render_plain, single
from watchdesk.digests import LANGUAGES, LASTS, Links, Templates, render
from watchdesk.digests.rendering.desk_templates import NONE
from watchdesk.digests.rendering.size_limit import LARGEST
from watchdesk.model import Digest, DigestPart, DigestStory, Judgement, Rendered

PUBLIC = "https://desk.example.org/"
LINKS = Links(PUBLIC, NOW + LASTS, bytes(32))


def numbered(digest: Digest) -> Digest:
    """With articles as the store has them, by number."""

    def story(one: DigestStory) -> DigestStory:
        article = replace(one.best.article, id=one.best.id + 1)
        return replace(one, best=replace(one.best, article=article))

    def part(one: DigestPart) -> DigestPart:
        names = ("stories", "more", "updates", "held_back")
        return replace(one, **{name: tuple(map(story, getattr(one, name))) for name in names})  # type: ignore[arg-type]

    return replace(digest, parts=tuple(map(part, digest.parts)))


def linked(digest: Digest, language: str = "en") -> Rendered:
    return render(NONE, numbered(digest), BRUSSELS, language, LINKS).rendered


def led(rendered: Rendered) -> list[str]:
    found = (unescape(one) for one in re.findall(r'href="([^"]+)"', rendered.html))
    return [one for one in found if one.startswith(PUBLIC)]


def test_each_story_says_why_and_takes_a_word() -> None:
    rendered = linked(single())
    why, label = LINKS.why(1, "nato"), LINKS.label
    says = [label(1, "nato", Judgement.WRONG), label(1, "nato", Judgement.RIGHT)]
    assert led(rendered) == [why, *says, LINKS.rule("nato"), LINKS.rule("ports")]
    lines = ("why", "not this", "more like this")
    for words, link in zip(lines, [why, *says], strict=True):
        assert f"  {words}: {link}\n" in rendered.text
    assert f"  NATO spending: {LINKS.rule('nato')}\n" in rendered.text
    (rule,) = json.loads(rendered.json)["rules"]
    assert rule["stories"][0]["links"] == {"why": why, "not_this": says[0], "more_like_this": says[1]}
    assert rule["page"] == LINKS.rule("nato")


def test_under_each_rule_a_story_is_of_that_rule_and_a_headline_says_why() -> None:
    found = led(linked(ordinary()))
    assert LINKS.why(1, "nato") in found
    assert LINKS.why(1, "aid") in found
    assert [LINKS.why(number, "minerals") for number in (7, 15)] == [
        one for one in found if one in {LINKS.why(7, "minerals"), LINKS.why(15, "minerals")}
    ]
    assert LINKS.label(7, "minerals", Judgement.WRONG) not in found


@pytest.mark.parametrize("name", ALL)
def test_without_an_address_nothing_of_it_is_there(name: str) -> None:
    make, language = ALL[name]
    bare, full = render_plain(numbered(make()), BRUSSELS, language), linked(make(), language)
    assert full == linked(make(), language)
    assert not {"links", "page"} & set(re.findall(r'"(\w+)":', bare.json))
    assert "asks" not in bare.html
    words = LANGUAGES[language]
    assert words.rules_and_silences not in bare.text + bare.html
    if name != "crowded":  # there the links take room from headlines
        heading = " ".join((words.rules_and_silences + words.colon).split())
        kept = [one for one in full.text.splitlines() if PUBLIC not in one and one != heading]
        assert "\n".join(kept).rstrip() == bare.text.rstrip()


def test_links_are_in_the_limits_of_a_mail() -> None:
    rendered = linked(ALL["crowded"][0]())
    assert len(rendered.html.encode()) <= LARGEST
    assert len(rendered.text.encode()) <= LARGEST
    assert len(led(rendered)) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_words_of_its_own(language: str) -> None:
    words = LANGUAGES[language]
    said = [words.why_this, words.not_this, words.more_like_this, words.rules_and_silences]
    assert all(one in linked(covered(), language).html for one in said[:3])
    assert len(set(said)) == 4
    if language != "en":
        english = LANGUAGES["en"]
        theirs = [english.why_this, english.not_this, english.more_like_this, english.rules_and_silences]
        assert not set(said) & set(theirs)


def test_templates_of_the_desk_have_them_too() -> None:
    files = {"digest.txt.j2": "{{ view.parts[0].stories[0].links[0].url }} {{ view.rule_links[0].words }}"}
    rendering = render(Templates(files), numbered(single()), BRUSSELS, "en", LINKS)
    assert rendering.rendered.text == f"{LINKS.why(1, 'nato')} NATO spending\n"
