"""Texts of one form, filled in for something else, are stories of their own, even where nothing else is."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from store.test_store import NOW
from store.test_stories import take, told, why
from watchdesk.model import JoinedBy
from watchdesk.store import SqlStore

WARNING = (
    "The meteorological office has issued a warning of strong winds for {place}, in force from {a}:00 "
    "until {b}:00. Gusts of up to {c} kilometres an hour are expected on the coast between {place} and "
    "{near}, and {d} millimetres of rain.\n\nMayor {person} asked residents to stay at home. The ferry "
    "from {place} to {near} is cancelled."
)
RIVER = (
    "The {place} river authority measured {c} centimetres at the {near} gauge at six in the morning, "
    "{d} more than the day before. Barges of up to {a} tonnes may pass; the locks at {near} open at "
    "{b} and close at {e}."
)
NOTICE = (
    "The municipality of {place} invites tenders for the repair of {a} kilometres of road between "
    "{place} and {near}. Bids must reach the office of {person} by noon; the estimated value is {c} "
    "million euros, with a deposit of {d} per cent."
)
RESULT = (
    "{place} beat {near} {a}-{b} at home. {person} scored in minute {d} and again in minute {e} in "
    "front of {c} spectators, and the home side stays on top of the table."
)
ORDER = (
    "By order of the ministry and until further notice the following rules apply to all who keep poultry, "
    "whether for sale or for their own use, within the zone around {place}: birds stay indoors, visitors "
    "are kept out, and {a} farms are inspected. {near} and {person} report each case; {c} birds were culled "
    "at {near}, {d} at {place}."
)
RESIGNS = (
    "The defence minister of {place}, {person}, resigned after a meeting with the president in {near}. "
    "Parliament votes on a successor next month."
)
FILLED = (
    {
        "place": "Galway",
        "near": "Kinvara",
        "person": "Aoife Brennan",
        "a": 14,
        "b": 23,
        "c": 118,
        "d": 46,
        "e": 71,
    },
    {
        "place": "Odense",
        "near": "Kerteminde",
        "person": "Lars Holm",
        "a": 9,
        "b": 17,
        "c": 97,
        "d": 31,
        "e": 58,
    },
    {
        "place": "Rijeka",
        "near": "Opatija",
        "person": "Ivana Babić",
        "a": 11,
        "b": 20,
        "c": 143,
        "d": 62,
        "e": 88,
    },
)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Strong winds: warning for {place}", WARNING),
        ("Weather warning in force", WARNING),
        ("Water levels on the {place}", RIVER),
        ("Water levels this morning", RIVER),
        ("Tender: road repairs in {place}", NOTICE),
        ("Call for tenders published", NOTICE),
        ("{place} beat {near}", RESULT),
        ("Home side stays on top", RESULT),
        ("Order on the keeping of poultry", ORDER),
        ("Minister of defence resigns", RESIGNS),
    ],
)
@pytest.mark.parametrize("apart", [timedelta(minutes=5), timedelta(hours=20)])
def test_one_form_filled_in_for_other_places_tells_other_stories(
    store: SqlStore, title: str, text: str, apart: timedelta
) -> None:
    numbers = take(
        store,
        *(
            told(n, f"s{n}", title.format(**filled), text.format(**filled), at=NOW + n * apart)
            for n, filled in enumerate(FILLED)
        ),
    )
    assert [why(store, number).joined_by for number in numbers] == [JoinedBy.FIRST] * len(FILLED)


def test_one_form_with_the_figures_of_another_day_tells_another_story(store: SqlStore) -> None:
    days = [
        {**FILLED[0], **{letter: 17 * n + 31 * day for n, letter in enumerate("abcde", 1)}}
        for day in (1, 2, 3)
    ]
    numbers = take(
        store,
        *(
            told(n, f"s{n}", "Water levels on the Galway", RIVER.format(**day), at=NOW + timedelta(days=n))
            for n, day in enumerate(days)
        ),
    )
    assert [why(store, number).joined_by for number in numbers] == [JoinedBy.FIRST] * len(days)


LONE = (
    "Portugal's minister of defence Helena Carreiras stepped down in Lisbon, citing an inquiry into the "
    "purchase of helicopters.",
    "Helena Carreiras has left her post in Lisbon. The minister is said to have known about the "
    "helicopters; the prime minister of Portugal thanked her.",
)


def test_one_title_over_reports_of_one_event_still_joins_them(store: SqlStore) -> None:
    told_twice: Sequence[int] = take(
        store, *(told(n, f"s{n}", "Minister of defence resigns", text) for n, text in enumerate(LONE))
    )
    assert [why(store, number).joined_by for number in told_twice] == [JoinedBy.FIRST, JoinedBy.TITLE]
