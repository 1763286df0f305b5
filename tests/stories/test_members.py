"""What members of the window take: a desk of many sources has hundreds of thousands of them."""

import pickle
from datetime import UTC, datetime

from watchdesk.model import Article
from watchdesk.stories import Frequencies, Window, features_of
from watchdesk.stories.members import Member, member_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEXT = "Ministers of the alliance agreed on defence spending in Geneva on Monday."


def _member(window: Window, title: str) -> Member:
    """As the service makes one of what a poll worker sends."""
    article = Article.from_text(title, TEXT, language="en", source="wire", first_seen=NOW)
    sent = pickle.loads(pickle.dumps(features_of(article)))
    return member_of(article, sent, window.frequencies)


def test_a_settled_member_says_the_same_in_less() -> None:
    window = Window(Frequencies())
    member, same = (_member(window, "Summit opens \ud800 Žižek") for _ in range(2))
    member.settle()
    member.settle()
    assert isinstance(member.told, bytes)
    assert not len(member.shingles)
    assert (member.title_terms, member.lead_terms) == (same.title_terms, same.lead_terms)
    assert member.vector_terms == same.vector_terms
    assert member.vector_weights.tolist() == same.vector_weights.tolist()
    for every in (1, 2, 4, 8):
        assert member.shingles_of_one_in(every) == same.shingles_of_one_in(every)


def test_a_member_keeps_no_common_terms_once_it_is_in_the_window() -> None:
    window = Window(Frequencies((NOW - datetime(1970, 1, 1, tzinfo=UTC)).days))
    for _ in range(30):
        member = _member(window, "Summit opens")
        before = member.common_terms
        window.add(member)
    assert before
    assert not member.common_terms
