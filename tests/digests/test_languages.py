"""Digests in the languages of their readers."""

import re
from dataclasses import fields, replace

import pytest
from babel import Locale

from support.digests import BRUSSELS, NOW, held_back_test, ordinary, render_plain, spiking
from watchdesk.digests.rendering.languages import LANGUAGES
from watchdesk.digests.rendering.page import view_of
from watchdesk.digests.rendering.phrases import Phrases
from watchdesk.digests.rendering.words import Words
from watchdesk.model import SourceHealth

STRINGS = [field.name for field in fields(Words) if field.type is str or field.type == "str"]
FORMS = [field.name for field in fields(Words) if field.name not in STRINGS]


def holes(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_the_places_of_the_english_one(language: str) -> None:
    words, english = LANGUAGES[language], LANGUAGES["en"]
    for name in STRINGS:
        assert holes(getattr(words, name)) == holes(getattr(english, name)), name
    for name in FORMS:
        for form, text in getattr(words, name).items():
            assert holes(text) <= {"n", "well", "wanted"}, (name, form)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_that_is_counted_has_its_form(language: str) -> None:
    needed = {Locale(language).plural_form(number) for number in range(1, 200)}
    words = LANGUAGES[language]
    for name in ("stories", "sources_read", "articles_seen", "days"):
        assert needed <= set(getattr(words, name)), name


@pytest.mark.parametrize(
    ("language", "counted"),
    [
        ("en", ["1 story", "2 stories", "5 stories", "22 stories"]),
        ("pl", ["1 materiał", "2 materiały", "5 materiałów", "22 materiały"]),
        ("uk", ["1 новина", "2 новини", "5 новин", "22 новини"]),
        ("fr", ["1 sujet", "2 sujets", "5 sujets", "22 sujets"]),
    ],
)
def test_plurals_are_those_of_the_language(language: str, counted: list[str]) -> None:
    phrases = Phrases(NOW, BRUSSELS, language)
    assert [phrases.count(phrases.words.stories, number) for number in (1, 2, 5, 22)] == counted
    assert phrases.count(LANGUAGES["uk"].stories, 21) == "21 новина" or language != "uk"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("healthy", [True, False])
def test_a_single_source_is_not_counted(language: str, healthy: bool) -> None:
    def health(count: int) -> str:
        sources = tuple(SourceHealth(f"s{n}", f"S{n}", healthy=healthy) for n in range(count))
        return view_of(replace(ordinary(), health=sources), BRUSSELS, language).health

    assert not re.search(r"\d", health(1))
    assert "21" in health(21)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_english_is_left_in_another_language(language: str) -> None:
    said = {}
    for name, make in {"ordinary": ordinary, "spike": spiking, "held back": held_back_test}.items():
        rendered = render_plain(make(), BRUSSELS, language)
        said[name] = rendered.text
        assert f'<html lang="{language}"' in rendered.html
        assert "{" not in rendered.text
    if language != "en":
        english = re.compile(r"\b(today|yesterday|stories|new|also in|updated|since|silent)\b")
        quoted = re.compile(r"https\S+|Held back.*")
        assert not [word for text in said.values() for word in english.findall(quoted.sub("", text))]


def test_a_language_that_is_not_known_is_english_with_its_dates() -> None:
    assert "Wednesday, 25 November 2026" in render_plain(ordinary(), BRUSSELS, "xx").text
    assert "mercredi 25 novembre 2026" in render_plain(ordinary(), BRUSSELS, "fr-BE").text
