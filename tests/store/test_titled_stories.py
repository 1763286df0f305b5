"""What only a title has in common hides no article and counts as no further source."""

from collections.abc import Sequence

import pytest

from store.test_stories import take, told, why
from watchdesk.model import JoinedBy, Spread
from watchdesk.store import SqlStore

OTHERS_UNDER_ONE_TITLE = (
    (
        "Bridge collapse kills at least nine",
        "A bridge over the river Mahi in the Indian state of Gujarat gave way on Sunday and threw five "
        "lorries into the water. At least nine people are dead.\n\nThe bridge in Vadodara district was "
        "built in 1985. Chief minister Bhupendra Patel ordered an inquiry.",
        "Nine labourers drowned when a bridge under construction in the Chinese province of Qinghai fell "
        "into the Yellow River on Sunday, Xinhua reported.\n\nA steel cable had snapped as the last arch "
        "was being lifted. Four men are missing, and the site in Jianzha county was closed.",
    ),
    (
        "Teachers begin strike over pay",
        "Teachers in Portugal began a week of strikes on Sunday for more pay and fewer pupils in a class. "
        "The union Fenprof said that nine in ten schools in Lisbon and Porto would stay closed on Monday.",
        "Teachers all over Ghana stayed away from classrooms on Sunday's first day of a strike that the "
        "union GNAT called over arrears of allowances.\n\nLabour minister Rashid Pelpuo asked them to come "
        "to talks in Accra on Tuesday.",
    ),
)
"""With names of their own."""
NOTHING_ELSE_SHARED = (
    (
        "Minister resigns over leaked emails",
        "Finland's interior minister resigned on Sunday after newspapers printed e-mails in which he mocked "
        "asylum seekers.\n\nThe prime minister thanked him and said that a successor would be named.",
        "Peru's energy minister resigned on Sunday after a broadcaster showed messages in which she promised "
        "contracts to a cousin.\n\nCongress had asked for her to appear. She denies that she did wrong.",
    ),
    (
        "Parliament rejects budget",
        "The Bulgarian parliament rejected the government's budget for next year on Friday by a narrow "
        "margin.\n\nThe finance minister said that a new draft would be sent to the chamber in December.",
        "Kenya's parliament rejected the president's budget on Friday after a week of protests over bread."
        "\n\nThe speaker counted two hundred against it. The treasury has until January to send another.",
    ),
)
"""Short, and hardly naming anything."""
ONE_EVENT_UNDER_ONE_TITLE = (
    (
        "Bridge collapse kills at least nine",
        OTHERS_UNDER_ONE_TITLE[0][1],
        "Nine people died on Sunday as five lorries fell from a bridge in Vadodara, in Gujarat. It had "
        "stood over the Mahi since 1985.\n\nBhupendra Patel, the chief minister, wants to know why.",
    ),
    (
        "Parliament rejects budget",
        NOTHING_ELSE_SHARED[1][1],
        "Members of the chamber turned down the draft for next year in Sofia. By December, the Bulgarian "
        "government has to present another.",
    ),
)


@pytest.mark.parametrize(("title", "one", "other"), [*OTHERS_UNDER_ONE_TITLE, *NOTHING_ELSE_SHARED])
@pytest.mark.parametrize("added", ["", " - live"])
def test_a_title_alone_holds_no_other_event_back(
    store: SqlStore, title: str, one: str, other: str, added: str
) -> None:
    first, second = take(store, told(1, "s1", title, one), told(2, "s2", title + added, other))
    joined = why(store, second)
    assert joined.joined_by in {JoinedBy.EVENT, JoinedBy.FIRST}
    assert joined.joined_by is JoinedBy.FIRST or not joined.may_hold_back
    assert _sources(store, [first, second]) == [1, 1]


@pytest.mark.parametrize(("title", "one", "other"), ONE_EVENT_UNDER_ONE_TITLE)
def test_one_event_under_one_title_is_told_by_two_sources(
    store: SqlStore, title: str, one: str, other: str
) -> None:
    first, second = take(store, told(1, "s1", title, one), told(2, "s2", title, other))
    assert why(store, second).joined_by is JoinedBy.TITLE
    assert why(store, second).may_hold_back
    assert _sources(store, [first, second]) == [2, 2]


def _sources(store: SqlStore, numbers: Sequence[int]) -> list[int]:
    """How many sources surely tell the story of each article."""
    stories = [why(store, number).story_id for number in numbers]
    coverage = store.coverage(stories)
    for story, told_by in coverage.items():
        assert store.spread(story) == Spread(told_by.count, told_by.since, told_by.last)
    assert store.spread(max(stories) + 1) is None
    return [coverage[story].count for story in stories]


def test_a_report_that_shares_the_names_of_one_event_counts_for_it(store: SqlStore) -> None:
    title, one, other = OTHERS_UNDER_ONE_TITLE[0]
    again = ONE_EVENT_UNDER_ONE_TITLE[0][2]
    take(store, told(1, "s1", title, one), told(2, "s2", title, other))
    [third] = take(store, told(3, "s3", title, again))
    assert why(store, third).may_hold_back
