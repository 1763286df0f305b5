"""A hint proposes what the person meant: a query that parses and is the same as the right one."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk.errors import ConfigurationError
from watchdesk.rules import Query
from watchdesk.rules.language.parse import parse

PROPOSAL = re.compile(r"(?:in full: |in capitals: |write )(.*?)(?:; for all of them: .*)?$", re.DOTALL)


def hint(query: str) -> str:
    parsed = parse(query, {})
    assert parsed.node is None, f"{query} is no mistake"
    return parsed.mistakes[0].hint or ""


def proposal(query: str) -> str:
    said = hint(query)
    found = re.search(r"(?:in full|in capitals): (.*)$", said) or PROPOSAL.search(said)
    assert found, said
    return found[1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("NATO NOT football", "NATO AND NOT football"),
        ("nato and spending", "nato AND spending"),
        ("NATO UND Ausgaben", "NATO AND Ausgaben"),
        ("NATO oder EU", "NATO OR EU"),
        ("NATO ET aide", "NATO AND aide"),
        ("NATO Y gasto", "NATO AND gasto"),
        ("NATO E spesa", "NATO AND spesa"),
        ("NATO en uitgaven", "NATO AND uitgaven"),
        ("NATO of EU", "NATO OR EU"),
        ("NATO near spending", "NATO NEAR/5 spending"),
        ("NATO NEAR spending", "NATO NEAR/5 spending"),
        ("NATO NEAR:5 spending", "NATO NEAR/5 spending"),
        ("NATO NEAR5 spending", "NATO NEAR/5 spending"),
        ("NATO NEAR/5w spending", "NATO NEAR/5 spending"),
        ("NATO AROUND(5) spending", "NATO NEAR/5 spending"),
        ("NATO w/5 spending", "NATO NEAR/5 spending"),
        ("NATO ~5 spending", "NATO NEAR/5 spending"),
        ('"nato spending"~5', "nato NEAR/5 spending"),
        ("title: NATO", "title:NATO"),
        ("TITLE:NATO", "title:NATO"),
        ("NATO, spending, budget", "NATO OR spending OR budget"),
        ("site:x.example", "url:x.example"),
        ("from:wire", "source:wire"),
        ("feed:wire", "source:wire"),
        ("language:de", "lang:de"),
        ("NATO -football", "NATO AND NOT football"),
        ("nato and (eu or un) not sport", "nato AND (eu OR un) AND NOT sport"),
        ('(NATO AND "defence spending', '(NATO AND "defence spending")'),
        ("NATO NEAR\\5 spending", "NATO NEAR/5 spending"),
        ("NATO NEAR[5] spending", "NATO NEAR/5 spending"),
        ("NATO NEAR 12 spending", "NATO NEAR/12 spending"),
        ("NATO within 5 words of spending", "NATO NEAR/5 spending"),
        ("NATO /5 spending", "NATO NEAR/5 spending"),
        ("NATO /s spending", "NATO SAME/S spending"),
        ("NATO near/p spending", "NATO SAME/P spending"),
        ("NATO p/3 spending", "NATO ONEAR/3 spending"),
        ("NATO NEXT spending", "NATO ONEAR/1 spending"),
        ('"nato defence spending"~4', "nato NEAR/4 defence NEAR/4 spending"),
        ("NATO AND 'defence spending'", 'NATO AND "defence spending"'),
        ("[NATO OR EU] AND spending", "(NATO OR EU) AND spending"),
        ("NATO, EU AND spending", "(NATO OR EU) AND spending"),
        ("NATO AND NOT (football, sport)", "NATO AND NOT (football OR sport)"),
        ("defence spending, budget", '"defence spending" OR budget'),
        ('"Smith, John", NATO', '"Smith, John" OR NATO'),
        ('"do not go" and NATO', '"do not go" AND NATO'),
        ('"war near Kyiv" and aid', '"war near Kyiv" AND aid'),
        ("NATO AND/OR EU", "NATO OR EU"),
        ("NATO  AND  not football", "NATO AND NOT football"),
        ("NATO BUT NOT football", "NATO AND NOT football"),
        ("NATO ANDNOT football", "NATO AND NOT football"),
        ("NATO sauf football", "NATO AND NOT football"),
        ("!football AND NATO", "NOT football AND NATO"),
        ("NATO and spending # a note", "NATO AND spending"),
        ("NATO AND #spending", "NATO AND spending"),
        ("title=NATO", "title:NATO"),
        ("bank of england, ecb", '"bank of england" OR ecb'),
        ("NATO, EU, or UN", "NATO OR EU OR UN"),
        ("NATO AND https://x.example/a", "NATO AND url:x.example/a"),
        ("НАТО И ЄС", "НАТО AND ЄС"),
        ("НАТО або ЄС", "НАТО OR ЄС"),
        ("source:tag: wire", "source:tag:wire"),
        ("language:german", "lang:de"),
        ("STEM(spend)", "stem(spend)"),
        ("atleast3(nato)", "ATLEAST/3 (nato)"),
        ("spend~2", "spend*"),
        ("FIRST 50 nato", "FIRST/50 nato"),
        ("LAST 50 nato", "LAST/50 nato"),
        ("NATO AND LAST50 (aid or help)", "NATO AND LAST/50 (aid OR help)"),
    ],
)
def test_a_hint_proposes_what_is_meant(typed: str, meant: str) -> None:
    assert proposal(typed) == meant
    assert Query.parse(proposal(typed)) == Query.parse(meant)


def test_a_list_with_commas_may_mean_all_of_them() -> None:
    assert hint("NATO, spending").endswith("for all of them: NATO AND spending")


def test_a_distance_is_named_after_the_operator() -> None:
    assert hint("NATO NEAR5 spending") == "write NATO NEAR/5 spending"
    assert hint("NATO NEAR (NOT spending)") == "for example NEAR/5"


def test_and_beside_or_is_told_both_ways() -> None:
    assert "(NATO AND aid) OR help, or: NATO AND (aid OR help)" in hint("NATO and aid or help")


@pytest.mark.parametrize(
    "name", ["bank of england", "guerre en Ukraine", "médecins sans frontières", "brexit no deal"]
)
def test_a_name_that_holds_another_languages_operator_is_offered_as_a_phrase(name: str) -> None:
    assert hint(name).startswith(f'write "{name}" for the phrase')
    assert f'"{name}" for the phrase' in hint(f"NATO AND {name}")


@pytest.mark.parametrize("query", ["N95 mask", "P5 members", "G7 near Kyiv AND of"])
def test_words_that_look_like_distances_are_left_alone(query: str) -> None:
    assert "/95" not in hint(query)
    assert "ONEAR" not in hint(query)


def test_control_characters_in_a_query_are_no_places_of_a_proposal() -> None:
    assert "side by side" in parse("\x000\x00 a and b", {}).mistakes[0].message


def test_a_field_without_a_value_or_of_dates_is_told_so() -> None:
    assert hint("author:").startswith("as in title:NATO")
    assert "--since" in hint("NATO AND after:2026")


words = st.sampled_from(("nato", "aid", '"rare earth"', "title:summit", "(kyiv OR odesa)", "mineral*", "=US"))


@settings(max_examples=tries(60))
@given(a=words, b=words, c=words)
def test_each_of_several_proposals_parses_and_is_one_of_the_readings(a: str, b: str, c: str) -> None:
    for typed, first, second in (
        (f"{a} AND {b} OR {c}", f"({a} AND {b}) OR {c}", f"{a} AND ({b} OR {c})"),
        (f"{a} OR {b} AND {c}", f"{a} OR ({b} AND {c})", f"({a} OR {b}) AND {c}"),
    ):
        said = hint(typed).removeprefix("say which with parentheses: ").split(", or: ")
        assert [Query.parse(one) for one in said] == [Query.parse(first), Query.parse(second)]
    phrase_or_and = hint(f"{a} {b}").removeprefix("write ").replace(" for the phrase", "").split(", or ")
    readings = [Query.parse(f"{a} AND {b}"), Query.parse(f"{a} OR {b}")]
    if '"' not in a + b:
        readings.append(Query.parse(f'"{a} {b}"'))
    assert all(Query.parse(one) in readings for one in phrase_or_and)
    either = re.findall(r"O?NEAR/7", hint(f"{a} W/7 {b}"))
    assert dict.fromkeys(either) == {"NEAR/7": None, "ONEAR/7": None}


def test_a_percent_sign_alone_is_told_what_finds_percentages() -> None:
    assert '"5%"' in hint("%")
    assert r"/\d+ ?%/" in hint("%")
    Query.parse('"5%"')
    Query.parse(r"/\d+ ?%/")


operands = st.sampled_from(
    (
        *("nato", "=US", '"rare earth"', "mineral*", "title:summit", "(kyiv OR odesa)", "5%", "AT&T"),
        *("/sanctions?/", '"not for sale"', 'lead:"a, b"', '"war and peace"', "o'brien"),
    )
)
mistakes = st.sampled_from(
    [
        *(
            (" AND ", word)
            for word in (" and ", " UND ", " und ", " ET ", " y ", " E ", " EN ", " && ", " & ", " +")
        ),
        *((" OR ", word) for word in (" or ", " ODER ", " ou ", " O ", " OF ", " || ", " | ")),
        *((" AND NOT ", word) for word in (" NOT ", " not ", " -", " !", " AND -", " AND !", " and not ")),
        *(
            (" NEAR/5 ", word)
            for word in (" W/5 ", " w/5 ", " near/5 ", " NEAR:5 ", " NEAR5 ", " AROUND(5) ", " ~5 ")
        ),
        *((" ONEAR/3 ", word) for word in (" ADJ3 ", " pre/3 ", " ONEAR:3 ")),
        (" SAME/S ", " W/S "),
    ]
)


@settings(max_examples=tries(150))
@given(left=operands, right=operands, mistake=mistakes, tail=st.sampled_from(("", "unclosed", "quotes")))
def test_a_mistake_in_a_correct_query_is_proposed_back(
    left: str, right: str, mistake: tuple[str, str], tail: str
) -> None:
    right_one, wrong_one = mistake
    meant, typed = left + right_one + right, left + wrong_one + right
    if tail == "unclosed":
        meant, typed = f"({meant})", f"({typed}"
    if tail == "quotes":
        typed = re.sub(r'"([^"]*)"', r"„\1“", typed)
    try:
        expected = Query.parse(meant)
    except ConfigurationError:
        return
    assert Query.parse(proposal(typed)) == expected
