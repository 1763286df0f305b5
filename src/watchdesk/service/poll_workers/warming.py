"""Loads what polls load when they first need it, so that poll workers share it.

Made-up documents go the whole way of an article, from bytes to matches.
"""

from contextlib import suppress
from datetime import datetime

from watchdesk import articles, stories
from watchdesk.errors import UnreadableInput
from watchdesk.model import Fetched, Source
from watchdesk.polling.collecting import read_document, read_page
from watchdesk.rules import RuleSet

_ITEM = (
    "<item><title>A council votes</title><link>http://sample.example/1</link><guid>1</guid>"
    "<pubDate>Mon, 02 Nov 2026 09:00:00 GMT</pubDate><description>&lt;p&gt;The council of a town voted "
    "on the budget of the next year, and the mayor spoke of it to the press.&lt;/p&gt;</description></item>"
)
_URL = "http://sample.example/feed"
_DOCUMENTS = (
    f"<rss version='2.0'><channel><title>Sample</title>{_ITEM}</channel></rss>",
    f"<rss version='2.0'><channel><title>A &b</title>{_ITEM}",  # what only the lenient reader reads
)
_PAGE = (
    "<html><head><title>A council votes</title></head>"
    "<body><article><h1>A council votes</h1>{}</article></body></html>"
)
_PARAGRAPH = "<p>The council of a town voted on the budget of the next year, and the mayor spoke of it.</p>"


def warm_up(rules: RuleSet, now: datetime) -> None:
    """Reads, normalises and matches the samples."""
    articles.prepare()
    source = Source("sample", _URL)
    for document in _DOCUMENTS:
        read = read_document(Fetched(document.encode(), _URL), source, now)
        for article in read.articles:
            rules.answers(article)
            stories.story_keys(article)
            stories.features_of(article)
    with suppress(UnreadableInput):
        read_page(Fetched(_PAGE.format(_PARAGRAPH * 5).encode(), "http://sample.example/1"), source, now)
