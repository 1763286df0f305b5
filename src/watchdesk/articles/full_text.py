"""Whether an article's own page is worth fetching, and which parts of it improve the article. Pure.

`polling.full_text` fetches the page, and tries again.
"""

import re
from dataclasses import replace

from watchdesk.articles.addresses import is_home, same_site
from watchdesk.articles.plain import folded
from watchdesk.articles.sealing import sealed
from watchdesk.articles.wrappers import leads_elsewhere
from watchdesk.model import Article, FullText, PublishedKnown, Source

SHORT = 400
"""Characters. Feeds' teasers end at some 55 words or 350 characters; few whole items are shorter."""
_CUT = re.compile(
    r"(?:…|\.\.\.|\[(?:…|\.\.\.|&hellip;)\]|\((?:more|mehr|suite)(?:…|\.\.\.)?\)|"
    r"(?:read more|continue reading|read the full (?:story|article)|weiterlesen|mehr lesen|lire la suite|"
    r"leer más|czytaj (?:więcej|dalej)|читати (?:далі|більше)|читать далее)[ .…»→>]*)$",
    re.IGNORECASE,
)
_LOOKED_AT = 600
_STEM = 5
"""Letters of a word that count."""
_FEWEST_WORDS = 6
_LEAST_SHARED = 0.2
_RANK = {known: rank for rank, known in enumerate(PublishedKnown)}


def wants_page(article: Article, source: Source) -> bool:
    """Whether the source wants this article's page: always, or if its text is short or visibly cut."""
    if article.url is None or is_home(article.url) or source.full_text is FullText.NEVER:
        return False
    if source.full_text is FullText.ALWAYS:
        return True
    text = article.text.rstrip()
    cut_lines = (text, *article.removed)
    return len(text) < SHORT or any(_CUT.search(line) for line in cut_lines)


def with_page(article: Article, page: Article) -> Article:
    """The feed's article with its page's fuller text and the better of each field.

    Never worse than the entry: a page with less text, such as a consent wall, does not replace the text.
    """
    url, url_key = _address(article, page)
    dated = page if _RANK[page.published_known] < _RANK[article.published_known] else article
    better = replace(
        article,
        title=_better_title(article, page),
        url=url,
        url_key=url_key,
        byline=article.byline or page.byline,
        categories=article.categories or page.categories,
        published_at=dated.published_at,
        published_known=dated.published_known,
    )
    if len(page.text) > len(article.text.rstrip(" .…[]")) and _speaks_of(article, page):
        language = page.language or article.language
        better = replace(better, sections=page.sections, removed=page.removed, language=language)
    return sealed(better)


def _speaks_of(article: Article, page: Article) -> bool:
    """Whether a page shares words with the entry that leads to it; a wall, an error or a menu shares few.

    Beginnings of words are compared, for they are inflected; an entry of few words says nothing either way.
    """
    said = _stems(f"{article.title} {article.text[:_LOOKED_AT]}")
    if len(said) < _FEWEST_WORDS:
        return True
    return len(said & _stems(f"{page.title} {page.text}")) >= _LEAST_SHARED * len(said)


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in folded(text).split() if len(word) >= _STEM}


def _better_title(article: Article, page: Article) -> str:
    """The entry's title, unless it was cut or made from its text and the page has one."""
    cut = article.title.endswith(("…", "..."))
    made = folded(article.text).startswith(folded(article.title.rstrip("…"))) or article.title == article.url
    page_has_own = bool(page.title) and page.title != page.url
    return page.title if (cut or made) and page_has_own else article.title


def _address(article: Article, page: Article) -> tuple[str | None, str | None]:
    """The page's canonical address and its key, if it is in the site that the feed named or linked to.

    The feed's own address if both are the same page: it may lead to a place on it.
    """
    anchored = article.url is not None and "#" in article.url and page.url_key == article.url_key
    if (
        not anchored
        and page.url
        and article.url
        and (same_site(page.url, article.url) or leads_elsewhere(article.url))
        and not is_home(page.url)
    ):
        return page.url, page.url_key
    return article.url, article.url_key
