"""What is read of other programs' files, in the shape that each of them writes."""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from support.pages import code, tables
from watchdesk.errors import UsageError
from watchdesk.importing.found import Found, Given
from watchdesk.importing.programs import PROGRAMS, program_of, read
from watchdesk.importing.regexes import in_text
from watchdesk.importing.searches import FRESHRSS, GOOGLE, Dialect, query_of

RSS2EMAIL = b"""\
[DEFAULT]
from = r2e@example.org
to = desk@example.org
email-protocol = smtp
smtp-server = mail.example.org
smtp-password = hunter2

[feed.harbour]
url = https://me:s3cret@harbour.example/feed.xml
[feed.quiet]
url = https://quiet.example/rss
active = False
post-process = hooks shorten
digest = True
[feed.broken]
url = ftp://old.example/rss
"""
SEEN = json.dumps(
    {"version": 2, "feeds": [{"name": "harbour", "seen": {"a": {"id": "a"}}}, {"name": "gone"}]}
)
NEWSBOAT = b"""\
# my feeds
https://harbour.example/feed.xml news "home town" "~The Harbour Post"
"query:Unread:unread = \\"yes\\"" tag
exec:~/bin/feed.sh
http://plain.example/rss !hidden
feed://old.example/all
"""
PLAIN_OPML = b"""\
<opml version="2.0"><head><title>My feeds, once of another reader</title></head><body>
 <outline text="Ports"><outline text="Harbour" xmlUrl="https://h.example/rss"/></outline>
 <outline type="rss" text="No address"/>
 <outline type="link" text="A page" url="http://h.example/"/>
 <outline text="Again" xmlUrl="https://h.example/rss"/>
 <outline type="rss" text="Port" url="http://p.example/rss"/>
</body></opml>
"""
MINIFLUX_OPML = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:miniflux="https://miniflux.app/opml"><head><title>Miniflux</title></head><body>
 <outline text="Ports &amp; Seas">
  <outline title="Harbour" text="Harbour" xmlUrl="https://harbour.example/feed.xml" miniflux:crawler="true"
   miniflux:scraperRules="article .text" miniflux:userAgent="Mine/1"
   miniflux:keepFilterEntryRules="EntryTitle=(?i)\\bcranes?\\b&#xA;EntryDate=max-age:7d
&#xA;EntryAuthor=Ada Smith"
   miniflux:blockFilterEntryRules="EntryURL=/sport/"/>
  <outline text="Off" xmlUrl="https://off.example/rss" miniflux:disabled="true"/>
 </outline></body></opml>
