"""Text → words, and what makes two of them one."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.rules.text.folding import keys, plain, stem
from watchdesk.rules.text.spelling import american
from watchdesk.rules.text.words import tokens


def surfaces(text: str) -> list[str]:
    return [token.surface for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rare-earth", ["rare", "earth"]),
        ("NATO's plan", ["NATO", "plan"]),
        ("NATO’s plan", ["NATO", "plan"]),
        ("the allies' plan", ["the", "allies", "plan"]),
        ("L'Ukraine", ["L", "Ukraine"]),
        ("the U.S. army", ["the", "US", "army"]),
        ("U.S.-led", ["US", "led"]),
        ("the U.K.", ["the", "UK"]),
        ("2.5% of GDP", ["2.5%", "of", "GDP"]),
        ("2.5 per cent", ["2.5%"]),
        ("5 percent", ["5%"]),
        ("5-percent", ["5%"]),
        ("5 percentage points", ["5", "percentage", "points"]),
        ("2,5 %", ["2.5%"]),
        ("1,250,000 shells", ["1250000", "shells"]),
        ("$5bn", ["$", "5bn"]),
        ("€2.5bn", ["€", "2.5bn"]),
        ("the F-16 and 5G", ["the", "F", "16", "and", "5G"]),
        ("end.Start", ["end", "Start"]),
        ("five per cent, or percent", ["five", "%", "or", "%"]),
        ("5\u3000per\u2009cent", ["5%"]),
        ("５％ and ٥٪", ["５%", "and", "٥%"]),
        ("Zelenskyʼs plan", ["Zelensky", "plan"]),
        ("Zelensky′s plan", ["Zelensky", "plan"]),
        ("Zelensky＇s plan", ["Zelensky", "plan"]),
        ("Zelensky`s plan", ["Zelensky", "plan"]),
        ("прем'єр", ["прем", "єр"]),
        ("премʼєр", ["прем", "єр"]),
        ("прем′єр", ["прем", "єр"]),
        ("Ukraine¹ and 2023²", ["Ukraine", "¹", "and", "2023", "²"]),
        ("5 m² of CO₂", ["5", "m²", "of", "CO₂"]),
        ("2.5万人", ["2.5", "万人", "人"]),
        ("ที่นี่", ["ที่นี่", "นี่"]),
        ("北\u00ad约", ["北约", "约"]),
        ("北约峰会", ["北约", "约峰", "峰会", "会"]),
        ("NATO北约", ["NATO", "北约", "约"]),
        ("उत्तर", ["उत्तर"]),
        ("", []),
        ("— … !", []),
    ],
)
def test_text_is_cut_into_words(text: str, expected: list[str]) -> None:
    assert surfaces(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zelenský", "zelensky"),
        ("Łódź", "lodz"),
        ("mineral", "minerals"),
        ("country", "countries"),
        ("tie", "ties"),
        ("tax", "taxes"),
        ("hero", "heroes"),
        ("crisis", "crises"),
        ("analysis", "analyses"),
        ("man", "men"),
        ("woman", "women"),
        ("child", "children"),
        ("Israeli", "Israelis"),
        ("bus", "buses"),
        ("NGO", "NGOs"),
        ("16", "16s"),
        ("MP", "MPs"),
        ("ally", "allies"),
        ("defence", "defense"),
        ("organisation", "organizations"),
        ("armour", "armor"),
        ("armoured", "armored"),
        ("travelled", "traveled"),
        ("aluminium", "Aluminum"),
        ("programmes", "program"),
        ("spokeswomen", "spokeswoman"),
        ("statesmen", "statesman"),
        ("sortie", "sorties"),
        ("bureaux", "bureau"),
        ("consortium", "consortia"),
        ("moustaches", "mustache"),
    ],
)
def test_english_forms_are_one_word(one: str, other: str) -> None:
    assert keys(one, "en") == keys(other, "en")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("news", "new"),
        ("customs", "custom"),
        ("aid", "aide"),
        ("aid", "AIDS"),
        ("arms", "arm"),
        ("accord", "according"),
        ("import", "important"),
        ("gas", "ga"),
        ("Hamas", "Hama"),
        ("glass", "glas"),
        ("people", "person"),
        ("economics", "economic"),
        ("Commons", "common"),
        ("securities", "security"),
        ("premises", "premise"),
        ("proceeds", "proceed"),
        ("Vegas", "Vega"),
        ("Roberts", "Robert"),
        ("Marcos", "Marco"),
        ("5", "5%"),
    ],
)
def test_different_english_words_stay_apart(one: str, other: str) -> None:
    assert keys(one, "en") != keys(other, "en")


@pytest.mark.parametrize(
    ("british", "in_america"),
    [
        ("theatre", "theater"),
        ("licence", "license"),
        ("programme", "program"),
        ("practised", "practiced"),
        ("counsellors", "counselors"),
        ("grey", "gray"),
        ("tsar", "czar"),
        ("rouble", "ruble"),
        ("adviser", "advisor"),
        ("towards", "toward"),
        ("kilometre", "kilometer"),
        ("millilitres", "milliliters"),
        ("unauthorised", "unauthorized"),
        ("weaponisation", "weaponization"),
        ("Finlandised", "Finlandized"),
        ("paralysing", "paralyzing"),
        ("misbehaviour", "misbehavior"),
        ("dishonourable", "dishonorable"),
        ("leukaemia", "leukemia"),
        ("haemorrhaging", "hemorrhaging"),
        ("paediatricians", "pediatricians"),
        ("paedophile", "pedophile"),
        ("manoeuvres", "maneuvers"),
        ("ploughshares", "plowshares"),
        ("chequebook", "checkbook"),
        ("draughtsmen", "draftsmen"),
    ],
)
def test_british_and_american_spellings_are_one_word(british: str, in_america: str) -> None:
    assert keys(british, "en") == keys(in_america, "en")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cheque", "check"),
        ("storey", "story"),
        ("kerb", "curb"),
        ("draught", "draft"),
        ("tonne", "ton"),
        ("Tyre", "tire"),
        ("prise", "prize"),
        ("prised", "prized"),
        ("vice", "vise"),
        ("racquet", "racket"),
        ("Louvre", "louver"),
        ("Chequers", "checkers"),
        ("whisky", "whiskey"),
        ("annexe", "annex"),
        ("Caesar", "Cesar"),
        ("filled", "filed"),
        ("four", "for"),
    ],
)
def test_spellings_that_are_another_word_too_stay_apart(one: str, other: str) -> None:
    assert keys(one, "en") != keys(other, "en")


@pytest.mark.parametrize("word", ["rise", "promised", "exercises", "supervising", "enterprise", "unwise"])
def test_words_in_ise_that_are_spelled_alike_are_left_as_they_are(word: str) -> None:
    assert american(word) == word


def test_the_list_of_spellings_does_not_shrink() -> None:
    lines = (files("watchdesk.rules.text") / "spelling.txt").read_text("utf-8").splitlines()
    listed = [word for line in lines if not line.startswith("#") for word in line.split()]
    assert len(listed) >= 835


@pytest.mark.parametrize(
    ("one", "other"), [("organise", "organizations"), ("defence", "defensive"), ("labour", "labors")]
)
def test_a_stem_is_one_in_both_spellings(one: str, other: str) -> None:
    assert stem(one, "en") == stem(other, "en")


def test_unsure_language_folds_as_english() -> None:
    assert keys("countries", None) == keys("country", None)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Häuser", "Haus"),
        ("fr", "sanctions", "sanction"),
        ("es", "acuerdos", "acuerdo"),
        ("it", "accordi", "accordo"),
        ("nl", "landen", "land"),
        ("nl", "akkoorden", "akkoord"),
        ("nl", "bedrijven", "bedrijf"),
        ("ru", "санкции", "санкций"),
    ],
)
def test_other_languages_are_stemmed(language: str, one: str, other: str) -> None:
    assert set(keys(one, language)) & set(keys(other, language))


def test_accents_may_be_left_out_where_words_are_stemmed() -> None:
    assert set(keys("securite", "fr")) & set(keys("sécurité", "fr"))


def test_cyrillic_short_i_and_japanese_marks_are_letters() -> None:
    assert plain("Й") == "й"
    assert plain("Київ") == "київ"
    assert plain("ガ") == "ガ"


def test_stressed_and_short_letters_are_told_apart() -> None:
    assert plain("за\u0301мок") == "замок"
    assert plain("и\u0306\u0301") == "й"
    assert plain("\u0306") == ""


def test_stems_join_what_plurals_do_not() -> None:
    assert stem("spending", "en") == stem("spends", "en")
    assert keys("spending", "en") != keys("spends", "en")


@given(st.text(max_size=60))
def test_words_lie_in_the_text_in_order(text: str) -> None:
    found = list(tokens(text))
    starts = [token.start for token in found]
    assert starts == sorted(set(starts))
    assert all(0 <= token.start < token.end <= len(text) for token in found)


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)
