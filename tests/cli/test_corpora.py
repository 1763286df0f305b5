"""Corpora of real feeds, named in WATCHDESK_CORPORA (see CONTRIBUTING.md), polled by the real command."""

import os
from pathlib import Path

import pytest

from support.desk import DeskFiles
from support.readings import lenient_reading
from support.web import WebServer
from watchdesk import articles
from watchdesk.errors import UnreadableInput
from watchdesk.model import Entry, Fetched, ParsedFeed, Source
from watchdesk.sources import KINDS

CORPORA = [Path(folder) for folder in os.environ.get("WATCHDESK_CORPORA", "").split(":") if folder]
KNOWN = (".xml", ".rss", ".rdf", ".atom", ".json")
SETTINGS = """\
polling: {first_poll: all, private_addresses: allow, per_host: 32, timeout: 30s}
articles: {full_text: never}
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("folder", CORPORA, ids=lambda folder: folder.name)
def test_every_feed_of_a_corpus_is_polled_and_gives_what_feedparser_finds(
    folder: Path, desk: DeskFiles, web: WebServer
) -> None:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in KNOWN]
    assert files
    for number, path in enumerate(files):
        web.serve(f"/{number}", path.read_bytes(), content_type="application/xml")
    desk.write({f"n{number}": web.url(f"/{number}") for number in range(len(files))}, settings=SETTINGS)
    document = desk.run_process("once", "--all", "--json", timeout=800).document
    wrong = [
        (path, polled["new_articles"], polled["error"])
        for path, polled in zip(files, document["sources"], strict=True)
        if polled["new_articles"] != _expected(path) or "mistake" in str(polled["error"])
    ]
    assert wrong == []


def _expected(path: Path) -> int:
    """How many articles feedparser's entries make; none of a document that is refused."""
    body = path.read_bytes()
    try:
        feed = KINDS["feed"](Fetched(body, "http://e.org/"), Source("a", "http://e.org/"))
    except UnreadableInput:
        return 0
    if path.suffix != ".json":
        found = lenient_reading(body)
        entries = tuple(Entry(**entry) for entry in found["entries"])
        feed = ParsedFeed(entries, base_url=found["link"] or "http://e.org/")
    return len({key for entry in articles.identify(feed) for key in entry.keys[:1]})
