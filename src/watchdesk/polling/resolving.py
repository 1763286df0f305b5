"""The own address of an article whose feed links through a shortener, a feed proxy or an aggregator.

Addresses that carry where they lead need no request (`articles.clean_url`). The others are asked once, where
the source's `resolve_links` allows it; one that does not answer stays as it is.
"""

from dataclasses import replace
from typing import assert_never
from urllib.parse import urlsplit

from watchdesk import articles
from watchdesk.encoding.decode import decoded
from watchdesk.logger import get_logger
from watchdesk.model import Article, Fetched, ResolveLinks, Source, without_body
from watchdesk.plan import Plan
from watchdesk.polling.recognising import Fresh

log = get_logger(__name__)


def with_own_address(plan: Plan, source: Source, fresh: Fresh) -> Article:
    """The entry's article under the address that its link leads to; the article itself where that is unknown.

    A link that was asked for an earlier version of the article is not asked again.
    """
    article, before = fresh.article, fresh.before
    if article.url is None or not _is_asked(article.url, source):
        return article
    if before is not None and before.url and before.url != article.url and not _is_asked(before.url, source):
        return replace(article, url=before.url, url_key=before.url_key)
    url = _target(plan, article.url, source)
    return replace(article, url=url, url_key=articles.url_key(url)) if url else article


def _is_asked(url: str, source: Source) -> bool:
    match source.resolve_links:
        case ResolveLinks.NEVER:
            return False
        case ResolveLinks.KNOWN:
            return articles.leads_elsewhere(url)
        case ResolveLinks.ALWAYS:
            return not articles.is_home(url)
        case _:
            assert_never(source.resolve_links)


def _target(plan: Plan, url: str, source: Source) -> str | None:
    outcome = plan.fetcher.target(url, source)
    if not isinstance(outcome, Fetched):
        log.info("a link could not be resolved", url=url, why=without_body(outcome))
        return None
    target = articles.clean_url(outcome.url)
    if target == articles.clean_url(url) and outcome.body:
        page = decoded(outcome.body, outcome.headers.get("content-type"))
        target = articles.clean_url(articles.address_in(page), outcome.url)
    return target if target and _is_article(target) else None


def _is_article(url: str) -> bool:
    """Whether it may be an article's: a dead link leads to a home page, and some to a page for consent."""
    return not (articles.is_home(url) or articles.leads_elsewhere(url) or _asks_for_consent(url))


def _asks_for_consent(url: str) -> bool:
    return (urlsplit(url).hostname or "").startswith("consent.")