"""
MINIFLUX_JSON = json.dumps(
    [
        {
            "id": 1,
            "feed_url": "https://harbour.example/feed.xml",
            "title": "Harbour",
            "category": {"id": 1, "title": "Ports & Seas"},
            "username": "ada",
            "password": "s3cret",
            "blocklist_rules": "(?i)sponsored|\\bAd/s\\b",
            "keep_filter_entry_rules": "EntryTag=(?i)^Politics$",
            "scraper_rules": "div.text",
            "crawler": False,
            "cookie": "a=b",
            "made_up": True,
            "no_media_player": True,
        }
    ]
)
MINIFLUX_ME = json.dumps({"id": 1, "username": "ada", "block_filter_entry_rules": "EntryTitle=(?i)quiz"})
FRESHRSS_OPML = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>FreshRSS</title></head><body><outline text="Ports">
 <outline xmlns:frss="https://freshrss.org/opml" text="Harbour" type="rss" xmlUrl="https://harbour.example/feed.xml"
  frss:ttl="-7200" frss:cssFullContent="div.main" frss:cssContentFilter=".ad" frss:CURLOPT_COOKIE="a=b"
  frss:filtersActionRead="intitle:quiz OR &quot;to win&quot;&#10;author:Ada -crane&#10;date:2026"/>
 <outline text="Scraped" type="HTML+XPath" xmlUrl="https://page.example/" frss:xPathItem="//li"/>
</outline><outline xmlns:frss="https://freshrss.org/opml" text="Elsewhere" frss:opmlUrl="https://list.example/opml"/></body></opml>
"""
ALERT = "https://www.google.com/alerts/feeds/0123456789/9876543210"
ALERTS_OPML = f"""\
<opml version="1.0"><body><outline text="Google Alert - &quot;crane operator&quot; port -toy" type="rss"
 xmlUrl="{ALERT}"/></body></opml>
""".encode()
URLWATCH = b"""\
name: "Releases"
url: "https://harbour.example/releases.atom"
headers:
  X-Desk: night
  Authorization: Bearer s3cret
---
name: Press
url: https://ministry.example/press
filter:
  - css: ul.news li
  - html2text
---
url: https://ministry.example/about
---
command: "ls -l"
---
url: https://ministry.example/rss
method: POST
max_tries: 3
user_visible_url: https://ministry.example/
made_up: yes please
filter: [{css: {selector: li, exclude: .ad}}, {grep: port}, {xpath: //li}]
"""
WATCHES = {
    "settings": {"application": {"tags": {"t-1": {"title": "Harbour Town"}}, "global_ignore_text": ["x"]}},
    "watching": {
        "u-1": {
            "url": "https://harbour.example/rss.xml",
            "title": "Feed",
            "tags": ["t-1"],
            "paused": True,
            "method": "GET",
        },
        "u-2": {
            "url": "https://m.example/",
            "include_filters": [".news > li", "//div"],
            "trigger_text": ["x"],
        },
        "u-3": {"url": "https://m.example/whole", "include_filters": []},
        "u-4": {
            "url": "https://m.example/shop",
            "css_filter": "li.price",
            "tag": "Ports, Sea",
            "subtractive_selectors": [".ad"],
            "fetch_backend": "html_webdriver",
            "processor": "restock_diff",
            "time_between_check": {"weeks": None, "hours": 2, "minutes": "30"},
            "filter_text_added": False,
            "made_up": 1,
            "time_schedule_limit": {"enabled": True, "monday": {"enabled": True}},
        },
    },
}


