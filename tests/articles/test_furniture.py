"""Lines that come back in a source's articles are taken out of the next, and told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from watchdesk.articles import Furniture
from watchdesk.model import Article, Section

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FOLLOW = "Tides and timetables are on the board beside the pilot house."
HEADLINE = "Quay wall gave way at noon"


def article(number: int, *paragraphs: str, headline: str = HEADLINE) -> Article:
    own = Section(None, (f"Boat number {number} came in on Monday.", *paragraphs))
    return Article(
        "paper",
        f"Boat {number}",
        (own, Section(headline, (f"It was the {number}th of the year.",))),
        NOW,
        url_key=f"paper.example/{number}",
    )


def test_a_line_and_a_headline_in_most_recent_articles_go_and_say_so() -> None:
    furniture = Furniture(
        [
            article(n, *([FOLLOW] if n < 41 else []), headline=HEADLINE if n < 30 else f"Head {n}")
            for n in range(50)
        ]
    )
    cleaned = furniture.taken_out_of(article(99, FOLLOW))
    assert cleaned.text == "Boat number 99 came in on Monday.\n\nIt was the 99th of the year."
    assert cleaned.removed == (f"{FOLLOW} (in 41 of 50)", f"{HEADLINE} (in 30 of 50)")


def test_what_was_taken_out_counts_on() -> None:
    furniture = Furniture(article(n, FOLLOW) for n in range(10))
    for number in range(100, 200):
        cleaned = furniture.taken_out_of(article(number, FOLLOW))
        assert FOLLOW not in cleaned.text
        furniture.learn(cleaned)
    assert f"{FOLLOW} (in 50 of 50)" in cleaned.removed


def test_a_line_of_few_articles_or_of_half_of_them_stays() -> None:
    few = article(9, FOLLOW)
    assert Furniture(article(n, FOLLOW, headline=f"H {n}") for n in range(5)).taken_out_of(few) == few
    half = Furniture(article(n, *[FOLLOW] * (n % 2), headline=f"H {n}") for n in range(20))
    assert FOLLOW in half.taken_out_of(few).text


def test_versions_of_one_article_count_once() -> None:
    furniture = Furniture(article(n, headline=f"H {n}") for n in range(8))
    for _ in range(20):
        furniture.learn(article(99, FOLLOW))
    assert FOLLOW in furniture.taken_out_of(article(100, FOLLOW)).text


def test_articles_that_all_say_the_same_keep_their_words() -> None:
    def same(number: int) -> Article:
        return replace(article(number), sections=(Section(None, (FOLLOW,)),))

    assert Furniture(map(same, range(20))).taken_out_of(same(99)).text == FOLLOW


def test_a_page_with_the_text_of_another_article_is_not_its_entrys() -> None:
    text = (
        "The page you wanted has been moved to the new archive, where all boats since 1950 are listed. " * 2
    )
    stored = replace(article(1), sections=(Section(None, (text,)),))
    furniture = Furniture([stored])
    page = replace(article(2), sections=(Section(None, (text,)),))
    assert furniture.is_of_another(page, article(2))
    assert not furniture.is_of_another(page, article(1))
    assert not furniture.is_of_another(article(3), article(3))


def test_what_the_versions_of_one_report_share_is_no_furniture() -> None:
    said = "The council told the harbour master on Thursday that forty boats would be moved to the new quay."
    whole = "Pilots said that they had asked for the papers in October."
    versions = [
        Article(
            "paper",
            f"UPDATE {n}-Council moves boats to new quay",
            (Section(None, (f"Lead number {n} of the day.", said, whole)),),
            NOW,
            url_key=f"paper.example/update-{n}",
        )
        for n in range(6)
    ]
    furniture = Furniture([*versions, article(1), article(2)])
    assert [furniture.taken_out_of(version) for version in versions] == versions


def test_versions_are_known_by_any_of_their_longest_paragraphs() -> None:
    # Which of two paragraphs of one length comes first in a set is another in each process.
    said = "The council told the harbour master on Thursday that forty boats would be moved to the new quay."
    places = ("east", "west", "main", "sand", "wind", "rain", "foul", "deep")
    own = [f"{said[:-1]}, by the {place} gate no. {n} of the port." for n, place in enumerate(places)]
    versions = [
        Article(
            "paper",
            f"UPDATE {n}-Council moves boats to new quay",
            (Section(None, (f"{said[:-1]}, by the long gate no. {n} of the port.", *own)),),
            NOW + timedelta(days=3 * n),
            url_key=f"paper.example/update-{n}",
        )
        for n in range(6)
    ]
    assert len({len(paragraph) for paragraph in versions[0].sections[0].paragraphs}) == 1
    furniture = Furniture([*versions, article(1), article(2)])
    assert [furniture.taken_out_of(version) for version in versions] == versions


def test_signs_between_parts_are_no_line_that_comes_back() -> None:
    furniture = Furniture(article(n, "* * *", headline=f"H {n}") for n in range(8))
    assert "???" in furniture.taken_out_of(article(9, "???")).text


ANSWERS = ("Yes.", "No.", "Thank you.", "Q: Why?", "THE PRESIDENT: Thank you.", "(Applause.)", "[Laughter]")


def test_short_answers_of_interviews_are_no_furniture() -> None:
    interviews = [article(number, *ANSWERS, FOLLOW) for number in range(20)]
    kept = Furniture(interviews).taken_out_of(article(99, *ANSWERS, FOLLOW)).text
    assert kept.split("\n\n")[1:-1] == list(ANSWERS)


TITLES = (
    "Forty boats leave the old quay",
    "Pilots angry over papers",
    "Council vote divides the town",
    "What the new wall costs",
    "Mayor under fire",
    "Harbour master defends plan",
    "Storm season looms",
)
SAID = "The council told the harbour master on Thursday that forty boats would be moved to the new quay."
ASKED = "Pilots said that they had asked for the papers in October, and that nobody had answered."


def version(number: int, at: datetime) -> Article:
    own = f"{TITLES[number]}, and the town talked of nothing else that day, number {number}."
    told = (Section(None, (own, SAID, ASKED)),)
    return Article("paper", TITLES[number], told, at, url_key=f"paper.example/{number}", published_at=at)


def test_what_versions_of_one_report_with_unlike_titles_share_is_no_furniture() -> None:
    versions = [version(number, NOW) for number in range(len(TITLES))]
    furniture = Furniture([*versions, article(11), article(12)])
    assert [furniture.taken_out_of(one) for one in versions] == versions


def test_what_unlike_articles_share_for_days_is_furniture() -> None:
    every = [version(number, NOW - number * timedelta(days=3)) for number in range(len(TITLES))]
    cleaned = Furniture(every[1:]).taken_out_of(every[0])
    assert SAID not in cleaned.text
    assert ASKED not in cleaned.text
