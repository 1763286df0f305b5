"""Feeds put together for the benchmark: RSS 2.0 of some 3 kB an entry, as WordPress writes it.

An entry has a title, an address, a guid, a date within the last two days, an author, two categories, a
teaser and its whole text as HTML in content:encoded. Texts are paragraphs of given articles, or of made-up
ones (`matching/newswire.py`), shuffled, so that no two entries are the same.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

from matching.newswire import newswire
from matching.texts import Text, read_texts

ENTRIES = 20
_POOL = 120
_LETTERS = 2_500
"""Characters of an entry's text, at least."""


def pool(folder: Path | None, seed: int) -> list[Text]:
    """The articles of the folder, or made-up ones."""
    return read_texts(folder, 0) if folder else newswire(_POOL, seed)


def feed_documents(count: int, entries: int, texts: Sequence[Text], seed: int) -> list[bytes]:
    """As many documents; the same seed gives the same words, with dates up to now."""
    rng = random.Random(seed)
    paragraphs = [part for text in texts for part in _parts(text.body)]
    titles = [text.title for text in texts]
    now = datetime.now(UTC).replace(microsecond=0)
    return [_feed(number, entries, rng, paragraphs, titles, now) for number in range(count)]


def _parts(text: str) -> list[str]:
    sentences = " ".join(text.split()).removesuffix(".").split(". ")
    return [". ".join(sentences[start : start + 3]) + "." for start in range(0, len(sentences) - 2, 3)]


def _feed(
    number: int, entries: int, rng: random.Random, paragraphs: list[str], titles: list[str], now: datetime
) -> bytes:
    items = "\n".join(_item(number, place, rng, paragraphs, titles, now) for place in range(entries))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n'
        f"<channel>\n<title>Paper {number}</title>\n<link>http://paper{number}.example/</link>\n"
        f"<description>News of paper {number}</description>\n<language>en-GB</language>\n"
        f"<lastBuildDate>{format_datetime(now)}</lastBuildDate>\n{items}\n</channel>\n</rss>\n"
    ).encode()


def _item(
    feed: int, place: int, rng: random.Random, paragraphs: list[str], titles: list[str], now: datetime
) -> str:
    title = f"{rng.choice(titles)} {rng.choice(titles).split()[-1]}"
    body = "\n".join(f"<p>{escape(part)}</p>" for part in _of_length(rng, paragraphs))
    published = now - timedelta(minutes=rng.uniform(0, 2_800))
    url = f"http://paper{feed}.example/2026/{place:02}/{'-'.join(title.lower().split()[:6])}-{feed}-{place}"
    return (
        f"<item>\n<title>{escape(title)}</title>\n<link>{escape(url)}</link>\n"
        f"<dc:creator><![CDATA[Reporter {rng.randrange(40)}]]></dc:creator>\n"
        f"<pubDate>{format_datetime(published)}</pubDate>\n"
        f"<category><![CDATA[World]]></category>\n<category><![CDATA[Politics]]></category>\n"
        f'<guid isPermaLink="false">http://paper{feed}.example/?p={feed * 100 + place}</guid>\n'
        f"<description><![CDATA[{escape(rng.choice(paragraphs))}]]></description>\n"
        f"<content:encoded><![CDATA[{body}]]></content:encoded>\n</item>"
    )


def _of_length(rng: random.Random, paragraphs: list[str]) -> Iterator[str]:
    written = 0
    while written < _LETTERS:
        part = rng.choice(paragraphs)
        written += len(part)
        yield part
