"""Which of a page's claims about its author and its date count."""

import time
from datetime import UTC, datetime

import pytest

from watchdesk.articles import read_page
from watchdesk.articles.bylines import byline, first_byline, names_person
from watchdesk.articles.claims import read_claims
from watchdesk.articles.elements import page_tree
from watchdesk.articles.headlines import without_site
from watchdesk.model import Article, Source

NOW = datetime(2026, 11, 29, tzinfo=UTC)
STORY = "<p>" + "The ministers of the two countries met in the port and spoke about the treaty. " * 8 + "</p>"


def page(body: str = "", head: str = "", above: str = "") -> Article:
    html = (
        f"<html><head><meta property='og:site_name' content='The Harbour Post'>{head}</head><body>{above}"
        f"<article><header><h1>Ministers meet in the port</h1>{body}</header>{STORY}</article></body></html>"
    )
    return read_page(html.encode(), "https://harbour.example/a", Source("a", "https://harbour.example/"), NOW)


def linked(fields: str) -> str:
    return (
        '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle", '
        f'"headline": "Ministers meet in the port", {fields}}}</script>'
    )


@pytest.mark.parametrize(
    "claims",
    [
        linked('"author": {"@type": "Person", "name": "Ada Brandt"}'),
        linked('"author": {"@type": "Organization", "name": "The Harbour Post"}')
        + "<meta name=author content='Ada Brandt'>",
        linked('"author": {"@type": "Organization", "name": "Harbour News Desk"}')
        + "<meta name=author content='Ada Brandt'>",
        linked('"author": "https://harbour.example/team/ada"') + "<meta name=author content='Ada Brandt'>",
        linked('"author": {"name": "a.brandt@harbour.example"}') + "<meta name=author content='Ada Brandt'>",
        "<meta property='article:author' content='https://www.facebook.com/harbour'>"
        "<meta name=parsely-author content='Ada Brandt'>",
        "<meta name=author content=admin><meta name=twitter:label1 content='Written by'>"
        "<meta name=twitter:data1 content='Ada Brandt'>",
        '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "Ministers", '
        '"author": {"@id": "#ada"}}, {"@type": "Person", "@id": "#ada", "name": "Ada Brandt"}]}</script>',
    ],
)
def test_the_first_claim_of_the_head_that_names_a_person_counts(claims: str) -> None:
    assert page(head=claims).byline == "Ada Brandt"


@pytest.mark.parametrize(
    "printed",
    [
        "<a rel=author href='/ada'>Ada Brandt</a>",
        "<p class='c-byline'>By Ada Brandt</p>",
        "<div class='article__author'>Von Ada Brandt, 26. November 2026</div>",
        "<span class='byline'>Written by <b>Ada Brandt</b> | Published 26 Nov 2026</span>",
        "<span class='author-name'>Ada Brandt, The Harbour Post</span>",
        "<div class='post-author'>Veröffentlicht von Ada Brandt am 26.11.2026</div>",
        "<aside class='meta'><p class=authors>Von: <a>Ada Brandt</a></p></aside>",
        "<p class='date-author'>Ada Brandt, 26.11.2026</p>",
        "<div>Ein Artikel von <strong>Ada Brandt</strong> | 26.11.2026</div>",
        "<p><em>Written by: <a href='/ada'>Ada Brandt</a></em></p>",
        "<p><i>von Ada Brandt</i></p>",
        "<p>Auteur : Ada Brandt</p>",
        "<span class='byline'>Ada Brandt Hace 13 horas Tiempo de lectura: 8 minutos</span>",
        "<p>By <a href='/ada'>Ada Brandt</a></p>",
        "<p>Von Ada Brandt</p>",
    ],
)
def test_a_printed_byline_is_read_without_the_words_around_it(printed: str) -> None:
    assert page(printed).byline == "Ada Brandt"


def test_two_authors_side_by_side_are_both_named() -> None:
    assert page("<p><a rel=author>Ada Brandt</a> and <a rel=author>Ben Okoro</a></p>").byline == (
        "Ada Brandt, Ben Okoro"
    )
    both = "<meta name=author content='Ada Brandt'><meta name=author content='Ben Okoro'>"
    assert page(head=both).byline == "Ada Brandt, Ben Okoro"


