"""What the language refuses: each mistake told at its place, with what to write instead."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import tries
from watchdesk.errors import ConfigurationError
from watchdesk.rules import Query


def refusal(query: str) -> str:
    with pytest.raises(ConfigurationError) as raised:
        Query.parse(query)
    return str(raised.value)


@pytest.mark.parametrize(
    ("query", "column", "said"),
    [
        ("a AND b OR c", 1, "(a AND b) OR c, or: a AND (b OR c)"),
        ("a OR b AND c", 6, "a OR (b AND c), or: (a OR b) AND c"),
        ("ukraine aid", 9, 'write "ukraine aid" for the phrase, or ukraine AND aid'),
        ("a W/5 b", 3, "write NEAR/5 for either order, or ONEAR/5 for this order"),
        ("a w/s b", 3, "SAME/S"),
        ("a AND -b", 7, "AND NOT b"),
        ("NOT a", 1, "matches nearly everything"),
        ("NOT a AND NOT b", 1, "matches nearly everything"),
        ("a OR NOT b", 1, "matches nearly everything"),
        ("a NEAR/5 (NOT b)", 11, "cannot measure to a NOT"),
        ("a NEAR/5 (b AND c)", 11, "not AND"),
        ("a NEAR/5 source:x", 10, "not data of the article"),
        ("a NEAR b", 3, "NEAR/5"),
        ("a NEAR/0 b", 3, "from 1"),
        ("m*", 1, "too short"),
        ('"rare m*"', 6, "too short"),
        ("titel:x", 1, "did you mean 'title:'?"),
        ('nato AND "aid', 10, "never closed"),
        ("(a OR b", 1, "never closed"),
        ("a)", 2, "never opened"),
        ("()", 2, "empty"),
        ("a AND", 5, "ends where a word is expected"),
        ("AND a", 1, "cannot stand here"),
        ("@nowhere", 1, "there is no list 'nowhere'"),
        ("/a(?=b)/", 1, "RE2 refuses"),
        ("/a*/", 1, "match everything"),
        ("/abc", 1, "not closed"),
        ("a && b", 3, "write AND"),
        ('"a b"~3', 6, "write a NEAR/3 b"),
        ('a AND ""', 7, "holds no letter"),
        ("stem(two words)", 1, "takes one word"),
        ("a^0", 2, "a weight is"),
        ("LAST/0 a", 1, "LAST needs a number of 1 or more"),
        ("LAST a", 1, "for example LAST/3"),
        ("a AND LAST/5", 12, "ends where a word is expected"),
        ("a NEAR/5 (LAST/3 (b AND c))", 19, "not AND"),
        ("LAST/5 (NOT a)", 1, "matches nearly everything"),
        ("", 1, "empty"),
        ("…", 1, "no letter"),
    ],
)
def test_a_mistake_is_told_at_its_place(query: str, column: int, said: str) -> None:
    text = refusal(query)
    assert f"query:1:{column}: " in text
    assert said in text


@pytest.mark.parametrize("sign", ["-", "+", "–", "—", "−", "--", "!"])
@pytest.mark.parametrize(
    "operand",
    [
        *("b", "=B", '"rare earth"', '="Rare Earth"', "/sanctions?/", "(b OR c)", "stem(spend)", "mineral*"),
        *("title:b", 'title:"rare earth"', "source:wire", "FIRST/3 b", "$5", "5%"),
    ],
)
def test_a_sign_before_any_operand_is_refused_and_never_part_of_a_word(sign: str, operand: str) -> None:
    said = "is not an operator"
    assert "query:1:7: " in refusal(f"a AND {sign}{operand}")
    assert said in refusal(f"a AND {sign}{operand}")
    assert said in refusal(f"{sign}{operand}")
    assert said in refusal(f"a AND (b OR {sign}{operand})")


@pytest.mark.parametrize("word", ["rare-earth", "2020–2022", "AT&T", "C++", '"-b"', "a-/b/"])
def test_a_sign_within_a_word_or_a_phrase_is_none(word: str) -> None:
    assert Query.parse(word).text == word


def test_several_mistakes_of_a_query_are_told_at_once() -> None:
    text = refusal("m* AND titel:x AND\n@nowhere")
    assert "query:1:1:" in text
    assert "query:1:8:" in text
    assert "query:2:1:" in text


def test_lower_case_operators_are_words() -> None:
    assert "stand side by side" in refusal("a and b")


def test_nested_parentheses_are_refused_beyond_a_hundred() -> None:
    assert "nested" in refusal("(" * 10_000 + "a" + ")" * 10_000)
    assert Query.parse("(" * 99 + "a" + ")" * 99) == Query.parse("a")


@pytest.mark.parametrize("query", ["a" + " NEAR/5 b" * 5_000, "NOT " * 5_000 + "a", "title:" * 5_000 + "a"])
def test_deep_chains_are_refused_in_words(query: str) -> None:
    assert "nested" in refusal(query)


def test_ten_thousand_alternatives_are_read_quickly() -> None:
    started = time.process_time()
    Query.parse(" OR ".join(f"word{number}" for number in range(10_000)))
    assert time.process_time() - started < 10


@settings(max_examples=tries(300))
@given(
    st.lists(
        st.sampled_from(
            """a AND OR NOT ( ) " NEAR/3 NEAR title: @l /x/ * ^2 # - stem( = ATLEAST/2 SAME/S é W/5
            source: 5% | ~""".split()  # noqa: SIM905  a table of pieces is read best as pieces
        ),
        max_size=12,
    )
)
def test_any_text_is_read_or_refused_with_a_place(pieces: list[str]) -> None:
    text = " ".join(pieces)
    try:
        query = Query.parse(text)
    except ConfigurationError as refused:
        assert "query:" in str(refused)
    else:
        assert query.text == text
