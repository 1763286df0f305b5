"""Finds a stored article by the number or address that a person gives."""

from collections.abc import Sequence

from watchdesk.articles import clean_url, url_key
from watchdesk.errors import UsageError
from watchdesk.model import Article
from watchdesk.ports import ArticleStore

MOST_AT_ONE_ADDRESS = 20
"""Articles of one address that are listed."""


def find_articles(store: ArticleStore, reference: str) -> Sequence[Article]:
    """The article with this number, or those with this address, likeliest first; empty if there are none."""
    if reference.isdigit():
        article = store.article(int(reference))
        return [article] if article else []
    address = address_in(reference)
    return store.articles_by_url(address, url_key(address), MOST_AT_ONE_ADDRESS) if address else []


def address_in(reference: str) -> str | None:
    """The address that a person gives, with or without https://; None if it is not an address."""
    if "://" in reference:
        return clean_url(reference)
    host, dot, _ = reference.partition("/")[0].rpartition(".")
    is_number = bool(host) and reference.replace(".", "", 1).isdigit()
    return clean_url(f"https://{reference}") if dot and not is_number else clean_url(reference)


def not_stored(reference: str) -> UsageError:
    """The error for a reference that leads to no article."""
    return UsageError(
        f"the archive has no article '{reference}'; give its number or its address "
        "(`watchdesk search` shows both)"
    )
