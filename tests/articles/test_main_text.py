"""What of a page is its article's text: pages of the shapes that extraction gets wrong."""

from datetime import UTC, datetime

import pytest

from watchdesk.articles import read_page
from watchdesk.articles.clutter import without_tail
from watchdesk.articles.lines import Kind, Line
from watchdesk.model import Article, Source

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SOURCE = Source("paper", "https://paper.example/feed", timezone="Europe/Kyiv")
HEADLINE = "Harbour council votes for a longer breakwater"
PARAGRAPHS = [
    "The harbour council voted on Monday for a breakwater two hundred metres longer than the old one.",
    "Fishermen had asked for it since the storm of January, when eleven boats were thrown on the quay.",
    "The town will pay a third of the cost, and the rest comes from a fund for coasts.",
    "Work is to begin after the herring season, the harbour master said, and to take a year.",
    "Opponents fear for the seagrass on the western bank and want a court to look at the plans.",
    "A ruling is expected in spring, before the first stones are brought from the quarry.",
]
STANDFIRST = (
    "After ten years of quarrels the boats of the old port shall lie safely, whatever the winter brings"
)


def page(body: str, head: str = "") -> Article:
    html = f"<html><head><title>{HEADLINE}</title>{head}</head><body>{body}</body></html>"
    return read_page(html.encode(), None, SOURCE, NOW)


def in_p(paragraphs: list[str]) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


MENU = "<div>{}</div>".format("".join(f"<div><a href='/{n}'>Section number {n}</a></div>" for n in range(30)))


def test_an_article_without_paragraphs_is_not_taken_with_its_menu_as_one_line() -> None:
    cells = "".join(f"<tr><td><span>{paragraph}</span></td></tr>" for paragraph in PARAGRAPHS)
    article = page(f"{MENU}<h1>{HEADLINE}</h1><table>{cells}</table>")
    assert "Section number" not in article.text
    assert article.text.split("\n\n")[-1] == PARAGRAPHS[-1]


def test_two_short_paragraphs_after_a_long_menu_are_the_text() -> None:
    article = page(f"{MENU}<h1>{HEADLINE}</h1><div>{PARAGRAPHS[0]}</div><div>{PARAGRAPHS[1]}</div>")
    assert article.text == "\n\n".join(PARAGRAPHS[:2])


def test_the_pieces_of_a_body_between_advertisements_are_all_read_in_order() -> None:
    piece = '<div class="article__content">{}</div>'
    advertisement = '<div class="slot"><a href="/buy">Buy a boat this week</a></div>'
    article = page(
        f"<article><h1>{HEADLINE}</h1>{piece.format(in_p(PARAGRAPHS[:3]))}{advertisement}"
        f"{piece.format(in_p(PARAGRAPHS[3:]))}{advertisement}</article>"
        f"<article><h2>Another</h2>{piece.format(in_p(['Nothing of this is the council. ' * 8]))}</article>"
    )
    assert article.text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "parted_by",
    ["", "<div class=ad>Advertisement</div>", "<div class=ad>Advertisement <a href=/b>Buy it</a></div>"],
)
@pytest.mark.parametrize(
    "piece",
    [
        '<div class="body-text">{}</div>',
        '<section class="body-text">{}</section>',
        '<div><div class="body-text">{}</div></div>',
        '<div class="row"><div class="article__content">{}</div></div>',
        '<div itemprop="articleBody">{}</div>',
    ],
)
@pytest.mark.parametrize("first", [1, 2])
@pytest.mark.parametrize("above", ["", "<p class=date>23 November 2026</p>"])
def test_a_short_first_piece_of_a_body_is_where_the_page_has_it(
    parted_by: str, piece: str, first: int, above: str
) -> None:
    article = page(
        f"<article><h1>{HEADLINE}</h1>{above}{piece.format(in_p(PARAGRAPHS[:first]))}{parted_by}"
        f"{piece.format(in_p(PARAGRAPHS[first:]))}</article>"
    )
    assert article.text == "\n\n".join(PARAGRAPHS)
    assert [section.heading for section in article.sections] == [None]


def test_lists_quotations_and_headings_between_the_pieces_of_a_body_stay() -> None:
    piece = '<div class="body-text">{}</div>'
    article = page(
        f"<article><h1>{HEADLINE}, after ten years</h1>{piece.format(in_p(PARAGRAPHS[:1]))}"
        "<div class=facts><h2>The boats</h2><ul><li>Anna, 12 m</li><li>Berta, 9 m</li></ul></div>"
        "<div class=pull><blockquote>A harbour at last</blockquote></div><div class=slot>Sponsored</div>"
        f"{piece.format(in_p(PARAGRAPHS[1:]))}</article>"
    )
    between = ["The boats", "Anna, 12 m", "Berta, 9 m", "A harbour at last"]
    told = [t for section in article.sections for t in (section.heading, *section.paragraphs) if t]
    assert told == [PARAGRAPHS[0], *between, *PARAGRAPHS[1:]]


