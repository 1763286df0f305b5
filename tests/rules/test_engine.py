"""The engine answers as asking every rule in turn would: the same rules, the same articles, no index."""

from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.drawn_articles import NOW, article_of
from support.drawn_queries import expression_queries, words_alone
from support.examples import tries
from watchdesk.config.places import Place
from watchdesk.model import Article, Section
from watchdesk.rules import Query, Rule, RuleSet
from watchdesk.rules.engine import Engine
from watchdesk.rules.engine.splitting import SEPARATOR, chunks
from watchdesk.rules.matching.reading import Reading
from watchdesk.rules.rule import match_of, matches
from watchdesk.rules.text.words import tokens

WORDS = (
    *("nato", "NATO", "minister", "ministers", "defence", "defense", "US", "us", "U.S.", "rare-earth"),
    *("Zelenský", "5%", "5 per cent", "2.5", "1,000", "wombat", "women", "аид", "北约峰会", "$5", "Kyiv's"),
    *("don't", "spending", "spends", "earth", "rare", "%", "percent"),
)
TERMS = (
    *("nato", "=NATO", "minister", "ministers", "defence", "=US", "us", "zelensky", "5%", "2.5", "wom?n"),
    *(
        "minist*",
        "spend*",
        "stem(spend)",
        '"rare earth"',
        '"rare earth*"',
        '"nato minister*"',
        "峰会",
        "=women",
    ),
    *("earth", '"nato minister"', '"=US minister"', '"rare earth nato"'),
    *('"us defence minister"', '"nato nato"', "аид", '"$5"', '"5% minister"', "/minist(er|ry)s?\\b/"),
    *("/nato|kyiv/", "/sp[ea]+nd/", "@members", "@members", "source:wire", "source:tag:sport", "lang:de"),
)
TEXT_TERMS = tuple(term for term in TERMS if not term.startswith(("source:", "lang:")))
LISTS = RuleSet.from_yaml(
    'lists: {members: [nato, "rare earth", =US, minist*]}\nrules: {a: {query: a}}'
).lists

numbers = st.integers(1, 8)
terms = st.sampled_from(TERMS)
text_terms = st.sampled_from(TEXT_TERMS)
groups = text_terms | st.lists(text_terms, min_size=2, max_size=3).map(lambda some: f"({' OR '.join(some)})")


def _joined(one: str, operator: str, number: int, other: str) -> str:
    return f"({one} {operator}/{number} {other})"


pairs = st.builds(_joined, groups, st.sampled_from(("NEAR", "ONEAR", "NOT NEAR")), numbers, groups)
chains = st.builds(_joined, pairs, st.sampled_from(("NEAR", "ONEAR")), numbers, groups)
same = st.builds(
    lambda one, operator, unit, other: f"({one} {operator}/{unit} {other})",
    groups | pairs,
    st.sampled_from(("SAME", "NOT SAME")),
    st.sampled_from("SP"),
    groups,
)
main = st.builds(lambda asked: f"(ABOUT {asked})", groups | pairs | same)
counted = st.builds(lambda number, group: f"(ATLEAST/{number} {group})", st.integers(1, 3), groups)
stretched = st.builds(
    lambda kind, number, group: f"({kind}/{number} {group})",
    st.sampled_from(("FIRST", "LAST")),
    numbers,
    groups | pairs | same | main,
)
fields = st.builds(
    lambda field, group: f"{field}:({group})",
    st.sampled_from(("title", "lead", "heading", "body")),
    groups | pairs | main | st.builds(lambda one, other: f"({one} AND NOT {other})", text_terms, text_terms),
)
leaves = terms | groups | pairs | chains | same | main | counted | stretched | fields


@cache
def _parsed(text: str) -> Query:
    return Query.parse(text, LISTS)


def _tree(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda some: f"({' AND '.join(some)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda some: f"({' OR '.join(some)})"),
        st.builds(lambda one, other: f"({one} AND NOT {other})", inner, inner),
        st.builds(lambda one, other, third: f"({one} AND ({other} OR NOT {third}))", inner, inner, inner),
        inner.map(lambda one: f"({one})^2"),
    )


queries = st.recursive(leaves, _tree, max_leaves=6).map(_parsed)
nodes = st.none() | queries
rules = st.builds(
    lambda query, exclude, languages, only, at_least: Rule(
        id="?",
        title="?",
        query=query,
        place=Place("rules.yaml", 1, 1),
        exclude=exclude,
        languages=frozenset(languages),
        only=frozenset(only),
        at_least=at_least,
    ),
    queries,
    st.none() | st.none() | queries,
    st.sampled_from(((), (), ("en",), ("de",))),
    st.sampled_from(((), (), ("wire",), ("tag:sport",))),
    st.sampled_from((0.0, 0.0, 0.3)),
)
texts = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from((" ", " ", " ", ", ", ". ", " “", "-", ") (", "\n"))),
    max_size=25,
).map(lambda some: "".join(word + sign for word, sign in some))
articles = st.builds(
    article_of,
    texts,
    st.lists(st.tuples(st.none() | texts.filter(bool), st.lists(texts, max_size=3)), max_size=2),
    st.sampled_from(("en", "en", None, "de", "fr", "uk", "ru")),
    st.sampled_from(("wire", "paper")),
    st.sampled_from(((), ("sport",))),
)


def _named(found: list[Rule]) -> list[Rule]:
    return [
        Rule(f"r{n}", "", r.query, r.place, r.exclude, r.languages, r.only, at_least=r.at_least)
        for n, r in enumerate(found)
    ]


