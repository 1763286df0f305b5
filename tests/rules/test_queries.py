"""Every form of the language: what it finds, and what it does not."""

from collections.abc import Callable

import pytest

from watchdesk.model import Article
from watchdesk.rules import Query

MakeArticle = Callable[..., Article]


def found(query: str, article: Article) -> list[str] | None:
    """The characters of each span, or None when the query does not match."""
    match = Query.parse(query).match(article)
    if match is None:
        return None
    texts = {"title": article.title, "body": article.text}
    return [texts[s.field][s.start : s.end] if s.field in texts else s.field for s in match.spans]


MINERALS = "Kyiv’s rare-earth minerals, or mineral water? The U.S. wants 5 per cent."


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("mineral", ["minerals", "mineral"]),
        ("MINERALS", ["minerals", "mineral"]),
        ("kyiv", ["Kyiv"]),
        ('"rare earth"', ["rare-earth"]),
        ("rare-earth", ["rare-earth"]),
        ('"earth rare"', None),
        ("=Kyiv", ["Kyiv"]),
        ("=kyiv", None),
        ("=mineral", ["mineral"]),
        ('="rare earth"', ["rare-earth"]),
        ('="Rare Earth"', None),
        ("miner*", ["minerals", "mineral"]),
        ("m?neral", ["mineral"]),
        ('"rare earth*"', ["rare-earth"]),
        ('"rare mineral*"', None),
        ("stem(want)", ["wants"]),
        ("=US", ["U.S."]),
        ("5%", ["5 per cent"]),
        ("5", None),
        (r"/water\?/", ["water?"]),
        (r"/KYIV/", ["Kyiv"]),
        (r"/^the/", None),
        ("kyiv AND water", ["Kyiv", "water"]),
        ("kyiv AND nothing", None),
        ("nothing OR water", ["water"]),
        ("kyiv AND NOT nothing", ["Kyiv"]),
        ("kyiv AND NOT water", None),
        ("kyiv AND (nothing OR water)", ["Kyiv", "water"]),
        ("mineral NEAR/1 water", ["mineral", "water"]),
        ("kyiv NEAR/3 mineral", ["Kyiv", "minerals"]),
        ("kyiv NEAR/2 mineral", None),
        ("water ONEAR/5 mineral", None),
        ("mineral PRE/1 water", ["mineral", "water"]),
        ("mineral NOT NEAR/1 water", ["minerals"]),
        ("kyiv NOT NEAR/1 rare", None),
        ("kyiv NEAR/2 earth NEAR/1 mineral", ["Kyiv", "earth", "minerals"]),
        ("kyiv NEAR/6 (water OR nothing)", ["Kyiv", "water"]),
        ("ATLEAST/2 mineral", ["minerals", "mineral"]),
        ("ATLEAST/3 mineral", None),
        ('ATLEAST/2 ("rare earth" OR rare)', None),
        ("FIRST/2 rare", ["rare"]),
        ("FIRST/1 rare", None),
        ("LAST/999 rare", ["rare"]),
        ("LAST/1 rare", None),
        ("water SAME/S mineral", ["minerals", "mineral", "water"]),
        ("water SAME/S wants", None),
        ("water SAME/P wants", ["water", "wants"]),
        ("water^2.5", ["water"]),
        ("water # the drink\nAND kyiv", ["Kyiv", "water"]),
        ("“rare earth”", ["rare-earth"]),
        ("((((kyiv))))", ["Kyiv"]),
    ],
)
def test_each_form_finds_what_it_says(query: str, expected: list[str] | None, article: MakeArticle) -> None:
    assert found(query, article(MINERALS)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("title:nato", ["NATO"]),
        ("title:aid", None),
        ("body:nato", ["NATO"]),
        ("lead:aid", ["Aid"]),
        ("lead:nato", None),
        ("heading:budget", ["Budgets"]),
        ("heading:aid", None),
        ("body:budget", ["Budgets"]),
        ("title:(nato AND meets)", ["NATO", "meets"]),
        ("title:(nato AND aid)", None),
        ("lead:(FIRST/2 aid)", ["Aid"]),
        ("nato NEAR/49 aid", None),
        ("meets NEAR/101 aid", None),
        ("meets NEAR/102 aid", ["meets", "Aid"]),
        ("source:wire", ["source"]),
        ("source:wi*", ["source"]),
        ("source:other", None),
        ("source:tag:agency", ["source"]),
        ("source:(other OR tag:agency)", ["source"]),
        ("author:doe", ["author"]),
        ('author:"jane doe"', ["author"]),
        ("author:roe", None),
        ("url:example.org/news", ["url"]),
        ("lang:en", ["lang"]),
        ("lang:de", None),
        ("category:politics", ["category"]),
        ("nato AND NOT source:wire", None),
    ],
)
def test_fields_keep_to_their_part(query: str, expected: list[str] | None, article: MakeArticle) -> None:
    found_in = article(
        "Aid arrives.\n\nLater NATO spoke.",
        title="NATO meets",
        heading="Budgets",
        source_tags=("agency",),
        byline="Jane Doe",
        url="https://example.org/news/1",
        categories=("World", "Politics"),
    )
    assert found(query, found_in) == expected