def zipped(name: str, content: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(name, content)
        archive.writestr("secret.txt", "hunter2")
    return written.getvalue()


def imported(*contents: bytes | str, program: str) -> Found:
    """What is read, after the program was recognised."""
    files = [
        Given(f"file-{number}", content.encode() if isinstance(content, str) else content)
        for number, content in enumerate(contents, 1)
    ]
    assert program_of(files) == program
    return read(program, files)


def reasons(found: Found) -> str:
    return "\n".join(f"{one.place}: {one.what}: {one.why}" for one in found.left)


def test_rss2email() -> None:
    found = imported(RSS2EMAIL, SEEN, program="rss2email")
    harbour, quiet = found.sources
    assert (harbour.url, harbour.title, harbour.is_paused) == (
        "https://harbour.example/feed.xml",
        "harbour",
        False,
    )
    assert harbour.login
    assert (harbour.login.user, harbour.login.password, quiet.is_paused) == ("me", "s3cret", True)
    said = reasons(found)
    assert "smtp-password = (not shown)" in said
    assert "hunter2" not in said
    assert "file-1 [feed.broken]: ftp://old.example/rss: it has no web address" in said
    assert "[feed.quiet]: post-process" in said
    assert "[feed.quiet]: digest: when mail comes" in said
    assert "file-2: gone: its address stands in rss2email.cfg" in said
    assert "which 1 entries were seen" in said


def test_newsboat() -> None:
    found = imported(NEWSBOAT, program="newsboat")
    harbour, plain, old = found.sources
    assert old.url == "http://old.example/all"
    assert (harbour.place, harbour.title, harbour.tags) == (
        "file-1:2",
        "The Harbour Post",
        ("news", "home town"),
    )
    assert (plain.url, plain.tags) == ("http://plain.example/rss", ())
    said = reasons(found)
    assert all(
        words in said for words in ("file-1:3: query:Unread", "file-1:4: exec:", "file-1:5: hidden (!)")
    )


def test_an_address_in_capitals_is_the_same_one() -> None:
    found = imported(
        "HTTPS://Harbour.EXAMPLE/Feed ports\nhttps://harbour.example/Feed sea\n", program="newsboat"
    )
    assert {source.url for source in found.sources} == {"https://harbour.example/Feed"}


def test_the_opml_of_miniflux_with_its_rules() -> None:
    found = imported(MINIFLUX_OPML, program="miniflux")
    harbour, off = found.sources
    assert (harbour.tags, harbour.full_text, harbour.content) == (("ports-seas",), "always", "article .text")
    assert off.is_paused
    assert harbour.draft
    assert (harbour.draft.query, harbour.draft.exclude) == (
        r'(title:/\bcranes?\b/) OR (author:"Ada Smith")',
        'url:"/sport/"',
    )
    assert "EntryDate=max-age:7d" in reasons(found)
    assert "user_agent" in reasons(found)


def test_the_api_of_miniflux_and_the_filters_of_its_account() -> None:
    found = imported(MINIFLUX_JSON, MINIFLUX_ME, program="miniflux")
    (harbour,) = found.sources
    assert harbour.login
    assert harbour.login.user == "ada"
    assert harbour.draft
    assert harbour.draft.exclude == r"title:/sponsored|\bad\/s\b/"
    assert harbour.draft.query == 'category:"Politics"'
    assert (harbour.full_text, harbour.content) == (None, "div.text")
    said = reasons(found)
    assert "write it into your rules as exclude: title:/quiz/" in said
    assert "cookie" in said
    assert "made_up: watchdesk has nothing" in said
    assert "media" not in said
    assert '^ and $ of EntryTag=(?i)^Politics$: category:"Politics" also finds' in said


def test_the_account_of_miniflux_alone_and_filters_that_are_not_carried() -> None:
    rules = "EntryTitle=(?i)crane\nEntryDate=max-age:7d\nEntryComments=x"
    found = imported(json.dumps({"id": 1, "keep_filter_entry_rules": rules}), program="miniflux")
    assert not found.sources
    said = reasons(found)
    assert "keep rules of all feeds: write it into your rules as query: title:/crane/" in said
    assert "EntryDate=max-age:7d: what is too old" in said
    assert "EntryComments=x: rules have nothing like it" in said


def test_the_settings_of_a_category_of_miniflux_are_told() -> None:
    category = {"id": 1, "user_id": 3, "title": "Ports", "hide_globally": True, "made_up": 2}
    feeds = [{"feed_url": "https://h.example/f", "title": "Harbour", "category": category}]
    found = imported(json.dumps(feeds), program="miniflux")
    assert [source.tags for source in found.sources] == [("ports",)]
    said = reasons(found)
    assert "feed 1 'Harbour' category: hide_globally: no source is hidden" in said
    assert "feed 1 'Harbour' category: made_up: watchdesk has nothing" in said


def test_a_feed_in_two_folders_has_what_both_say_of_it() -> None:
    both = """<opml version="2.0"><body>
      <outline text="Ports"><outline text="Harbour" xmlUrl="https://h.example/f"
        scraperRules="main"/></outline>
      <outline text="Sea"><outline text="The Harbour" xmlUrl="https://h.example/f" scraperRules="article"
        disabled="true" keeplistRules="crane"/></outline></body></opml>"""
    found = imported(both, program="miniflux")
    (harbour,) = found.sources
    assert (harbour.title, harbour.tags, harbour.content) == ("Harbour", ("ports", "sea"), "main")
    assert harbour.is_paused
    assert harbour.draft
    assert harbour.draft.query == "title:/crane/"
    assert "'Harbour': scraperrules: its folders say different things of it" in reasons(found)


def test_freshrss() -> None:
    found = imported(FRESHRSS_OPML, program="freshrss")
    (harbour,) = found.sources
    assert (harbour.is_paused, harbour.content, harbour.remove, harbour.tags) == (
        True,
        "div.main",
        (".ad",),
        ("ports",),
    )
    assert harbour.every
    assert harbour.every.total_seconds() == 7200
    assert harbour.draft
    assert harbour.draft.exclude == '((title:quiz) OR ("to win")) OR (author:"Ada" AND NOT crane)'
    said = reasons(found)
    assert "filter: date:2026: rules have nothing like date:" in said
    assert "'Scraped': https://page.example/: HTML+XPath" in said
    assert "curlopt_cookie" in said
    assert "folder 'Elsewhere': opmlurl: its feeds are in a list elsewhere" in said


@pytest.mark.parametrize("content", [ALERTS_OPML, f"my alerts\n{ALERT}\n{ALERT}\n".encode()])
def test_google_alerts(content: bytes) -> None:
    found = imported(content, program="google-alerts")
    assert [source.url for source in found.sources] == [ALERT]
    if content == ALERTS_OPML:
        (draft,) = found.drafts
        assert draft.query == '"crane operator" AND port AND NOT toy'


def test_urlwatch() -> None:
    found = imported(URLWATCH, program="urlwatch")
    feed, page, posted = found.sources
    assert posted.is_paused
    assert (feed.kind, feed.title, dict(feed.headers)) == ("feed", "Releases", {"X-Desk": "night"})
    assert (page.kind, page.is_paused, dict(page.select)) == ("page", True, {"item": "ul.news li"})
    said = reasons(found)
    assert "file-1:1: header Authorization: it may hold a secret" in said
    assert "s3cret" not in said
    assert "file-1:13: https://ministry.example/about: watchdesk reads feeds" in said
    assert "file-1:15: ls -l: it runs a program" in said
    for what in (
        "method: watchdesk asks by GET",
        "max_tries: watchdesk asks again",
        "user_visible_url: articles",
        "made_up: watchdesk has nothing that is known to do the same",
        "exclude of filter css",
        "filter grep: write what you wait for as a rule",
        "filter xpath: a page is read by CSS",
    ):
        assert f"file-1:17: {what}" in said


@pytest.mark.parametrize(
    "content", [json.dumps(WATCHES).encode(), zipped("url-watches.json", json.dumps(WATCHES))]
)
def test_changedetection(content: bytes) -> None:
    found = imported(content, program="changedetection")
    feed, page, shop = found.sources
    assert (feed.kind, feed.tags, feed.is_paused) == ("feed", ("harbour-town",), True)
    assert (page.kind, dict(page.select)) == ("page", {"item": ".news > li"})
    assert "https://m.example/whole" in reasons(found)
    assert "trigger_text" in reasons(found)
    assert (shop.tags, dict(shop.select)) == (("ports", "sea"), {"item": "li.price"})
    assert shop.every == timedelta(hours=2, minutes=30)
    told = {one.what for one in found.left if one.place == "file-1 watch 4"}
    keys = {"subtractive_selectors", "fetch_backend", "processor", "filter_text_added", "made_up"}
    keys |= {"time_schedule_limit"}
    assert told == keys | {"https://m.example/shop: li.price"}
    assert "file-1 settings: global_ignore_text" in reasons(found)


def test_a_list_of_addresses_may_be_said_to_be_of_changedetection() -> None:
    found = read(
        "changedetection",
        [Given("url-list.txt", b"https://a.example/feed ports, my sea\r\nhttps://a.example/\r\n")],
    )
    assert [(source.url, source.tags) for source in found.sources] == [
        ("https://a.example/feed", ("ports", "my-sea"))
    ]


@pytest.mark.parametrize(
    ("search", "dialect", "query"),
    [
        ("crane ship", FRESHRSS, "crane AND ship"),
        ('!intitle:"big crane" port', FRESHRSS, 'port AND NOT title:"big crane"'),
        ("intitle:/Cran[eé]s?/i", FRESHRSS, "title:/cran[ee]s?/"),
        (
            "author:'Ada Smith' intitle:'football cup'",
            FRESHRSS,
            'author:"Ada Smith" AND title:"football cup"',
        ),
        ("NATO spending OR budget", FRESHRSS, "(NATO AND spending) OR (budget)"),
        ("NATO spending OR budget", GOOGLE, "NATO AND (spending OR budget)"),
        ('"win OR lose" OR draw -cup port', GOOGLE, '("win OR lose" OR draw) AND port AND NOT cup'),
        ("port #harbour | inurl:sea", FRESHRSS, '(port AND category:"harbour") OR (url:"sea")'),
        ("heat-pump site:gov.example", GOOGLE, '"heat-pump" AND url:"gov.example"'),
    ],
)
def test_searches_become_queries(search: str, dialect: Dialect, query: str) -> None:
    assert query_of(search, dialect) == query


@pytest.mark.parametrize(
    ("pattern", "query"),
    [
        (r"^.*foo.*$", "title:/foo/"),
        (r"foo\.*", r"title:/foo\.*/"),
        (r"foo\\.*", r"title:/foo\\/"),
        (r"foo\\\.*", r"title:/foo\\\.*/"),
        (r".*?foo", "title:/foo/"),
    ],
)
def test_what_finds_anything_is_cut_and_an_escaped_dot_is_not(pattern: str, query: str) -> None:
    assert in_text(pattern, "title:") == query


def said_of(program: str, *files: Given) -> str:
    with pytest.raises(UsageError) as refused:
        read(program, files)
    return str(refused.value)


DEEP = b'{"feeds": ' + b"[" * 100_000
LAUGHS = (
    b'<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 999 + b'">]><opml><body><outline text="&b;" '
    b'xmlUrl="https://a.example/x"/></body></opml>'
)
BOMB = b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(f'*{chr(97 + n)}' for _ in range(9))}]\n".encode()
    for n in range(9)
)