def _one_by_one(rules: list[Rule], article: Article) -> set[str]:
    found = {rule.id for rule in rules if match_of(rule, Reading(article))}
    for likely in (False, True):
        assert {rule.id for rule in rules if matches(rule, Reading(article), likely=likely)} == found
    return found


def _differing(found: list[Rule], some: list[Article]) -> list[tuple[Article, set[str]]]:
    """Articles for which the engine and the rules alone differ, with the rules in question."""
    named = _named(found)
    together = RuleSet(tuple(named))
    answers = ((article, together.matching(article) ^ _one_by_one(named, article)) for article in some)
    return [(article, set(rules)) for article, rules in answers if rules]


rule_sets = st.lists(rules, min_size=8, max_size=8)
few_articles = st.lists(articles, min_size=3, max_size=3)


@settings(max_examples=tries(90), suppress_health_check=list(HealthCheck))
@given(found=rule_sets, some=few_articles)
def test_every_rule_answers_as_if_it_were_alone(found: list[Rule], some: list[Article]) -> None:
    """24 comparisons an example: more than 2,000."""
    assert _differing(found, some) == []


@settings(max_examples=tries(100), suppress_health_check=list(HealthCheck))
@given(
    asked=st.lists(expression_queries, min_size=20, max_size=20),
    some=st.lists(words_alone, min_size=2, max_size=2),
)
def test_expressions_find_the_same_in_the_engine(asked: list[Query], some: list[str]) -> None:
    """40 comparisons an example: 4,000."""
    place = Place("rules.yaml", 1, 1, "")
    found = [Rule("r", "", query, place) for query in asked]
    assert _differing(found, [Article("wire", text, (), NOW, language="en") for text in some]) == []


@pytest.mark.parametrize(
    ("expression", "found", "other"),
    [
        ("per(?i)*x", "pex", "perrr"),
        ("per+(?U)?x", "pex", "perrr"),
        ("per{2}(?s)(?-i){0,1}x", "pex", "perx"),
        ("per\\Q\\E*x", "pex", "perrr"),
        ("(?:per(?i))*x", "x", "per"),
        ("per(?i:n)?x", "perx", "pern"),
        ("absent{x|per}", "per}", "absent"),
        ("pere\u0301*x", "perx", "pere"),
        ("北约？", "北约？", "北"),
        ("per…", "per…", "peraps"),
    ],
)
def test_an_expression_is_read_as_re2_reads_it(expression: str, found: str, other: str) -> None:
    rule = Rule("r", "", Query.parse(f"/{expression}/"), Place("rules.yaml", 1, 1, ""))
    some = [Article("wire", text, (), NOW, language="en") for text in (found, other)]
    assert [bool(RuleSet((rule,)).matching(article)) for article in some] == [True, False]
    assert _differing([rule], some) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=1000, suppress_health_check=list(HealthCheck))
@given(found=rule_sets, some=few_articles)
def test_every_rule_answers_as_if_it_were_alone_in_a_long_run(found: list[Rule], some: list[Article]) -> None:
    """24,000 comparisons."""
    assert _differing(found, some) == []


@settings(max_examples=tries(60), suppress_health_check=list(HealthCheck))
@given(
    found=rule_sets,
    removed=st.sets(st.integers(0, 7)),
    some=few_articles,
    language=st.sampled_from(("en", "de")),
)
def test_rules_come_and_go_while_it_works(
    found: list[Rule], removed: set[int], some: list[Article], language: str
) -> None:
    named = _named(found)
    engine = Engine(named[:4], language)
    spoken = [Article(a.source_id, a.title, a.sections, NOW, language=language) for a in some]
    for article in spoken:
        engine.matching(article)
    for rule in named[4:]:
        engine.add(rule)
    for number in removed:
        engine.remove(f"r{number}")
    left = [rule for number, rule in enumerate(named) if number not in removed]
    for article in spoken:
        assert engine.matching(article) == _one_by_one(left, article)


SIGNS = [
    *"ab5S .,'’%-$\u00a0\u2009\u202f\u0301_()\n\t\"",
    "per",
    "cent",
    "percent",
    "per cent",
    "U.S.",
    "北约",
    "\x00",
    "é",
    "2.5",
]


@settings(max_examples=tries(3000))
@given(seed=st.integers(0, 2**32 - 1))
def test_cutting_a_text_early_never_changes_its_words(seed: int) -> None:
    rng = Random(seed)
    text = "".join(rng.choices(SIGNS, k=rng.randrange(15)))
    article = Article("wire", "", (Section(None, (text,)),), NOW)
    cut = [chunk for chunk in chunks(article) if chunk != SEPARATOR]
    read = [token.surface for chunk in cut for token in tokens(chunk.decode())]
    assert read == [token.surface for token in tokens(text)]


@pytest.mark.parametrize("beginning", ["Percent", "%", "Per cent", "per  cent"])
def test_a_block_that_begins_with_a_percent_sign_stays_a_block(beginning: str) -> None:
    article = Article.from_text("Shares rise by 5", f"{beginning} falls.\n\n{beginning} of all.")
    for query in ("title:falls", "rise NEAR/4 falls", '"5%"', "falls SAME/P rise", "percent NEAR/2 falls"):
        rules = RuleSet.from_yaml(f"rules: {{a: {{query: '{query}'}}}}")
        assert bool(rules.match(article)) == Query.parse(query).matches(article), query
