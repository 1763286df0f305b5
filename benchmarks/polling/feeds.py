"""Feeds made up for the benchmark: RSS 2.0 of 20 entries and about 50 kB, as WordPress writes it.

An entry has a title, an address, a guid, a date within the last two days, an author, two categories, a
teaser and its whole text as HTML in content:encoded. Texts are paragraphs of made-up articles
(`matching/newswire.py`), shuffled, so that no two entries are the same.
"""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from matching.newswire import newswire

ENTRIES = 20
_POOL = 120
_PARAGRAPHS = 6


def feed_documents(count: int, seed: int) -> list[bytes]:
    """As many documents; the same seed gives the same words, with dates up to now."""
    rng = random.Random(seed)
    texts = newswire(_POOL, seed)
    paragraphs = [part for text in texts for part in _parts(text.body)]
    titles = [text.title for text in texts]
    now = datetime.now(UTC).replace(microsecond=0)
    return [_feed(number, rng, paragraphs, titles, now) for number in range(count)]


def _parts(text: str) -> list[str]:
    sentences = text.replace("\n\n", " ").split(". ")
    return [". ".join(sentences[start : start + 3]) + "." for start in range(0, len(sentences) - 3, 3)]


def _feed(number: int, rng: random.Random, paragraphs: list[str], titles: list[str], now: datetime) -> bytes:
    items = "\n".join(_item(number, place, rng, paragraphs, titles, now) for place in range(ENTRIES))
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
    body = "\n".join(f"<p>{escape(part)}</p>" for part in rng.sample(paragraphs, _PARAGRAPHS))
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
