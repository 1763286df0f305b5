"""Sitemaps, listing pages and OPML lists, from the file to the match, by the real command."""

import gzip

from support.desk import SETTINGS, DeskFiles, item, rss
from support.web import WebServer

ARTICLE = (
    "<html><head><title>{title} | Daily</title></head><body><article><h1>{title}</h1>{text}</article></body>"
)
TEXT = "<p>Ministers of NATO agreed on defence spending after long talks in Brussels on Tuesday.</p>" * 8
NEWS = (
    "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
    "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>{url}</loc><news:news>"
    "<news:publication><news:name>Daily</news:name><news:language>en</news:language></news:publication>"
    "<news:publication_date>2026-11-25T07:38:00+01:00</news:publication_date>"
    "<news:title>Allies meet in Brussels</news:title></news:news></url></urlset>"
)


def write_sources(desk: DeskFiles, sources: str, full_text: str = "when-short") -> None:
    desk.write({}, settings=SETTINGS.replace("full_text: never", f"full_text: {full_text}"))
    (desk.config / "sources.yaml").write_text(f"sources:\n{sources}")


def serve_article(web: WebServer, path: str, title: str) -> None:
    web.serve(path, ARTICLE.format(title=title, text=TEXT).encode(), content_type="text/html; charset=utf-8")


def test_a_news_sitemap_brings_its_titles_and_the_text_of_their_pages(
    desk: DeskFiles, web: WebServer
) -> None:
    web.serve("/news.xml.gz", gzip.compress(NEWS.format(url=web.url("/a")).encode()), etag=None)
    serve_article(web, "/a", "What the page calls it")
    write_sources(desk, f"  daily: {{sitemap: '{web.url('/news.xml.gz')}'}}\n")
    document = desk.run("once", "--all", "--json").document
    assert document["sources"][0]["outcome"] == "new"
    match = document["matches"][0]
    assert (match["rule"], match["article"]["title"]) == ("nato-spending", "Allies meet in Brussels")
    assert (match["article"]["url"], match["article"]["published_at"]) == (
        web.url("/a"),
        "2026-11-25T06:38:00Z",
    )
    again = desk.run("once", "--all", "--json").document
    assert (again["sources"][0]["outcome"], again["articles"]) == ("unchanged", 0)


