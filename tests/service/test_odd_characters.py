"""Characters that no database may hold, in every kind of source: nothing is lost, nothing comes twice."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.desk import SETTINGS, DeskFiles, item, rss
from support.postgresql import Cluster
from support.web import WebServer
from watchdesk.errors import RefusedRow
from watchdesk.model import Article, Ingested, SourceState
from watchdesk.service.write_behind import AGAIN, WriteBehind
from watchdesk.store import open_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAIR, LONE, BEYOND = "&#55357;&#56832;", "&#xD800;", "&#1114112;"
ODD = f"{PAIR} {LONE} {BEYOND} &#0; &#11;"
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>T {ODD}</title><entry><id>urn:{ODD}</id>
<title>Atom {PAIR}</title><link href="http://e.org/atom{LONE}"/><category term="{ODD}"/>
<author><name>{ODD}</name></author><summary>words {ODD}</summary></entry></feed>"""
JSON = (
    b'{"title": "T\\ud83d", "items": [{"id": "a\\ud83d", "url": "http://e.org/\\u0000j", "title":'
    b' "JSON \\ud83d\\ude00\\ud83d", "tags": ["\\udc00"], "authors": [{"name": "\\u0000x"}],'
    b' "content_text": "raw\nline\tbreaks\x01 \\ud800"}]}'
)
SITEMAP = f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>http://e.org/map{LONE}</loc>
<news:news><news:title>Map {PAIR}{BEYOND}\x01</news:title></news:news></url></urlset>"""
LONG = "http://e.org/" + "".join(hashlib.sha256(b"%d" % n).hexdigest() for n in range(60))
PAGE = (
    f"<html><title>T\0{ODD}</title><li><a href='/page\0{LONE}'>Page {PAIR} of words\0 for all</a></li></html>"
)
DOCUMENTS: dict[str, tuple[str, bytes]] = {
    "fast": ("feed", rss(item(f"g{ODD}", f"Fast {PAIR}", ODD))),
    "nul": ("feed", rss(item("n\0ul", "Nul \0 in it", link="http://e.org/\0n")) + b"<"),
    "lenient": ("feed", rss(item(f"l{ODD}", f"Lenient {PAIR}", f"<b>{ODD}")) + b"<"),
    "cesu": ("feed", rss(item("c", "Cesu MARK")).replace(b"MARK", b"\xed\xa0\xbd\xed\xb8\x80")),
    "escaped": ("feed", rss(item("e", f"Escaped {PAIR.replace('&', '&amp;')}"))),
    "atom": ("feed", ATOM.encode()),
    "json": ("feed", JSON),
    "sitemap": ("sitemap", SITEMAP.encode()),
    "page": ("page", PAGE.encode()),
    "long": ("feed", rss(item(LONG, f"Long {PAIR}", link=LONG))),
    "trouble": ("feed", b"<html><link rel=alternate type='application/rss+xml' href='/\0rss'></html>"),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite"
    running: Cluster = request.getfixturevalue("cluster")
    return running.begun_database()


def test_no_document_with_odd_characters_is_lost_or_stored_twice(storage: str, tmp_path: Path) -> None:
    desk = DeskFiles(tmp_path)
    with WebServer() as web:
        desk.write({}, SETTINGS + f"storage: {json.dumps(storage)}\n")
        listed = ["sources:"]
        for name, (kind, body) in DOCUMENTS.items():
            web.serve(f"/{name}", body, etag=None, content_type="text/html" if kind == "page" else "text/xml")
            select = ", select: {item: li}" if kind == "page" else ""
            listed.append(f"  {name}: {{{kind}: '{web.url('/' + name)}'{select}}}")
        (desk.config / "sources.yaml").write_text("\n".join(listed) + "\n")
        desk.run("once", "--all")
        first = {a.source_id: a for a in articles(storage, desk.state)}
        for name, (kind, body) in DOCUMENTS.items():
            web.serve(
                f"/{name}", body + b" ", etag=None, content_type="text/html" if kind == "page" else "text/xml"
            )
        desk.run("once", "--all")
    assert first.keys() == DOCUMENTS.keys() - {"trouble"}
    assert [a.id for a in articles(storage, desk.state)] == sorted(a.id or 0 for a in first.values())
    assert {name for name, article in first.items() if "\U0001f600" not in article.title} == {"nul"}
    assert first["nul"].url == "http://e.org/n"
    assert first["long"].url == LONG
    states = read_states(storage, desk.state)
    assert {name for name, state in states.items() if state.failures} == {"trouble"}
    assert states["trouble"].failures == 2


def articles(storage: str, state: Path) -> list[Article]:
    store = open_store(storage, state)
    found = sorted(store.articles(), key=lambda article: article.id or 0)
    store.close()
    return found


def read_states(storage: str, state: Path) -> dict[str, SourceState]:
    store = open_store(storage, state)
    found = dict(store.source_states())
    store.close()
    return found


def ingested(title: str, key: str) -> Ingested:
    return Ingested(Article("a", title, (), NOW), (key,), key, (key,))


@pytest.mark.parametrize("bad", ["a\0b", "a\ud800b"], ids=["NUL", "surrogate"])
def test_the_store_refuses_text_that_cannot_be_stored_and_that_row_alone(
    storage: str, tmp_path: Path, bad: str
) -> None:
    store = open_store(storage, tmp_path)
    state = SourceState("a", url="http://a.example/", etag="x")
    stored = store.ingest([ingested("one", "1"), ingested(bad, "2"), ingested("three", "3")], state, NOW)
    assert [bool(one.refused) for one in stored] == [False, True, False]
    assert [article.title for article in store.articles()] == ["three", "one"]
    assert "1 entry could not be stored" in store.source_states()["a"].trouble[0]
    good, unclean = SourceState("good"), SourceState("bad", error=bad)
    refused = store.save_states([good, unclean])
    assert refused.keys() == {"bad"}
    assert "sources.error" in refused["bad"]
    assert store.source_states(["good", "bad"]).keys() == {"good"}
    with pytest.raises(RefusedRow):
        store.set_note("note", bad)
    with pytest.raises(RefusedRow, match=r"silences\.rule_id"):  # a value that stands in the statement
        store.silence(bad, NOW, NOW)
    store.stop_channel("desk", bad, NOW)  # what a server says is cleaned
    assert store.stopped_channels().keys() == {"desk"}
    store.close()


def test_a_state_that_is_refused_is_a_failure_counted_and_backed_off(storage: str, tmp_path: Path) -> None:
    store = open_store(storage, tmp_path)
    unwritten = WriteBehind(store)
    for times in (1, 2, 3):
        unwritten.keep(SourceState("bad", title="\0", last_attempt=NOW))
        unwritten.keep(SourceState("good", title=str(times)))
        unwritten.write()
        unwritten.write()
        known = store.source_states()
        assert known["good"].title == str(times)
        assert known["bad"].failures == times
        assert known["bad"].next_poll == NOW + AGAIN * 2 ** (times - 1)
        assert "could not be recorded" in str(known["bad"].error)
    store.close()