@pytest.mark.parametrize(
    ("language", "text", "query", "expected"),
    [
        ("de", "Die Häuser in Kiew", "haus", ["Häuser"]),
        ("fr", "Les dépenses militaires", '"dépense militaire"', ["dépenses militaires"]),
        ("ru", "Новые санкции против банков", "санкция", ["санкции"]),
        ("uk", "Удар по Києву", "києву", ["Києву"]),
        ("zh", "北约峰会讨论国防开支", "国防开支", ["国防开支"]),
        ("zh", "北约峰会讨论国防开支", "峰", ["峰会"]),
        ("ja", "ウクライナ支援を発表", "支援", ["支援"]),
        ("th", "ประเทศไทย", "ไทย", ["ไทย"]),
        (None, "Two countries agreed", "country", ["countries"]),
    ],
)
def test_languages_are_matched_each_in_its_way(
    language: str | None, text: str, query: str, expected: list[str], article: MakeArticle
) -> None:
    assert found(query, article(text, language=language)) == expected


def test_a_pair_near_each_other_is_found_around_a_third(article: MakeArticle) -> None:
    assert found("(alpha NEAR/3 gamma) NEAR/1 beta", article("alpha beta x gamma")) is not None


def test_one_word_is_not_near_itself(article: MakeArticle) -> None:
    assert found("(aid OR arms) NEAR/5 (aid OR money)", article("only aid here")) is None


def test_an_expression_does_not_cross_a_paragraph(article: MakeArticle) -> None:
    assert found(r"/aid\s+came/", article("aid\n\ncame")) is None


def test_spans_of_folded_letters_are_exact(article: MakeArticle) -> None:
    assert found(r"/strasse \w+/", article("Die Straße Łódź")) == ["Straße Łódź"]


def test_a_sentence_does_not_end_at_a_title_or_an_initial(article: MakeArticle) -> None:
    text = "Gen. J. Smith met Dr. Roe. Aid came."
    assert found("smith SAME/S roe", article(text)) == ["Smith", "Roe"]
    assert found("roe SAME/S aid", article(text)) is None


def test_the_score_counts_title_lead_and_sentences(article: MakeArticle) -> None:
    def score(query: str, text: str, title: str = "") -> float:
        match = Query.parse(query).match(article(text, title=title))
        assert match is not None
        return match.score

    assert score("aid", "x\n\naid") == 0.5
    assert score("aid", "aid") == 0.7
    assert score("aid", "x", title="aid") == 0.3
    assert score("aid", "aid", title="aid") == 1.0
    assert score("aid^2", "x\n\naid") == 0.5
    assert score("aid", "x\n\naid aid aid") == 0.5
    assert score("aid OR arms", "x\n\naid") == 0.5
    assert score("aid AND NOT arms", "x\n\naid") == 0.5


def test_the_snippet_marks_the_words_and_cuts_between_words(article: MakeArticle) -> None:
    text = "word " * 200 + "rare earth deal " + "other " * 200
    match = Query.parse('"rare earth" NEAR/3 deal').match(article(text))
    assert match is not None
    snippet = match.snippet
    assert [snippet.text[a:b] for a, b in snippet.marks] == ["rare earth", "deal"]
    assert snippet.text.startswith("…word ")
    assert snippet.text.endswith(" other…")
    assert len(snippet.text) <= 245


def test_a_match_by_title_marks_the_title_and_shows_the_lead(article: MakeArticle) -> None:
    match = Query.parse("nato").match(article("The lead.", title="What NATO wants"))
    assert match is not None
    assert match.title_marks == ((5, 9),)
    assert match.snippet.text == "The lead."
    assert match.snippet.marks == ()
