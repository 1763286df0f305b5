"""Any run of words of a paragraph, taken as a phrase, finds the article: whatever the words are."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk.config.places import Place
from watchdesk.model import Article, Section
from watchdesk.rules import Query, Rule, RuleSet
from watchdesk.rules.engine.splitting import SEPARATOR, chunks
from watchdesk.rules.language.terms import read_words
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.text.words import tokens

NOW = datetime(2026, 11, 24, tzinfo=UTC)

_TABLE = """
    rose|NATO's|GDP|U.S.|U.S.A|e.g.|J.R.R.|per|cent|per cent|percent|Per Cent|5|3.5|5,000|1,250,000|2,5
    5%|%|3.5%|5 %|%-|5percent|5per|F-16|$5bn|€|US$3.5m|£2.5bn|5%-Hürde|5-6%|50-percent|½|m²|10⁶|Ukraine¹
    2023¹|Zelenskyʼs|O'Brien|O’Brien's|d′État|прем'єр|премʼєр|Hawaiʻi|NATO`s|l's\u0301|dogs'|Zelens\u00adky
    Zelen\u200bsky|\u2068NATO\u2069|e\u0301tat|\u0301|naïve|İstanbul|ﬁnance|北约峰会|北|NATO北约|2.5万人|5年
    北\u00ad约|か\u3099いい|ที่นี่|ประเทศไทย|ភាសាខ្មែរ|한국어|उत्तर|क्षेत्र|שָׁלוֹם|العَرَبِيَّة|CO₂|[1]|Ukraine[2]|—|…
    &|R&D|AT&T|and/or|a_b|=5|100\u202f000|5\u00a0per\u00a0cent|per\u2009cent|per-cent|5\u3000%|５％|٥٪
    \x00|\x0b|\x1c|end.|end.Start|'s|’|5.|5,|.5|5.%|'5'|#1|@home|^2|~|/x/|a:b|://
"""
PIECES = tuple(piece for line in _TABLE.strip("\n").split("\n") for piece in line.lstrip(" ").split("|"))
SPACES = (
    " ",
    " ",
    " ",
    "  ",
    "\n",
    "\t",
    "\u00a0",
    "\u2009",
    "\u202f",
    "\u3000",
    " - ",
    "-",
    "/",
    "",
    ", ",
    ". ",
)
LANGUAGES = ("en", None, "de", "fr", "uk", "th", "zh")


@st.composite
def runs(draw: st.DrawFn) -> tuple[str, str]:
    """A paragraph, and some words of it that follow each other."""
    pieces = draw(
        st.lists(st.sampled_from(PIECES) | st.text("ab5S.,'’ʼ%-$ \u0301\u00ad", max_size=6), max_size=9)
    )
    paragraph = "".join(piece + draw(st.sampled_from(SPACES)) for piece in pieces)
    words = paragraph.split()
    if not words:
        return paragraph, ""
    first = draw(st.integers(0, len(words) - 1))
    last = draw(st.integers(first, len(words) - 1))
    return paragraph, " ".join(words[first : last + 1])


def _disagreement(paragraph: str, run: str, language: str | None) -> str | None:
    """What goes wrong with a run of words taken as a phrase; None when nothing does."""
    if not list(tokens(run)) or run in ("%", "％", "٪"):
        return None
    article = Article(
        "wire", "Headline", (Section(None, ("Before it.", paragraph, "After.")),), NOW, language=language
    )
    query = Query.parse(f'"{run}"')
    together = RuleSet((Rule("r", "r", query, Place("rules.yaml", 1, 1)),))
    if not query.holds(Reading(article)):
        return "the evaluator finds nothing"
    if together.matching(article) != {"r"}:
        return "the engine finds nothing"
    explained = together.explain("r", article)
    return None if explained.matched and explained.tree.found else "`explain` says otherwise"


@settings(max_examples=tries(250), suppress_health_check=list(HealthCheck))
@given(found=runs(), language=st.sampled_from(LANGUAGES))
@example(found=("It rose 3.5 per cent of GDP.", "per cent of GDP."), language="en")
@example(found=("It rose 3.5 per cent of GDP.", "cent of GDP."), language="en")
@example(found=("It rose 3.5 per cent of GDP.", "rose 3.5 per"), language="en")
@example(found=("It rose 3.5 per cent of GDP.", "rose 3.5"), language="fr")
@example(found=("The 3 per cent's 5%'s effect.", "cent's 5%'s"), language="en")
@example(found=("Then =5 rose by 5 per cent.", "=5 rose by 5"), language="en")
@example(found=("It rose 5 per capita.", "rose 5 per"), language="en")
def test_any_run_of_words_of_a_paragraph_is_a_phrase_that_finds_it(
    found: tuple[str, str], language: str | None
) -> None:
    paragraph, run = found
    assert _disagreement(paragraph, run, language) is None


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=20_000, suppress_health_check=list(HealthCheck))
@given(found=runs(), language=st.sampled_from(LANGUAGES))
def test_any_run_of_words_of_a_paragraph_is_a_phrase_that_finds_it_in_a_long_run(
    found: tuple[str, str], language: str | None
) -> None:
    paragraph, run = found
    assert _disagreement(paragraph, run, language) is None


@settings(max_examples=tries(200))
@given(found=runs())
def test_cutting_a_paragraph_early_never_changes_its_words(found: tuple[str, str]) -> None:
    article = Article("wire", "", (Section(None, (found[0],)),), NOW)
    cut = [chunk for chunk in chunks(article) if chunk != SEPARATOR]
    read = [token.surface for chunk in cut for token in tokens(chunk.decode())]
    assert read == [token.surface for token in tokens(found[0])]


@pytest.mark.parametrize("language", [None, "en", "de", "fr", "uk", "tr", "ja"])
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=12),
    st.lists(
        st.tuples(st.sampled_from(("", "=", "stem", "cut", "masked")), st.sampled_from(PIECES)), max_size=12
    ),
)
def test_a_list_is_found_where_its_entries_are(
    language: str | None, pieces: list[str], asked: list[tuple[str, str]]
) -> None:
    written = [_as_entry(kind, piece) for kind, piece in asked]
    entries = tuple(
        words for text in written if (words := read_words(text, text, (0, 1), phrase=False)[0]).parts
    )
    reading = Reading(Article.from_text("Title", " ".join(pieces), language=language, first_seen=NOW))
    one_by_one = {place for words in entries for place in reading.phrase(words.parts)}
    assert reading.listed(entries) == sorted(one_by_one)


def _as_entry(kind: str, piece: str) -> str:
    forms = {
        "=": f"={piece}",
        "stem": f"stem({piece})",
        "cut": f"{piece[:3]}*",
        "masked": f"{piece[:1]}?{piece[2:]}",
    }
    return forms.get(kind, piece)
