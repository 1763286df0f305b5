"""Whether a feed is followed already, and the keys of a new one in sources.yaml. Pure.

`config.adding` writes the file.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from watchdesk.articles.plain import plain_title
from watchdesk.config.insertion import Settings as Keys
from watchdesk.config.opml import Subscription
from watchdesk.config.settings import Settings
from watchdesk.documents.words import printable
from watchdesk.model import Source

_LONGEST_TITLE = 100


def when_followed(settings: Settings) -> str:
    """When a running service polls what was added to its files."""
    if settings.reload == "auto":
        return "a running service notices it by itself"
    return "a running service follows it once it is reloaded (SIGHUP, systemctl reload watchdesk)"


def source_at(url: str, sources: Iterable[Source]) -> Source | None:
    """The source with this address; http or https, a final slash and a login make no difference."""
    wanted = address_key(url)
    return next((source for source in sources if address_key(source.url) == wanted), None)


def distinct_feeds(feeds: Iterable[Subscription]) -> Iterable[Subscription]:
    """The feeds without those whose addresses `source_at` would take for an earlier one's."""
    first: dict[str, Subscription] = {}
    for feed in feeds:
        first.setdefault(address_key(feed.url), feed)
    return first.values()


def clean_title(title: str | None) -> str | None:
    """A feed's title as a person would write it; None if nothing is left of it."""
    return printable(plain_title(title))[:_LONGEST_TITLE].strip() or None


def settings_of(kind: str, url: str, title: str | None, tags: Sequence[str]) -> Keys:
    """The source's keys, without empty ones."""
    settings: dict[str, str | Sequence[str]] = {kind: url}
    if title:
        settings["title"] = title
    if tags:
        settings["tags"] = list(dict.fromkeys(tags))
    return settings


def address_key(url: str) -> str:
    """What two addresses of one feed have in common, see `source_at`."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower().removesuffix(":443").removesuffix(":80")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"
