"""Finds a stored article by what a person gives for it."""

from watchdesk.articles import clean_url, url_key
from watchdesk.errors import UsageError
from watchdesk.model import Article
from watchdesk.ports import ArticleStore


def find_article(store: ArticleStore, reference: str) -> Article | None:
    """The article with this number, or at this address; None when there is none."""
    if reference.isdigit():
        return store.article(int(reference))
    address = address_in(reference)
    return store.article_by_url(address, url_key(address)) if address else None


def address_in(reference: str) -> str | None:
    """The address that a person gives, with or without https://; None where it is none."""
    return clean_url(reference) or (clean_url(f"https://{reference}") if "." in reference else None)


def not_stored(reference: str) -> UsageError:
    """What to say when there is none."""
    return UsageError(
        f"the archive has no article '{reference}'; give its number or its address "
        "(`watchdesk search` shows both)"
    )
