"""Pages of our own writing in the shapes that extraction gets wrong, each with what belongs to its text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from reading.stories import STORIES, Story

MENU = [f"Section {number}" for number in range(30)]


@dataclass(frozen=True)
class Page:
    """A page, and strings that its text holds and does not hold."""

    name: str
    html: bytes
    wanted: list[str]
    unwanted: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Made:
    """A shape's body, further markup of its head, what of the story is shown, and what does not belong."""

    body: str
    unwanted: list[str]
    head: str = ""
    more: tuple[str, ...] = ()
    only: int | None = None
    """How many of the story's paragraphs are on the page; None: all."""


def pages() -> Iterator[Page]:
    """Every shape with every story."""
    for shape in SHAPES:
        for story in STORIES:
            made = shape(story)
            html = (
                f"<!DOCTYPE html><html lang={story.language}><head><meta charset=utf-8>"
                f"<title>{story.headline} | Daily Pier</title>{made.head}</head>"
                f"<body>{made.body}</body></html>"
            )
            wanted = [*story.paragraphs[: made.only], *made.more]
            yield Page(f"{shape.__name__} ({story.language})", html.encode(), wanted, made.unwanted)


def in_p(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def menu(tag: str = "div") -> str:
    links = "".join(f"<{tag}><a href='/{name}'>{name}</a></{tag}>" for name in MENU)
    return f"<{tag} class=top>{links}</{tag}>"


def footer(story: Story) -> str:
    return (
        "<div class=bottom><p>© 2026 Daily Pier. All rights reserved.</p>"
        f"<p><a href=/o>{story.other}</a></p></div>"
    )


def standfirst(story: Story) -> Made:
    body = (
        f"{menu()}<article><header><h1>{story.headline}</h1><div class=article__dek>{story.standfirst}</div>"
        f"<div class=byline>Ana Belmonte</div></header>"
        f"<div class=entry-content>{in_p(story.paragraphs)}</div></article>{footer(story)}"
    )
    return Made(body, ["Section 7", "All rights reserved", story.other], more=(story.standfirst,))


def unnamed_standfirst(story: Story) -> Made:
    body = (
        f"<main><h1>{story.headline}</h1><div class=a1><span>{story.standfirst}</span></div>"
        f"<div class=article-body>{in_p(story.paragraphs)}</div></main>{menu('li')}"
    )
    return Made(
        body,
        ["Section 7"],
        head=f'<meta property="og:description" content="{story.standfirst}">',
        more=(story.standfirst,),
    )


def in_pieces(story: Story) -> Made:
    piece = "<div class='article__content wide'>{}</div>"
    ad = "<div class=slot><a href=/buy>Boats at half the price</a></div>"
    card = (
        f"<article><h3>{story.other}</h3>{piece.format('<p>' + (story.other + '. ') * 9 + '</p>')}</article>"
    )
    body = (
        f"{menu()}<article><h1>{story.headline}</h1>{piece.format(in_p(story.paragraphs[:3]))}{ad}"
        f"{piece.format(in_p(story.paragraphs[3:]))}{ad}</article>{card}{footer(story)}"
    )
    return Made(body, ["half the price", story.other])


def in_cells(story: Story) -> Made:
    rows = "".join(f"<tr><td><span>{text}</span></td></tr>" for text in story.paragraphs)
    return Made(f"{menu()}<h1>{story.headline}</h1><table>{rows}</table>{footer(story)}", ["Section 7"])


def in_spans(story: Story) -> Made:
    lines = "".join(f"<div><span>{text}</span></div>" for text in story.paragraphs)
    return Made(f"{menu()}<h1>{story.headline}</h1><div class=c7>{lines}</div>{footer(story)}", ["Section 7"])


def by_breaks(story: Story) -> Made:
    text = "<br><br>".join(story.paragraphs)
    return Made(f"{menu()}<h1>{story.headline}</h1><div class=c9>{text}</div>{footer(story)}", ["Section 7"])


def two_paragraphs(story: Story) -> Made:
    body = f"{menu()}<h1>{story.headline}</h1><div><p>{'</p><p>'.join(story.paragraphs[:2])}</p></div>"
    return Made(body, ["Section 7", "Section 29"], only=2)


def teasers(story: Story) -> Made:
    between = (
        f"<p><strong><a href=/t>{story.teaser}</a></strong></p><p>{story.call}</p>"
        f"<p><a href=/v>{story.other.upper()} {story.other.upper()}</a></p>"
    )
    body = (
        f"<article><h1>{story.headline}</h1><div class=post-content>{in_p(story.paragraphs[:2])}{between}"
        f"{in_p(story.paragraphs[2:])}</div></article>{footer(story)}"
    )
    return Made(body, [story.teaser, story.call, story.other.upper()])


def embedded_post(story: Story) -> Made:
    said = story.standfirst
    post = (
        f"<div class=embed-container><blockquote class=twitter-tweet><p>{said}</p>"
        "&mdash; Marta Lindqvist (@lindqvist) "
        "<a href=https://twitter.com/1>November 26, 2026</a></blockquote></div>"
    )
    body = (
        f"{menu()}<article><h1>{story.headline}</h1><div class=entry-content>"
        f"{in_p(story.paragraphs[:3])}{post}"
        f"{in_p(story.paragraphs[3:])}</div></article>"
    )
    return Made(body, ["Section 7"], more=(said, "Marta Lindqvist"))


def live_blog(story: Story) -> Made:
    entries = "".join(
        f'<div class="liveblog-entry"><time>{20 - n}:1{n}</time><p>{text}</p><a href=/s>Share</a></div>'
        for n, text in enumerate(story.paragraphs)
    )
    body = f"{menu()}<main><h1>{story.headline}</h1><div class=feed>{entries}</div></main>{footer(story)}"
    return Made(body, ["Section 7", "Share"], more=("20:10", "15:15"))


def linked_data_first(story: Story) -> Made:
    data = '{"@type": "Thing", "name": "%s"}' % ("x" * 1_100_000)
    script = f"<script type=application/ld+json>{data}</script>"
    body = f"<article><h1>{story.headline}</h1>{in_p(story.paragraphs)}</article>"
    return Made(f"{script}{body}", ["xxxxx"])


def comments_below(story: Story) -> Made:
    said = "".join(f"<div class=comment-body><p>{word} {story.other}, {word}?</p></div>" for word in MENU[:9])
    body = (
        f"<article><h1>{story.headline}</h1>{in_p(story.paragraphs)}</article>"
        f"<section id=comments class=comments>{said}</section>{footer(story)}"
    )
    return Made(body, [story.other])


def related_inside(story: Story) -> Made:
    box = f"<div class=related-posts><h4>Related</h4><ul><li><a href=/r>{story.other}</a></li></ul></div>"
    body = (
        f"<article><h1>{story.headline}</h1><div class=entry-content>{in_p(story.paragraphs[:4])}{box}"
        f"{in_p(story.paragraphs[4:])}</div></article>"
    )
    return Made(body, [story.other, "Related"])


SHAPES: tuple[Callable[[Story], Made], ...] = (
    standfirst,
    unnamed_standfirst,
    in_pieces,
    in_cells,
    in_spans,
    by_breaks,
    two_paragraphs,
    teasers,
    embedded_post,
    live_blog,
    linked_data_first,
    comments_below,
    related_inside,
)
