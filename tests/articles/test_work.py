"""How often the costly steps of reading a feed are taken: counts, which no busy machine changes."""

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from watchdesk import articles
from watchdesk.model import Entry, ParsedFeed, Source

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SOURCE = Source("paper", "https://paper.example/feed")
SENTENCE = "The ministers of the two countries said on Tuesday that they would not sign it before the end. "
NAMES = ", ".join(f"Harbour{n} Quay{n}" for n in range(25))


def feed(text: Callable[[int], str], count: int = 20) -> ParsedFeed:
    entries = [
        Entry(
            guid=f"g{n}",
            url=f"https://paper.example/2026/story-number-{n}?utm_source=feed",
            title=f"The story number {n} of the day",
            content=f"<p>{text(n)}</p>",
        )
        for n in range(count)
    ]
    return ParsedFeed(tuple(entries), base_url="https://paper.example/", language="en-GB")


def calls(read: ParsedFeed) -> Counter[str]:
    """Of each function, by its name, while a feed is recognised and made articles."""
    profile = cProfile.Profile()
    profile.enable()
    entries = [identified.entry for identified in articles.identify(read)]
    articles.normalise_all(entries, read, SOURCE, NOW)
    profile.disable()
    counted: Counter[str] = Counter()
    for (_, _, name), (_, number, *_) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        counted[name] += number
    return counted


def test_each_entry_is_stripped_once_and_its_address_cleaned_once() -> None:
    found = calls(feed(lambda n: f"Number {n}. {SENTENCE * 3}"))
    assert found["without_tags"] == 20
    assert found["body_lines"] == 20
    assert found["urljoin"] <= 2 * 20  # as it is written, and for its key


def test_the_model_of_languages_is_asked_only_in_doubt() -> None:
    sure, names_first = (lambda n: f"{n} {SENTENCE * 3}"), (lambda n: f"{NAMES} {n}. {SENTENCE * 12}")
    assert calls(feed(sure))["classify"] == 0
    assert calls(feed(names_first, 3))["classify"] > 0
    said_first = calls(feed(lambda n: f"{SENTENCE}{NAMES[:360]} {n}. {SENTENCE * 20}"))
    assert said_first["classify"] == 0


def test_a_summary_that_cannot_be_the_fullest_body_is_not_read() -> None:
    read = feed(lambda n: f"Number {n}. {SENTENCE * 8}")
    teased = tuple(replace(entry, summary=f"<p>{SENTENCE}</p>") for entry in read.entries)
    assert calls(replace(read, entries=teased))["parsable"] == 20
    fuller = tuple(replace(entry, summary=f"<p>{SENTENCE * 12}</p>") for entry in read.entries)
    assert calls(replace(read, entries=fuller))["parsable"] == 40
    last = articles.normalise_all([fuller[-1]], read, SOURCE, NOW)[0]
    assert last.text.count("Tuesday") == 12


def test_an_article_is_made_and_copied_once() -> None:
    assert calls(feed(lambda n: f"Number {n}. {SENTENCE * 3}"))["replace"] == 20