def test_a_plain_sitemap_takes_titles_from_the_pages(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/sitemap.xml", f"<urlset><url><loc>{web.url('/a')}</loc></url></urlset>".encode())
    serve_article(web, "/a", "NATO agrees a spending target")
    write_sources(desk, f"  daily: {{sitemap: '{web.url('/sitemap.xml')}'}}\n")
    found = desk.run("once", "--all", "--json").document["matches"][0]["article"]
    assert found["title"] == "NATO agrees a spending target"


def test_a_listing_page_is_followed_and_a_redesign_is_told(desk: DeskFiles, web: WebServer) -> None:
    listing = (
        "<html><body><ul class='news'><li><a href='/a'>NATO agrees a new spending target</a>"
        "<time datetime='2026-11-25T07:38:00+01:00'>today</time></li></ul></body></html>"
    )
    web.serve("/press", listing.encode(), content_type="text/html")
    select = "{item: 'ul.news li', date: time}"
    write_sources(desk, f"  press:\n    page: {web.url('/press')}\n    select: {select}\n", "never")
    document = desk.run("once", "--all", "--json").document
    article = document["matches"][0]["article"]
    assert (article["title"], article["url"]) == ("NATO agrees a new spending target", web.url("/a"))
    assert article["published_at"] == "2026-11-25T06:38:00Z"

    web.serve("/press", listing.replace("ul", "ol").encode(), content_type="text/html")
    redesigned = desk.run("once", "--all", "--json")
    assert redesigned.status == 1
    assert redesigned.document["sources"][0]["error"] == (
        "select.item 'ul.news li' matches nothing in the page; it may have been redesigned: "
        "look at it and correct the selectors in sources.yaml"
    )
    assert "matches nothing in the page" in " ".join(desk.run("sources").out.split())


def test_the_feeds_of_an_opml_file_are_polled(desk: DeskFiles, web: WebServer) -> None:
    web.serve("/rss", rss(item("1", "NATO agrees a new spending target", "On defence spending.")))
    write_sources(desk, "  subscriptions: {opml: list.opml, tags: [read]}\n", "never")
    (desk.config / "list.opml").write_text(
        f"<opml><body><outline text='Wires'><outline text='A wire' xmlUrl='{web.url('/rss')}'/></outline>"
        "</body></opml>"
    )
    document = desk.run("once", "--all", "--json").document
    assert [source["id"] for source in document["sources"]] == ["a-wire"]
    assert [match["article"]["source"] for match in document["matches"]] == ["a-wire"]


def test_the_parts_of_an_index_are_polled_conditionally_and_only_where_they_changed(
    desk: DeskFiles, web: WebServer
) -> None:
    def sitemap(*numbers: int) -> bytes:
        urls = "".join(
            f"<url><loc>http://example.org/2026/story-{n}</loc><news:news><news:publication>"
            f"<news:name>Paper</news:name><news:language>en</news:language></news:publication>"
            f"<news:publication_date>2026-03-01T10:0{n}:00Z</news:publication_date>"
            f"<news:title>NATO spending target {n}</news:title></news:news></url>"
            for n in numbers
        )
        return (
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>'
        ).encode()

    index = "".join(f"<sitemap><loc>{web.url(f'/news-{part}.xml')}</loc></sitemap>" for part in "ab")
    web.serve("/index.xml", f"<sitemapindex>{index}</sitemapindex>".encode(), content_type="application/xml")
    web.serve("/news-a.xml", sitemap(1, 2), content_type="application/xml")
    web.serve("/news-b.xml", sitemap(3), content_type="application/xml")
    desk.write({})
    (desk.config / "sources.yaml").write_text(f"sources:\n  paper: {{sitemap: '{web.url('/index.xml')}'}}\n")
    assert desk.run("once", "--all", "--json").document["articles"] == 3
    web.requests.clear()
    assert desk.run("once", "--all", "--json").document["sources"][0]["outcome"] == "unchanged"
    assert [(r.path, "if-none-match" in r.headers) for r in web.requests] == [
        ("/index.xml", True),
        ("/news-a.xml", True),
        ("/news-b.xml", True),
    ]
    web.serve("/news-b.xml", sitemap(3, 4), content_type="application/xml")
    document = desk.run("once", "--all", "--json").document
    assert document["sources"][0]["new_articles"] == 1
    found = desk.run("sources", "--json").document["sources"][0]
    assert (found["gaps"], found["trouble"]) == (0, [])


def test_a_part_that_fails_is_asked_for_again_though_the_index_is_as_it_was(
    desk: DeskFiles, web: WebServer
) -> None:
    index = f"<sitemapindex><sitemap><loc>{web.url('/news.xml')}</loc></sitemap></sitemapindex>".encode()
    web.serve("/index.xml", index, content_type="application/xml")
    web.serve("/news.xml", b"busy", status=500)
    desk.write({})
    (desk.config / "sources.yaml").write_text(f"sources:\n  paper: {{sitemap: '{web.url('/index.xml')}'}}\n")
    assert desk.run("once", "--all", "--json").document["sources"][0]["outcome"] == "failed"
    story = "<url><loc>http://example.org/2026/a-story</loc></url>"
    web.serve("/news.xml", f"<urlset>{story}</urlset>".encode(), content_type="application/xml")
    assert desk.run("once", "--all", "--json").document["articles"] == 1


def test_an_index_within_an_index_is_told(desk: DeskFiles, web: WebServer) -> None:
    def index(part: str) -> bytes:
        return f"<sitemapindex><sitemap><loc>{web.url(part)}</loc></sitemap></sitemapindex>".encode()

    web.serve("/index.xml", index("/inner.xml"), content_type="application/xml")
    web.serve("/inner.xml", index("/news.xml"), content_type="application/xml")
    desk.write({})
    (desk.config / "sources.yaml").write_text(f"sources:\n  paper: {{sitemap: '{web.url('/index.xml')}'}}\n")
    error = desk.run("once", "--all", "--json").document["sources"][0]["error"]
    assert "an index within an index" in error


def test_other_selectors_read_a_page_anew_though_it_is_as_it_was(desk: DeskFiles, web: WebServer) -> None:
    page = "".join(
        f"<li class={name}><a href='/2026/{name}-story-1'>A {name} story</a></li>" for name in ("old", "new")
    )
    web.serve("/list", f"<html><body><ul>{page}</ul></body></html>".encode(), content_type="text/html")
    desk.write({})
    for selector, new in (("li.old", 1), ("li", 1), ("li", 0)):
        written = f"sources:\n  a: {{page: '{web.url('/list')}', select: {{item: '{selector}'}}}}\n"
        (desk.config / "sources.yaml").write_text(written)
        assert desk.run("once", "--all", "--json").document["sources"][0]["new_articles"] == new
    assert ["if-none-match" in request.headers for request in web.requests] == [False, False, True]