@pytest.mark.parametrize(
    ("program", "content", "said"),
    [
        ("miniflux", MINIFLUX_OPML[:400], "x:"),
        ("miniflux", MINIFLUX_JSON[:60].encode(), "x:1: this is neither OPML nor JSON, or it is cut off"),
        ("miniflux", DEEP, "nested too deeply"),
        ("freshrss", URLWATCH, "x: it is not OPML"),
        ("rss2email", b"[feed.a]\nurl = x\nwhat is this\n", "x:3: this is not a line of rss2email.cfg"),
        ("rss2email", SEEN.encode(), "give rss2email.cfg as well"),
        ("rss2email", b'{"feeds": [', "it is cut off"),
        ("newsboat", b"<opml/>", "x has no line that begins with a web address"),
        ("google-alerts", b"https://a.example/", "x has no address of the form google.com/alerts"),
        ("urlwatch", b"url: a\n---\nurl: [\n", "x:3:"),
        ("urlwatch", BOMB, "x:"),
        (
            "changedetection",
            zipped("url-watches.json", json.dumps(WATCHES))[:-30],
            "is a damaged ZIP, or cut off",
        ),
        ("changedetection", zipped("other.txt", ""), "x has no watches"),
        ("urlwatch", b" \n", "x is empty"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(program: str, content: bytes, said: str) -> None:
    told = said_of(program, Given("x", content))
    assert said in told
    assert told.endswith("nothing was written")


def test_an_entity_bomb_is_not_expanded() -> None:
    (source,) = read("miniflux", [Given("x", LAUGHS)]).sources
    assert len(source.title or "") < 100


@pytest.mark.parametrize("contents", [[b"\x00\x01"], [RSS2EMAIL, URLWATCH], [b"hello\n"]])
def test_files_of_no_or_of_several_programs_are_refused(contents: Sequence[bytes]) -> None:
    with pytest.raises(UsageError, match="program"):
        program_of([Given(f"file-{number}", content) for number, content in enumerate(contents)])


def test_opml_of_another_reader_is_not_called_miniflux_and_all_that_is_lost_is_listed() -> None:
    found = imported(PLAIN_OPML, program="opml")
    (harbour, port) = found.sources
    assert (harbour.title, harbour.tags, port.url) == ("Harbour", ("ports",), "http://p.example/rss")
    assert [(one.what, one.why.partition(";")[0]) for one in found.left] == [
        ("No address", "it has no address of a feed"),
        ("A page", "it has no address of a feed"),
        ("'Again'", "'Harbour' has the same address"),
    ]


def test_the_page_for_newcomers_names_every_program() -> None:
    page = (Path(__file__).parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")
    told = [code(row["program"]) for table in tables(page) for row in table if "program" in row]
    assert told == list(PROGRAMS)