@pytest.mark.parametrize(
    "claims",
    [
        linked(
            '"author": [{"@type": "Organization", "name": "AFP"}, {"@type": "Person", "name": "Ada Brandt"}]'
        ),
        linked(
            '"author": [{"@type": "NewsMediaOrganization", "name": "Quay and Sons"}, '
            '{"@type": "Person", "name": "Ada Brandt"}]'
        ),
        linked(
            '"author": [{"name": "The Harbour Post"}, {"@type": "Person", "name": "desk@harbour.example"}, '
            '{"@type": "Person", "name": "Ada Brandt"}]'
        ),
        linked('"author": ["The Harbour Post", "Ada Brandt", "Reuters"]'),
        "<meta name=author content='AFP'><meta name=author content='Ada Brandt'>",
        "<meta name=author content='admin, Ada Brandt'>",
    ],
)
def test_a_list_of_authors_names_the_people_in_it(claims: str) -> None:
    assert page(head=claims).byline == "Ada Brandt"


def test_organisations_are_named_where_no_person_is() -> None:
    authors = '"author": [{"@type": "Organization", "name": "AFP"}, {"@type": "Organization", "name": "dpa"}]'
    assert page(head=linked(authors)).byline == "AFP, dpa"


def test_a_later_claim_that_names_further_people_counts() -> None:
    printed = "<p class='byline'>By Ada Brandt and Ben Okoro</p>"
    assert page(printed, head="<meta name=author content='Ada Brandt'>").byline == "Ada Brandt and Ben Okoro"
    other = "<p class='byline'>By Cy Else and Ben Okoro</p>"
    assert page(other, head="<meta name=author content='Ada Brandt'>").byline == "Ada Brandt"


@pytest.mark.parametrize("left", ["und", "ca.", "harbour.example", "Artikel von", "Von:"])
def test_what_is_left_of_a_byline_and_domains_are_no_authors(left: str) -> None:
    assert byline(left) is None


def test_the_author_of_a_comment_or_a_teaser_is_not_that_of_the_article() -> None:
    teaser = (
        "<aside><span class=author>Cy Else</span></aside><div class=related><b class=byline>Di Else</b></div>"
    )
    assert page(above=teaser).byline is None


def test_a_desk_counts_where_nobody_is_named() -> None:
    assert page(head="<meta name=author content='Harbour News Desk'>").byline == "Harbour News Desk"
    assert first_byline(["admin", None, "https://a.example/x"], ()) is None


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Da Vinci Leonardo", "Da Vinci Leonardo"),
        ("Daniel Ott", "Daniel Ott"),
        ("by Ada Brandt", "Ada Brandt"),
        ("VON ADA BRANDT", "ADA BRANDT"),
        ("ByAda Brandt", "Ada Brandt"),
        ("BYRON SMITH", "BYRON SMITH"),
        ("PORTER ADAMS", "PORTER ADAMS"),
        ("Ada Brandt, PhD", "Ada Brandt"),
        ("Ada Brandt @adabrandt", "Ada Brandt"),
        ("Ada Brandt, staff", "Ada Brandt"),
        ("Ada Brandt • 26 Nov 2026", "Ada Brandt"),
        ("Ada Brandt Thursday, November 26, 2026 4:41AM", "Ada Brandt"),
        ("Ada Brandt and Ben Okoro", "Ada Brandt and Ben Okoro"),
    ],
)
def test_a_byline_is_the_name_alone(written: str, name: str) -> None:
    assert byline(written) == name


@pytest.mark.parametrize(
    "name", ["Ada Brandt", "Ursula von der Leyen", "Олена Коваль", "J. R. Stone", "Ada Brandt, Ben Okoro"]
)
def test_what_looks_like_a_person_is_one(name: str) -> None:
    assert names_person(name)


@pytest.mark.parametrize(
    "name", ["Reuters", "Harbour News Desk", "admin", "The Daily Post", "macbacchi", "dpa/lno"]
)
def test_a_desk_or_an_account_is_no_person(name: str) -> None:
    assert not names_person(name)


@pytest.mark.parametrize(
    "title",
    [
        "Ministers meet|The Harbour Post",
        "Ministers meet｜The Harbour Post",
        "Ministers meet │ Harbour Post",
        "Ministers meet » The Harbour Post",
        "Ministers meet—The Harbour Post",
        "Ministers meet ⋆ The Harbour Post",
        "Ministers meet ‹ The Harbour Post",
        "Ministers meet-The Harbour Post",
        "Ministers meet-Harbour Post",
        "Ministers meet | harbour.example.com",
        "Ministers meet - Politics - The Harbour Post",
        "Ministers meet | Politics",
        "The Harbour Post | Ministers meet",
    ],
)
def test_a_title_loses_the_sites_name_and_section(title: str) -> None:
    head = f"<meta property='og:title' content='{title}'><meta property='article:section' content='Politics'>"
    html = f"<head><meta property='og:site_name' content='The Harbour Post'>{head}</head><body>{STORY}</body>"
    source = Source("a", "https://harbour.example/")
    assert read_page(html.encode(), "https://harbour.example/a", source, NOW).title == "Ministers meet"


