"""What `check` says of rules that are sound and say something without effect."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.desk import DeskFiles
from support.examples import tries
from watchdesk.config.places import Problems
from watchdesk.model import Article, Section
from watchdesk.rules import Query, load_rules
from watchdesk.rules.language.syntax import Listed, Node, Or
from watchdesk.rules.lint import lint_exclude, lint_query
from watchdesk.rules.lint.comparison import Comparison
from watchdesk.rules.lint.covers import covers
from watchdesk.rules.lint.forms import english_forms
from watchdesk.rules.lint.inside import slack
from watchdesk.rules.lint.marks import alternatives
from watchdesk.rules.matching.evaluate import occurrences
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.text.folding import keys

MakeArticle = Callable[..., Article]
SHIPPED = Path(__file__).parents[2] / "config" / "rules" / "security.yaml"
SPELLINGS = Path(__file__).parents[2] / "src" / "watchdesk" / "rules" / "text" / "spelling.txt"
SOURCES = frozenset({"wire", "harbour-post"})
TAGS = frozenset({"press"})


def warnings(query: str, **of_the_rule: frozenset[str]) -> list[str]:
    languages = of_the_rule.get("languages", frozenset())
    found = lint_query(Query.parse(query), languages, SOURCES, TAGS)
    return [f"{mistake.offset}: {mistake.message}" for mistake in found]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("mineral OR minerals", "11: 'minerals' adds nothing: 'mineral' is the same word"),
        ("mineral OR gold OR mineral", "19: 'mineral' stands here twice"),
        ("NATO OR =NATO", "8: =NATO adds nothing: 'NATO' finds every article that it finds"),
        ("miner* OR minerals", "10: 'minerals' adds nothing: 'miner*' finds every article that it finds"),
        ("stem(spend) OR spending", "15: 'spending' adds nothing: 'stem(spend)' finds"),
        ("mine* OR miner*", "9: 'miner*' adds nothing: 'mine*' finds"),
        ('"rare earth" OR rare', "0: \"rare earth\" adds nothing: 'rare' finds"),
        ('"rare earth" OR "rare earths deal"', '16: "rare earths deal" adds nothing: "rare earth" finds'),
        ("(a AND b) OR a", "1: 'a AND b' adds nothing: 'a' finds"),
        ("a NEAR/5 b OR a NEAR/10 b", "0: 'a NEAR/5 b' adds nothing: 'a NEAR/10 b' finds"),
        ("a ONEAR/5 b OR b NEAR/5 a", "0: 'a ONEAR/5 b' adds nothing: 'b NEAR/5 a' finds"),
        ('"a b" OR a NEAR/3 b', "0: \"a b\" adds nothing: 'a NEAR/3 b' finds"),
        ("a SAME/S b OR a SAME/P b", "0: 'a SAME/S b' adds nothing: 'a SAME/P b' finds"),
        ("a NEAR/9 b OR a SAME/P b", "0: 'a NEAR/9 b' adds nothing: 'a SAME/P b' finds"),
        ("title:a OR a", "0: 'title:a' adds nothing: 'a' finds"),
        ("lead:a OR body:a", "0: 'lead:a' adds nothing: 'body:a' finds"),
        ("FIRST/20 a OR FIRST/50 a", "0: 'FIRST/20 a' adds nothing: 'FIRST/50 a' finds"),
        ("LAST/50 a OR LAST/20 a", "13: 'LAST/20 a' adds nothing: 'LAST/50 a' finds"),
        ("LAST/50 a OR body:a", "0: 'LAST/50 a' adds nothing: 'body:a' finds"),
        ("(LAST/9 a NEAR/3 b) OR (LAST/9 a NEAR/2 b)", "24: 'LAST/9 a NEAR/2 b' adds nothing"),
        ("ATLEAST/3 a OR ATLEAST/2 a", "0: 'ATLEAST/3 a' adds nothing: 'ATLEAST/2 a' finds"),
        ("a OR (a NOT NEAR/2 b)", "6: 'a NOT NEAR/2 b' adds nothing: 'a' finds"),
        ("a OR (b OR (c OR a))", "17: 'a' stands here twice"),
        ("title:(aid OR aids OR aid)", "22: 'aid' stands here twice"),
        ("a NEAR/5 (b OR c OR b)", "20: 'b' stands here twice"),
        ("source:wire OR source:w*", "0: 'source:wire' adds nothing: 'source:w*' finds"),
        ("/ab+/ OR /ab+/", "9: /ab+/ stands here twice"),
    ],
)
def test_a_branch_that_adds_nothing_is_told(query: str, told: str) -> None:
    assert [warning[: len(told)] for warning in warnings(query)] == [told]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("nato AND NATO", "9: 'NATO' asks nothing more: 'nato' is the same word"),
        ("nato AND aid AND nato", "17: 'nato' stands here twice; that is asked once"),
        (
            'rare AND "rare earth"',
            "0: 'rare' asks nothing more: every article that has \"rare earth\" has it",
        ),
        ("nato AND (nato NEAR/5 aid)", "0: 'nato' asks nothing more"),
        ("a AND NOT b AND NOT (b OR c)", "6: 'NOT b' asks nothing more"),
        ("(a OR b) AND a", "1: 'a OR b' asks nothing more"),
    ],
)
def test_a_condition_that_asks_nothing_more_is_told(query: str, told: str) -> None:
    assert [warning[: len(told)] for warning in warnings(query)] == [told]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("a AND NOT a", "6: this can never match: every article that has the rest has 'a'"),
        ("LAST/20 a AND NOT LAST/50 a", "14: this can never match"),
        ("LAST/20 a AND NOT body:a", "14: this can never match"),
        ("a AND NOT (a OR b)", "6: this can never match: every article that has the rest has 'a OR b'"),
        ("a AND b AND NOT (a AND b)", "12: this can never match"),
        ("title:a AND NOT a", "12: this can never match: every article that has the rest has 'a'"),
        ('"rare earth" AND NOT rare', "17: this can never match"),
        ("c OR (a AND NOT a)", "12: this can never match"),
        ("lang:de AND lang:fr AND a", "12: this can never match: no article is of 'lang:de' and 'lang:fr'"),
        ("lang:(de OR fr) AND lang:es", "20: this can never match"),
        ("source:wire AND source:harbour-post", "16: this can never match"),
        ("title:a NEAR/5 body:b", "0: this can never match: title: and body: are never that close"),
        ("lead:a SAME/P title:b", "0: this can never match: lead: and title: are never that close"),
    ],
)
def test_what_can_never_match_is_told(query: str, told: str) -> None:
    assert [warning[: len(told)] for warning in warnings(query)] == [told]


@pytest.mark.parametrize(
    ("query", "exclude", "told"),
    [
        ("nato NEAR/5 aid", "nato", True),
        ("nato OR aid", "aids OR nato", False),
        ("nato OR aid", "aid OR nato OR quiz", True),
        ("nato", "title:nato", False),
        ("title:nato", "nato", True),
    ],
)
def test_an_exclude_that_takes_everything_is_told(query: str, exclude: str, told: bool) -> None:
    found = lint_exclude(Query.parse(query), Query.parse(exclude))
    assert bool(found) == told
    assert all("this can never match" in mistake.message for mistake in found)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("a NEAR/1000 b", "0: NEAR/1000 is as wide as most articles"),
        ("a ONEAR/2000 b", "0: ONEAR/2000 is as wide as most articles"),
        ("a NOT NEAR/5000 b", "0: NOT NEAR/5000 is as wide as most articles"),
        ("ATLEAST/1 (a OR b)", "0: ATLEAST/1 asks for nothing"),
        ("a AND source:wrie", "6: there is no source 'wrie'"),
        ("a AND NOT source:tag:pres", "10: no source has the tag 'pres'"),
        ("a AND source:(wire OR other)", "22: there is no source 'other'"),
    ],
)
def test_numbers_and_names_without_effect_are_told(query: str, told: str) -> None:
    assert [warning[: len(told)] for warning in warnings(query)] == [told]


def test_a_language_that_the_rule_does_not_read_is_told() -> None:
    english = frozenset({"en"})
    assert "lang:de is never so" in warnings("a AND lang:de", languages=english)[0]
    assert "lang:d* is never so" in warnings("a AND lang:d*", languages=english)[0]
    assert warnings("a AND lang:en", languages=english) == []
    assert warnings("a AND lang:en-gb", languages=english) == []
    assert warnings("a AND lang:e*", languages=english) == []
    assert warnings("a AND lang:de") == []


@pytest.mark.parametrize(
    "query",
    [
        'rare OR "rare earth"^2',
        'rare OR "rare earth*"^2 OR (rare NEAR/3 soil^4)',
        '(rare OR "rare earth") NEAR/5 deal',
        'deal NOT NEAR/5 (rare OR "rare earth")',
        "woman* OR woman",
        "wife* OR wife",
        "color* OR colour",
        "defens* OR defence",
        "stem(woman) OR woman",
        "a NEAR/10 b OR a ONEAR/20 b",
        'a SAME/S b OR "a b"',
        "a SAME/P b OR a NEAR/60 b",
        "title:a OR lead:a",
        "lead:a OR FIRST/50 a",
        "FIRST/50 a OR LAST/50 a",
        "FIRST/50 a AND LAST/20 a",
        "heading:a OR LAST/50 a",
        "a AND NOT LAST/20 a",
        "ATLEAST/2 (a OR b) OR (a AND b)",
        "(a NOT NEAR/2 b) OR (a NOT NEAR/1 b AND b)",
        "(a AND NOT b) OR a NOT NEAR/2 b",
        "(a AND b) OR (a AND c)",
        "author:smith OR author:smithson",
        "NATO AND (title:NATO OR aid)^2 AND source:w*",
        "a AND NOT (a NEAR/5 b)",
        "a AND NOT title:a",
        "a AND NOT ATLEAST/2 a",
        "lang:(de OR fr) AND lang:fr AND a",
        "source:wire AND source:tag:press",
        "title:a NEAR/60 body:b",
        "lead:a NEAR/5 body:b",
        "wom?n OR women*",
        "US OR =IT",
    ],
)
def test_what_has_an_effect_is_left_alone(query: str) -> None:
    assert [warning for warning in warnings(query) if "lang:(de" not in query] == []


def test_a_word_that_only_english_folds_counts_where_the_rule_reads_more() -> None:
    assert warnings("thesis OR theses") != []
    assert warnings("thesis OR theses", languages=frozenset({"en", "zh"})) == []
    assert warnings("Häuser OR Häusern", languages=frozenset({"de"})) == []


def check_file(text: str, path: Path) -> list[str]:
    (path / "rules.yaml").write_text(text, encoding="utf-8")
    problems = Problems()
    rules = load_rules(
        [path / "rules.yaml"], problems, source_ids=SOURCES, source_tags=TAGS, root=path, lint=True
    )
    assert rules is not None
    return [problem.render() for problem in problems]


def test_a_warning_shows_its_line_with_a_caret(tmp_path: Path) -> None:
    text = """\