def test_a_headline_in_two_lines_is_not_repeated_in_the_text() -> None:
    headline = HEADLINE.replace("votes for", "<br>votes for")
    article = page(f"<article><h1>{headline}</h1><p>By Ana Belmonte</p>{in_p(PARAGRAPHS)}</article>")
    assert [section.heading for section in article.sections] == [None]
    assert article.text == "\n\n".join(PARAGRAPHS)
    assert article.byline == "Ana Belmonte"
    assert article.removed == ("By Ana Belmonte",)


@pytest.mark.parametrize(
    "standfirst",
    [
        f'<div class="article-dek">{STANDFIRST}</div>',
        f'<p class="standfirst">{STANDFIRST}</p>',
        f'<h2 class="subheadline">{STANDFIRST}</h2>',
        f'<div class="ArticleIntro"><p>{STANDFIRST}</p></div>',
        f'<div class="x1"><span>{STANDFIRST}</span></div>',
    ],
)
def test_the_standfirst_is_the_lead(standfirst: str) -> None:
    article = page(
        f"<article><header><h1>{HEADLINE}</h1>{standfirst}<div class=byline>By Ana Belmonte</div></header>"
        f"<div class=entry-content>{in_p(PARAGRAPHS)}</div></article>",
        f'<meta property="og:description" content="{STANDFIRST}">',
    )
    assert article.text == "\n\n".join([STANDFIRST, *PARAGRAPHS])
    assert article.lead == STANDFIRST


def test_links_that_lead_away_go_and_those_of_the_text_stay() -> None:
    named = "<p><a href='/study'>The study that the council had asked for, of forty pages, is public</a></p>"
    article = page(
        f"<article><h1>{HEADLINE}</h1><div class=entry-content>{in_p(PARAGRAPHS[:3])}"
        "<p>Read more: <a href=/a>Quay wall repaired</a></p><p><a href=/b>WATCH THE STORM COME IN</a></p>"
        f"<p><a href=/c>Read more about the storm</a></p>{named}{in_p(PARAGRAPHS[3:])}</div></article>"
    )
    assert "Quay wall" not in article.text
    assert "WATCH" not in article.text
    assert "about the storm" not in article.text
    assert "The study that the council had asked for" in article.text
    assert "Read more: Quay wall repaired" in article.removed


def test_an_embedded_post_is_a_quotation_with_its_author() -> None:
    post = (
        '<figure class="wp-block-embed is-provider-twitter"><div class="wp-block-embed__wrapper">'
        '<blockquote class="twitter-tweet"><p lang="en">We will build it before winter. '
        '<a href="https://t.co/x">pic.twitter.com/abc</a></p>&mdash; Marta Lindqvist (@lindqvist) '
        '<a href="https://twitter.com/1">November 26, 2026</a></blockquote></div></figure>'
    )
    instagram = (
        '<div class="embed"><blockquote class="instagram-media"><div>View this post on Instagram</div>'
        "<p>The first stone lies.</p>— Port of Quayside (@quayside)</blockquote></div>"
    )
    article = page(
        f"<article><h1>{HEADLINE}</h1><div class=entry-content>{in_p(PARAGRAPHS[:3])}{post}{instagram}"
        f"{in_p(PARAGRAPHS[3:])}</div></article>"
    )
    quoted = [
        "“We will build it before winter.” — Marta Lindqvist (@lindqvist) November 26, 2026",
        "“The first stone lies.” — Port of Quayside (@quayside)",
    ]
    assert article.text == "\n\n".join([*PARAGRAPHS[:3], *quoted, *PARAGRAPHS[3:]])


def test_a_megabyte_of_linked_data_before_the_article_costs_it_nothing() -> None:
    data = '<script type="application/ld+json">{"@type": "Thing", "name": "%s"}</script>' % ("x" * 1_200_000)
    article = page(f"{data}<article><h1>{HEADLINE}</h1>{in_p(PARAGRAPHS)}</article>")
    assert article.text == "\n\n".join(PARAGRAPHS)
    assert article.removed == ()


ENTRY = (
    '<div class="{name}"><time datetime="2026-11-26T{hour}:05:00Z">{hour}:05</time>'
    "<h3>Boat number {hour} is in</h3><p>It came in at the western quay, with a broken mast.</p>"
    '<a href="/share">Share this entry</a></div>'
)


@pytest.mark.parametrize("name", ["liveblog-entry", "live-blog__post", "LiveTicker-item", "ticker-event"])
def test_a_live_blog_keeps_its_entries_in_order_each_with_its_time(name: str) -> None:
    entries = "".join(ENTRY.format(name=name, hour=hour) for hour in (14, 13, 12, 11))
    article = page(
        f"<main><h1>{HEADLINE}</h1>{entries}</main>", f'<meta name=description content="{STANDFIRST}">'
    )
    assert article.lead == STANDFIRST
    assert [section.heading for section in article.sections] == [
        None,
        *(f"{hour}:05 Boat number {hour} is in" for hour in (14, 13, 12, 11)),
    ]
    assert "Share" not in article.text