@pytest.mark.parametrize(
    "title",
    [
        "Strike at the Washington-Post",
        "Ministers meet - again",
        "Politics",
        "A port-wide ban",
        "Anti-harbour post",
    ],
)
def test_a_title_keeps_what_is_no_site(title: str) -> None:
    assert without_site(title, {"post", "harbourpost"}, {"politics"}) == title


OWN = "<time datetime='2026-11-26T18:40:00Z'>26 Nov</time>"
OTHER = "<time datetime='2026-11-27T09:12:00Z'>27 Nov</time>"


@pytest.mark.parametrize(
    ("above", "body"),
    [
        (f"<div class='ticker'>{OTHER}</div>", OWN),
        (f"<div class='top-stories'>{OTHER}</div>", OWN),
        (f"<aside>{OTHER}</aside>", OWN),
        ("", f"<blockquote class='twitter-tweet'>{OTHER}</blockquote>{OWN}"),
        ("", f"<div class='sidebar'>{OTHER}</div>{OWN}"),
        ("", f"<time class='updated' datetime='2026-11-27T09:12:00Z'>27 Nov</time>{OWN}"),
        ("", f"<p>Updated: {OTHER}</p><p>Published: {OWN}</p>"),
        ("", f"<meta itemprop=dateModified content='2026-11-27T09:12:00Z'>{OWN}"),
        ("", "<time class='entry-date published updated' datetime='2026-11-26T18:40:00Z'>26 Nov</time>"),
        ("<p>Sunday, 29 November 2026</p>", "<p>26 November 2026, 18:40 GMT</p>"),
        ("", "<p class='article-date'>Posted 26 Nov 2026 18:40 GMT in Politics</p>"),
        ("", "<p>Updated 27 Nov 2026 09:12 GMT, published 26 Nov 2026 18:40 GMT</p>"),
        ("", "<p>UPDATED: 19:10 GMT, 27 November 2026 | PUBLISHED: 18:40 GMT, 26 November 2026</p>"),
        ("", "<p>Updated: 19:10 GMT, published: 18:40 GMT, 26 November 2026</p>"),
        ("", "<p>Aktualisiert: 19:10 Uhr, 27.11.2026 | Veröffentlicht: 18:40 Uhr UTC, 26.11.2026</p>"),
        ("", "<p>Actualizado: 19:10 GMT, 27/11/2026 · Publicado: 18:40 GMT, 26/11/2026</p>"),
        ("", "<p>Оновлено: 19:10, 27 листопада 2026 | Опубліковано: 18:40 GMT, 26 листопада 2026</p>"),
    ],
)
def test_the_articles_own_time_of_publication_counts(above: str, body: str) -> None:
    assert page(body, above=above).published_at == datetime(2026, 11, 26, 18, 40, tzinfo=UTC)


def test_a_label_whose_date_is_no_text_is_no_lead() -> None:
    dates = f"<p>Updated: {OTHER}</p><p>Published: {OWN}</p>"
    html = f"<article><h1>Ministers meet in the port</h1>{dates}{STORY * 3}</article>"
    read = read_page(html.encode(), None, Source("a", "https://harbour.example/"), NOW)
    assert read.text.startswith("The ministers of the two countries")


def test_the_date_printed_on_an_embedded_post_is_not_the_articles() -> None:
    post = "<blockquote><p>We will close the quay.</p>Minister Kos <a>November 25, 2026</a></blockquote>"
    assert page(post).published_at is None


@pytest.mark.parametrize(
    "opening", ["<div class=author>", "<p class=byline><time>", "<div class=date><time>1 May 2026</time>"]
)
def test_claims_that_hold_the_whole_page_cost_little(opening: str) -> None:
    body = opening * 80 + "<b>words of a story</b> " * 20_000
    tree = page_tree(f"<html><body><h1>Ministers meet</h1>{body}</body></html>")
    begun = time.process_time()
    read_claims(tree, ())
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(("language", "month"), [("hr", 10), ("pl", 11)])
def test_a_month_is_read_in_the_language_of_the_page(language: str, month: int) -> None:
    html = f"<html lang={language}><body><h1>Luka</h1><p>26. listopada 2026.</p></body></html>"
    source = Source("a", "https://harbour.example/")
    found = read_page(html.encode(), "https://harbour.example/a", source, NOW).published_at
    assert found == datetime(2026, month, 26, 12, tzinfo=UTC)
