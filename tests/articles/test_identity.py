"""How an entry is known again in its source, and a story across sources."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

import watchdesk.articles
from watchdesk.articles import colliding_guid, distinct_entries, identify
from watchdesk.model import DAY_KEY, Article, Entry, ParsedFeed, Section
from watchdesk.stories import story_keys

NOW = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)
ENTRY = Entry(
    guid="tag:1", url="https://paper.example/2025/a", title="Talks fail", summary="<p>They talked.</p>"
)
WORDS = (
    "Ministers of nine countries have agreed to keep a common stock of shells in three places "
    "that they did not name"
)


def keys(*entries: Entry, guids_believed: bool = True) -> list[str]:
    """What the entries of one document are known by."""
    return [
        each.key for each in distinct_entries(identify(ParsedFeed(entries)), guids_believed=guids_believed)
    ]


def version(entry: Entry) -> str:
    return identify(ParsedFeed((entry,)))[0].entry_hash


def story(title: str, text: str, url: str | None = None) -> tuple[str, ...]:
    key = url.removeprefix("https://") if url else None
    return story_keys(Article("s", title, (Section(None, (text,)),), NOW, url=url, url_key=key))


def lasting(keys: tuple[str, ...]) -> set[str]:
    """Those that are good for longer than a day."""
    return {key for key in keys if not key.startswith(DAY_KEY)}


def test_the_publishers_id_comes_first_and_the_address_after_it() -> None:
    assert keys(ENTRY) == ["g:tag:1"]
    assert identify(ParsedFeed((ENTRY,)))[0].keys[:2] == ("g:tag:1", "u:paper.example/2025/a")


def test_without_an_id_the_address_and_without_that_the_content() -> None:
    assert keys(replace(ENTRY, guid=None)) == ["u:paper.example/2025/a"]
    assert keys(replace(ENTRY, guid=None, url=None))[0].startswith("w:")


@pytest.mark.parametrize(
    "other", [replace(ENTRY, title="Talks resume"), replace(ENTRY, summary="Other words.")]
)
def test_one_id_for_entries_that_differ_in_title_or_in_words_is_none(other: Entry) -> None:
    assert colliding_guid(identify(ParsedFeed((ENTRY, other)))) == "tag:1"
    assert (
        colliding_guid(identify(ParsedFeed((ENTRY, replace(ENTRY, url="https://paper.example/b"))))) is None
    )


def test_entries_whose_ids_are_not_believed_are_known_by_an_address_of_their_own() -> None:
    other = Entry(guid="tag:1", url="https://paper.example/2025/b", title="Talks resume")
    assert keys(ENTRY, other, guids_believed=False) == ["u:paper.example/2025/a", "u:paper.example/2025/b"]


def test_an_exact_duplicate_appears_once() -> None:
    assert len(keys(ENTRY, ENTRY)) == 1


def test_an_address_that_all_entries_share_is_no_key() -> None:
    entries = [Entry(guid=str(n), url="https://paper.example/2025/all", title=f"Title {n}") for n in range(3)]
    assert keys(*entries) == ["g:0", "g:1", "g:2"]
    assert all(key.startswith("w:") for key in keys(*entries, guids_believed=False))


def test_entries_without_ids_that_share_an_address_are_all_kept() -> None:
    entries = [Entry(url="https://paper.example/warnings", title=f"Warning {n}") for n in range(3)]
    assert len(set(keys(*entries))) == 3


def test_entries_that_differ_by_their_fragment_are_told_apart_by_it() -> None:
    entries = [Entry(url=f"https://paper.example/press.html#r{n}", title="Notice") for n in range(3)]
    assert keys(*entries) == [f"u:paper.example/press.html#r{n}" for n in range(3)]


def test_a_home_page_is_no_key() -> None:
    home = identify(ParsedFeed((replace(ENTRY, url="https://paper.example/"),)))[0]
    assert home.address is None
    place = identify(ParsedFeed((replace(ENTRY, url="https://paper.example/#r45"),)))[0]
    assert place.address == "u:paper.example#r45"


def test_an_entry_with_nothing_in_it_is_left_out() -> None:
    assert keys(Entry(), Entry(title="  ", summary="<p></p>"), ENTRY) == keys(ENTRY)


def test_the_version_changes_with_what_is_published_and_not_with_counters() -> None:
    counted = replace(ENTRY, summary="<p>They talked.</p><img src='https://count.example/8.gif' width=1>")
    tracked = replace(ENTRY, url="https://paper.example/2025/a?utm_source=rss")
    assert version(counted) == version(tracked) == version(ENTRY)
    for changed in (
        replace(ENTRY, title="Talks resume"),
        replace(ENTRY, summary="<p>They shouted.</p>"),
        replace(ENTRY, url="https://paper.example/2025/b"),
    ):
        assert version(changed) != version(ENTRY)


@pytest.mark.parametrize("dateline", ["", "KYIV (Wire) - ", "LA and Reno (Wire) - "])
def test_a_copy_under_another_address_and_dateline_is_the_same_story(dateline: str) -> None:
    one = story("Nine countries share their shells", WORDS, "https://a.example/1")
    other = story("Nine Countries Share Their Shells", f"{dateline}{WORDS}", "https://b.example/2")
    assert lasting(one) & lasting(other)


def test_a_column_with_one_title_every_day_is_not_one_story() -> None:
    monday = story("Morning briefing", f"{WORDS}.", "https://a.example/1")
    tuesday = story("Morning briefing", f"{WORDS}.", "https://a.example/2")
    assert not set(monday) & set(tuesday)


def test_one_title_over_different_texts_is_one_story_for_a_day_alone() -> None:
    one = story("What we know about the talks so far", WORDS)
    other = story("What we know about the talks so far", " ".join(reversed(WORDS.split())))
    assert not lasting(one) & lasting(other)
    assert set(one) & set(other)


def test_a_long_text_under_a_new_headline_is_the_same_story() -> None:
    text = " ".join(f"word{n}" for n in range(150))
    assert set(story("Shells shared", text)) & set(story("A quite different headline here", text))


def test_a_title_alone_makes_a_story_for_a_day() -> None:
    assert lasting(story("Nine countries share their shells", "Read more")) == set()
    assert story("Nine countries share", "Read more") == story("NINE countries share", "")
    assert story("Live updates", "Read more") == ()


def test_articles_still_offer_story_keys() -> None:
    assert getattr(watchdesk.articles, "story_keys") is story_keys  # noqa: B009 - the type checker does not see it
