"""The hash by which an article is known to say the same as before."""

import hashlib
from dataclasses import replace

from watchdesk.model import Article


def sealed(article: Article) -> Article:
    """The article with the hash of its title and text."""
    spoken = "\n".join((article.title, article.text))
    return replace(article, content_hash=hashlib.sha256(spoken.encode()).hexdigest())
