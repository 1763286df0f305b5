"""Finds a stored article by what a person gives for it."""

from watchdesk.articles import clean_url, url_key
from watchdesk.errors import UsageError
from watchdesk.model import Article
from watchdesk.ports import ArticleStore


def stored_article(store: ArticleStore, reference: str) -> Article:
    """The article with this number, or at this address. Raises `UsageError` when there is none."""
    if reference.isdigit():
        found = store.article(int(reference))
    else:
        cleaned = clean_url(reference)
        found = store.article_by_url(cleaned, url_key(cleaned)) if cleaned else None
    if found is None:
        raise UsageError(
            f"the archive has no article '{reference}'; give its number or its address "
            "(`watchdesk search` shows both)"
        )
    return found