rules:
  deals:
    query: >
      deal AND (mineral   # any
        OR minerals)
    exclude: quiz AND NOT quiz
"""
    assert check_file(text, tmp_path) == [
        """\
rules.yaml:5:12: warning: 'minerals' adds nothing: 'mineral' is the same word
            OR minerals)
               ^
  hint: singular and plural, case, accents and British spelling are one word; leave one out""",
        """\
rules.yaml:6:23: warning: this can never match: every article that has the rest has 'quiz'
        exclude: quiz AND NOT quiz
                          ^
  hint: take 'quiz' out of the NOT, or, for words that must not be close, write a NOT NEAR/2 b""",
    ]


def test_an_entry_that_another_entry_finds_is_told_where_it_stands(tmp_path: Path) -> None:
    text = """\
lists:
  giving: [delivery, deliver*, "@sending"]
  sending:
    - send
    - Atlantic alliance
    - North Atlantic alliance
rules: {r: {query: "@giving"}}
"""
    told = check_file(text, tmp_path)
    assert [warning.partition("\n")[0] for warning in told] == [
        "rules.yaml:2:12: warning: 'delivery' adds nothing to this list: 'deliver*' finds the same words"
    ]


def test_a_word_beside_its_list_is_told_and_the_list_is_not(tmp_path: Path) -> None:
    text = "lists: {places: [Kyiv, Oslo]}\nrules: {r: {query: 'Oslo OR Riga OR @places'}}"
    assert ["Oslo' of @places" in warning for warning in check_file(text, tmp_path)] == [True]
    text = "lists: {places: [Kyiv, Oslo], more: [Kyiv, Oslo, Riga]}\nrules: {r: {query: '@places OR @more'}}"
    assert ["@places adds nothing" in warning for warning in check_file(text, tmp_path)] == [True]


def test_check_tells_warnings_and_all_is_well_with_them_alone(desk: DeskFiles) -> None:
    desk.write({"wire": "http://127.0.0.1:9/"}, rules="rules: {r: {query: nato OR NATO OR source:wrie}}")
    answered = desk.run("check")
    assert answered.status == 0
    assert "desk.yaml:1:28: warning: 'NATO' adds nothing: 'nato' is the same word" in answered.err
    assert "did you mean 'wire'?" in answered.err
    warnings = desk.run("check", "--json").document["warnings"]
    places = [warning.split(": ")[0] for warning in warnings]
    assert places == ["rules/desk.yaml:1:28", "rules/desk.yaml:1:36"]


def test_no_other_command_looks_for_warnings_of_this_kind(desk: DeskFiles) -> None:
    desk.write({}, rules="rules: {r: {query: nato OR NATO}}")
    assert "adds nothing" not in desk.run("test").err


def test_loading_without_lint_says_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("rules: {r: {query: a OR a}}", encoding="utf-8")
    problems = Problems()
    assert load_rules([tmp_path / "rules.yaml"], problems) is not None
    assert not problems


def test_the_rules_as_shipped_hold_nothing_that_could_never_match() -> None:
    problems = Problems()
    load_rules([SHIPPED], problems, lint=True)
    assert [
        problem.message for problem in problems if "adds nothing to this list" not in problem.message
    ] == []


@pytest.mark.parametrize(
    "query",
    [
        " OR ".join(f"word{number}" for number in range(10_000)),
        " OR ".join(f'"old town{number}"' for number in range(9_000)),
        " OR ".join(f"nato NEAR/5 word{number}" for number in range(5_000)),
        " OR ".join(["mineral"] * 10_000),
        " AND ".join(["mineral"] * 10_000),
        " OR ".join(f"pre{number}*" for number in range(10_000)),
        " OR ".join(f"source:feed{number}" for number in range(5_000)),
        " OR ".join(f"(nato AND {'(' * 40}a{number} OR nato{')' * 40})" for number in range(50)),
    ],
    ids=["words", "phrases", "nears", "one word", "one word and", "wildcards", "sources", "nested"],
)
def test_very_long_queries_are_looked_at_soon(query: str) -> None:
    parsed = Query.parse(query)
    start = process_time()
    lint_query(parsed)
    assert process_time() - start < 10


# Soundness: what is claimed to cover does cover, on texts made of the same few words.

LETTERS = ("mineral", "minerals", "rare", "woman", "women", "colour", "color", "spending", "spends", "Rare")
WORDS = (
    *(*LETTERS, "=mineral", "=Rare", "miner*", "wom?n", "colo*", "ra*e", "ra*"),
    *("stem(spend)", "wom*n", "(/rar./)"),
)
FIELDS = ("title", "lead", "heading", "body")
FACTS = ("source:text", "source:t*", "source:wire", "lang:en", "lang:de")
# One number makes a whole example: Hypothesis would take most of the time to draw each word of it.
seeds = st.integers(0, 2**32 - 1)


def term(rng: Random) -> str:
    if rng.random() < 0.5:
        return rng.choice(WORDS)
    return f'"{" ".join(rng.choices((*LETTERS, "miner*"), k=rng.randint(2, 3)))}"'


def side(rng: Random) -> str:
    if rng.random() < 0.5:
        return term(rng)
    return f"({' OR '.join(term(rng) for _ in range(rng.randint(2, 3)))})"


def place(rng: Random, leaves: int = 3) -> str:
    """Up to so many sides, joined by what measures."""
    kind = rng.randrange(8)
    number = rng.randint(1, 5)
    if kind < 3 or (kind < 5 and leaves == 1):
        return side(rng)
    if kind < 5:
        left = rng.randint(1, leaves - 1)
        one, other = place(rng, left), place(rng, leaves - left)
        near = rng.choice(("NEAR", "ONEAR", "NOT NEAR")) + f"/{number}"
        same = rng.choice(("SAME", "NOT SAME")) + rng.choice(("/S", "/P"))
        join = rng.choice((near, near, near, same)) if kind == 3 else "OR"
        return f"({one} {join} {other})"
    inner = place(rng, leaves - 1) if leaves > 1 else side(rng)
    first = rng.choice((f"{rng.choice(('FIRST', 'LAST'))}/{number} ", f"{rng.choice(FIELDS)}:"))
    counted = rng.choice((f"ATLEAST/{number}", "ABOUT"))
    return f"{counted} {inner}" if kind == 5 else f"{first}{inner}"


def query(rng: Random, leaves: int = 3) -> str:
    """Up to so many places and facts, joined by what does not measure."""
    kind = rng.randrange(8)
    if kind < 4 or (kind < 7 and leaves == 1):
        return place(rng) if rng.random() < 0.7 else rng.choice(FACTS)
    if kind < 7:
        left = rng.randint(1, leaves - 1)
        one, other = query(rng, left), query(rng, leaves - left)
        return f"({one} {('AND', 'OR', 'AND NOT')[kind - 4]} {other})"
    return f"{rng.choice(FIELDS)}:{query(rng, max(1, leaves - 1))}"


def related(rng: Random) -> tuple[str, str]:
    """Two queries that have to do with each other, so that claims are made."""
    one, other = query(rng), query(rng)
    form = rng.choice(("{1}", "({0} OR {1})", "({0} AND {1})", "({0} AND NOT {1})", "{2}{0}"))
    if rng.random() < 0.2:  # what holds of a whole may not hold of a part of it
        one = f"({side(rng)} AND NOT {side(rng)})"
        form = "{2}{0}"
    pair = one, form.format(one, other, f"{rng.choice(FIELDS)}:")
    return pair if rng.random() < 0.5 else (pair[1], pair[0])


def sentence(rng: Random) -> str:
    return " ".join(rng.choices((*LETTERS, "x", "x", "Rarest"), k=rng.randint(1, 5)))


def paragraph(rng: Random) -> str:
    return ". ".join(sentence(rng) for _ in range(rng.randint(1, 3))) + "."


def article(rng: Random) -> Article:
    empty = Article.from_text(sentence(rng), "", language=rng.choice(("en", None)))
    heading = rng.choice((None, sentence(rng)))
    body = tuple(paragraph(rng) for _ in range(rng.randint(1, 3)))
    return replace(empty, sections=(Section(heading, body),))


def articles(rng: Random) -> list[Article]:
    return [article(rng) for _ in range(rng.randint(5, 20))]


@settings(max_examples=tries(1500))
@given(seed=seeds)
def test_what_covers_a_query_matches_all_that_it_matches(seed: int) -> None:
    rng = Random(seed)
    wide, narrow = map(Query.parse, related(rng))
    for text in articles(rng) if covers(wide.node, narrow.node) else ():
        assert not narrow.matches(text) or wide.matches(text)


@settings(max_examples=tries(1500))
@given(seed=seeds)
def test_what_stands_within_is_found_within(seed: int) -> None:
    rng = Random(seed)
    inner, outer = Query.parse(place(rng)), Query.parse(place(rng))
    room = slack(inner.node, outer.node, Comparison())
    for text in articles(rng) if room else ():
        assert room is not None
        reading = Reading(text)
        found = _stretches(inner, reading)
        for start, end in _stretches(outer, reading):
            assert any(
                0 <= begin - start <= room.before and 0 <= end - finish <= room.after
                for begin, finish in found
            )


class PairByPair(Comparison):
    """Compares with every alternative, whatever words they share."""

    def that_may_cover(self, wide: Or | Listed, narrow: Node) -> Iterator[Node]:
        return iter(alternatives(wide))


@settings(max_examples=tries(800))
@given(seed=seeds)
@pytest.mark.parametrize("languages", [(), ("de",)])
def test_no_cover_is_missed_by_comparing_only_what_shares_words(
    languages: tuple[str, ...], seed: int
) -> None:
    wide, narrow = (Query.parse(text).node for text in related(Random(seed)))
    few, all_pairs = Comparison.of(languages), PairByPair.of(languages)
    assert covers(wide, narrow, few) == covers(wide, narrow, all_pairs)
    assert slack(wide, narrow, few) == slack(wide, narrow, all_pairs)


def _stretches(query: Query, reading: Reading) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in occurrences(query.find(reading))]


@settings(max_examples=tries(300))
@given(seed=seeds)
@pytest.mark.parametrize("language", ["de", "fr", "tr", "zh"])
def test_claims_hold_in_every_language_of_the_rule(language: str, seed: int) -> None:
    rng = Random(seed)
    wide, narrow = Query.parse(term(rng)), Query.parse(term(rng))
    covered = covers(wide.node, narrow.node, Comparison.of([language]))
    for text in articles(rng) if covered else ():
        foreign = replace(text, language=language)
        assert not narrow.matches(foreign) or wide.matches(foreign)


def test_every_british_spelling_is_among_the_forms_of_its_word() -> None:
    lines = [line.split() for line in SPELLINGS.read_text(encoding="utf-8").splitlines()]
    pairs = [(line[0], line[1]) for line in lines if len(line) == 2 and not line[0].startswith(("-", "#"))]
    families = ["harbours", "coloured", "travelled", "travelling", "modeller", "organised", "analysing"]
    assert len(pairs) > 100
    folding = [
        (british, american) for british, american in pairs if keys(british, "en") == keys(american, "en")
    ]
    assert [british for british, american in folding if british not in english_forms(american)] == []
    assert [word for word in families if word not in english_forms(keys(word, "en")[0])] == []


PLURALS = """
women children feet teeth mice geese oxen crises criteria referenda indices appendices wives wolves buses
quizzes cities boxes heroes fungi formulae bureaux statesmen viruses movies armies defences harbours
"""


@pytest.mark.parametrize("plural", PLURALS.split())
def test_every_plural_is_among_the_forms_of_its_word(plural: str) -> None:
    assert plural in english_forms(keys(plural, "en")[0])


def test_a_tag_in_quotes_is_a_tag() -> None:
    query = Query.parse('nato AND source:("tag:wire" OR "tag:wier")')
    found = lint_query(query, (), frozenset(("post",)), frozenset(("wire",)))
    assert [(one.message, one.hint) for one in found] == [
        ("no source has the tag 'wier'", "did you mean 'wire'?")
    ]