INTRODUCTION = "We follow the vote in the town hall."
KNOWN = (
    "<div class=summary><h2>What we know</h2><ul><li>Eleven boats were thrown on the quay</li>"
    "<li>No one is hurt</li></ul></div>"
)
BUTTONS = "<ul><li>Share</li><li>Print</li></ul><div class=x>Last updated at 14:05</div>"


@pytest.mark.parametrize(
    ("above", "told"),
    [
        (f"<p>{INTRODUCTION}</p>", [INTRODUCTION]),
        (
            f"{KNOWN}<p>{INTRODUCTION}</p>",
            ["What we know", "Eleven boats were thrown on the quay", "No one is hurt", INTRODUCTION],
        ),
        (
            f"{BUTTONS}<p>{STANDFIRST}.</p><div>{KNOWN}</div><h2>Live</h2>",
            [f"{STANDFIRST}.", "What we know", "Eleven boats were thrown on the quay", "No one is hurt"],
        ),
        (f"{BUTTONS}<h2>Newest first</h2>", []),
    ],
)
def test_a_live_blog_keeps_what_introduces_its_entries(above: str, told: list[str]) -> None:
    entries = "".join(ENTRY.format(name="live-entry", hour=hour) for hour in (14, 13, 12))
    article = page(
        f"<article class=live-blog><h1>{HEADLINE}</h1>{above}{entries}</article>",
        f'<meta name=description content="{STANDFIRST}">',
    )
    lines = [text for section in article.sections for text in (section.heading, *section.paragraphs) if text]
    described = [] if told[:1] == [f"{STANDFIRST}."] else [STANDFIRST]
    assert lines[: lines.index("14:05 Boat number 14 is in")] == [*described, *told]


def test_a_timeline_in_a_report_does_not_replace_the_report() -> None:
    item = '<li class="timeline-item"><span>A year without a clock</span><p>The quay was built.</p></li>'
    article = page(f"<article><h1>{HEADLINE}</h1>{in_p(PARAGRAPHS)}<ul>{item * 4}</ul></article>")
    assert article.text.startswith("\n\n".join(PARAGRAPHS))


def test_invisible_and_foreign_letters_inside_words_hide_nothing() -> None:
    hidden = PARAGRAPHS[0].replace("harbour", "har\u200bb\u200dour").replace("council", "соuncil")
    article = page(f"<article><h1>{HEADLINE}</h1>{in_p([hidden, *PARAGRAPHS[1:]])}</article>")
    assert article.text == "\n\n".join(PARAGRAPHS)


LISTED = "<ul><li>Anna to the west quay</li><li>Berta, 12 m</li></ul>"
TABLE = "<table><tr><th>Boat</th><th>Quay</th></tr><tr><td>Anna</td><td>West end</td></tr></table>"


@pytest.mark.parametrize(
    "around", ["{}", "<article>{}</article>", "<main>{}</main>", "<div class=content>{}</div>"]
)
@pytest.mark.parametrize("length", [1, 2, 6])
@pytest.mark.parametrize(
    "body",
    [
        f"{{}}{LISTED}{TABLE}",
        f"{TABLE}{LISTED}{{}}",
        f"{{}}<div>{LISTED}</div><div>{TABLE}</div>",
        f"{{}}<h2>The boats</h2>{LISTED}{TABLE}",
        f"{{}}<table><tr><td>{LISTED}</td><td>{TABLE}</td></tr></table>",
        f"<table><tr><td>{{}}</td><td>{LISTED}</td></tr></table>{TABLE}",
    ],
)
def test_lists_and_tables_beside_the_text_belong_to_it(around: str, length: int, body: str) -> None:
    told = body.format(in_p(PARAGRAPHS[:length]))
    text = page(around.format(f"<h1>{HEADLINE}</h1>{told}")).text
    for line in (*PARAGRAPHS[:length], "Anna to the west quay", "Berta, 12 m", "West end"):
        assert line in text
    assert ("The boats" in body) == ("The boats" in text)


def test_a_standfirst_is_kept_where_the_headline_was_found_with_the_text() -> None:
    article = page(
        f"<div class=article><h1>{HEADLINE}</h1><div class=teaser-text><p>{STANDFIRST}</p></div>"
        f"<div class=news-text>{in_p(PARAGRAPHS)}</div></div>"
    )
    assert article.text.startswith(STANDFIRST)


def test_a_heading_below_which_nothing_is_left_goes_with_it() -> None:
    text, heading = Line("The council met."), Line("More of our topics", Kind.HEADING)
    assert without_tail([text, heading, heading]) == ((text,), (heading.text, heading.text))
    assert without_tail([heading]) == ((heading,), ())
