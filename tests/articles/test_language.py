"""The language of a text, and that a feed's word for it is taken only where the text bears it out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.articles.language import FEWEST, LEAST, language_of, speaks
from watchdesk.articles.plain import folded

TEXTS = {
    "en": "The ministers of the two countries said on Tuesday that they would not sign the agreement before "
    "the end of the year, and that it was for the parliaments to decide what comes after it.",
    "de": "Die Minister der beiden Länder sagten am Dienstag, dass sie das Abkommen nicht vor dem Ende des "
    "Jahres unterzeichnen werden und dass es an den Parlamenten ist, über das Weitere zu entscheiden.",
    "fr": "Les ministres des deux pays ont dit mardi qu'ils ne signeraient pas l'accord avant la fin de "
    "l'année, et que c'est aux parlements de décider de ce qui vient après.",
    "es": "Los ministros de los dos países dijeron el martes que no van a firmar el acuerdo antes del final "
    "del año y que son los parlamentos los que tienen que decidir sobre lo que viene después.",
    "it": "I ministri dei due paesi hanno detto martedì che non firmeranno l'accordo prima della fine "
    "dell'anno e che sono i parlamenti a dover decidere su quello che viene dopo.",
    "pt": "Os ministros dos dois países disseram na terça-feira que não vão assinar o acordo antes do fim do "
    "ano e que são os parlamentos que têm de decidir sobre o que vem depois.",
    "nl": "De ministers van de twee landen zeiden dinsdag dat zij de overeenkomst niet voor het einde van "
    "het jaar zullen tekenen en dat het aan de parlementen is om te beslissen wat er daarna komt.",
    "ro": "Miniștrii celor două țări au spus marți că nu vor semna acordul înainte de sfârșitul anului și că "
    "este treaba parlamentelor să decidă ce urmează după aceea, potrivit unui comunicat.",
    "ca": "Els ministres dels dos països van dir dimarts que no signaran l'acord abans del final de l'any i "
    "que són els parlaments els que han de decidir sobre el que vindrà després.",
    "sv": "Ministrarna i de två länderna sade på tisdagen att de inte kommer att skriva under avtalet före "
    "årets slut och att det är upp till parlamenten att besluta om vad som händer sedan.",
    "pl": "Ministrowie obu krajów powiedzieli we wtorek, że nie podpiszą umowy przed końcem roku i że to "
    "parlamenty muszą zdecydować o tym, co będzie dalej z tą sprawą.",
}
KNOWN = ("en", "de", "fr", "it")


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("hint", [None, *TEXTS])
def test_a_text_is_in_its_own_language_whatever_its_feed_says(language: str, hint: str | None) -> None:
    assert language_of("", TEXTS[language], hint) == language


@pytest.mark.parametrize("language", KNOWN)
def test_a_text_bears_out_its_own_language_and_no_other(language: str) -> None:
    for spoken, text in TEXTS.items():
        assert speaks(folded(text).split(), language) is (spoken == language)


def test_a_few_words_bear_out_nothing() -> None:
    words = ["the"] * (FEWEST - 1)
    assert not speaks(words, "en")
    assert speaks([*words, "the"], "en")
    assert not speaks(["the"] * int(100 * LEAST - 1) + ["x"] * 71, "en")
    assert not speaks(["the"] * 100, "xx")


def test_without_words_the_hint_counts() -> None:
    assert language_of("Q3", "", "de-AT") == "de"
    assert language_of("Q3", "", "x-unknown") is None


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Зеленський у Києві", "uk"),
        ("Выборы в думу", "ru"),
        ("Путин в Москве", "ru"),
        ("G7 в Риме", "ru"),
        ("Эстония", "ru"),
        ("Ђоковић", "sr"),
        ("Ѓорѓи", "mk"),
        ("Қазақстан", "kk"),
        ("Мінск — Ўрад", "be"),
        ("Σύνοδος", "el"),
        ("أخبار", "ar"),
        ("چین و ایران", "fa"),
        ("پاکستان میں", "ur"),
        ("חדשות", "he"),
        ("北京", "zh"),
        ("東京の雨", "ja"),
        ("서울", "ko"),
        ("กรุงเทพ", "th"),
        ("Թբիլիսի", "hy"),
        ("თბილისი", "ka"),
        ("दिल्ली", "hi"),
    ],
)
@pytest.mark.parametrize("hint", ["en", "de", None])
def test_the_script_of_a_short_text_decides_against_a_wrong_hint(
    title: str, language: str, hint: str | None
) -> None:
    assert language_of(title, "", hint) == language


@pytest.mark.parametrize(
    ("title", "hint"),
    [("Вибори", "uk"), ("Новини", "bg"), ("日本銀行", "ja"), ("خبرها", "fa"), ("دنیا", "ur"), ("सत्ता", "mr")],
)
def test_a_hint_that_the_script_allows_counts(title: str, hint: str) -> None:
    assert language_of(title, "", hint) == hint


@pytest.mark.parametrize("title", ["Q3", "Kyiv", "5 μg", "α-Test Berlin", ""])
def test_latin_letters_and_single_symbols_say_nothing_of_the_language(title: str) -> None:
    assert language_of(title, "", "de") == "de"


@given(st.text(max_size=60), st.sampled_from(["en", "uk", "zh", None]))
def test_any_text_has_a_language_of_two_letters_or_none(text: str, hint: str | None) -> None:
    found = language_of(text, "", hint)
    assert found is None or len(found) == 2
