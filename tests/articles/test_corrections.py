"""What differs between two versions, as a reader would mark it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchdesk.articles import changes


def marked(before: str, after: str) -> list[str]:
    return [f"{one.left}|{one.before}>{one.after}|{one.right}" for one in changes(before, after, around=2)]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("NATO doubles its budget", "NATO raises its budget", ["NATO|doubles>raises|its budget"]),
        ("It rises by 5 % in May.", "It rises by 3 % in May.", ["rises by|5>3|% in"]),
        ("One. Two.", "One. And more. Two.", ["One.|>And more.|Two."]),
        ("One.\n\nTwo.\n\nThree.", "One.\n\nThree.", ["One.|Two.>|Three."]),
        ("the old red house", "the new red home", ["the|old red house>new red home|"]),
        ("a b c d e", "a b c d e", []),
        ("a b\n\nc", "a b c", []),
        ("", "all new", ["|>all new|"]),
    ],
)
def test_words_are_marked_where_they_differ(before: str, after: str, said: list[str]) -> None:
    assert marked(before, after) == said


LINES = st.lists(st.lists(st.sampled_from("abcd"), max_size=6).map(" ".join), max_size=6).map("\n\n".join)


@given(LINES, LINES)
def test_the_marks_lead_from_the_one_to_the_other(before: str, after: str) -> None:
    found = changes(before, after)
    gone = len(before.split()) - sum(len(one.before.split()) for one in found)
    come = len(after.split()) - sum(len(one.after.split()) for one in found)
    assert gone == come  # the words that stay are the same number in both
    assert all(one.before != one.after for one in found)


def test_long_texts_are_compared_fast() -> None:
    lines = [" ".join(f"w{line}-{word}" for word in range(60)) for line in range(800)]
    other = [line.replace("-7 ", "-x ") if place % 9 == 0 else line for place, line in enumerate(lines)]
    begin = time.process_time()
    assert len(changes("\n\n".join(lines), "\n\n".join(other))) == 89
    changes(" ".join(lines), " ".join(other)[::-1])
    assert time.process_time() - begin < 5
