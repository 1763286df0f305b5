"""Whether a feed is followed already, and as what a new one is written into sources.yaml. Pure."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from watchdesk.articles.plain import plain_title
from watchdesk.cli.words import printable
from watchdesk.config.insertion import Settings
from watchdesk.config.opml import Subscription
from watchdesk.model import Source

_LONGEST_TITLE = 100


def followed(url: str, sources: Iterable[Source]) -> Source | None:
    """The source of this address; http and https, a slash at the end and a login make no difference."""
    wanted = _key(url)
    return next((source for source in sources if _key(source.url) == wanted), None)


def each_once(feeds: Iterable[Subscription]) -> Iterable[Subscription]:
    """The first of those that `followed` would take for the same."""
    first: dict[str, Subscription] = {}
    for feed in feeds:
        first.setdefault(_key(feed.url), feed)
    return first.values()


def clean_title(title: str | None) -> str | None:
    """A feed's title as a person would write it; None where nothing is left of it."""
    return printable(plain_title(title))[:_LONGEST_TITLE].strip() or None


def settings_of(kind: str, url: str, title: str | None, tags: Sequence[str]) -> Settings:
    """The source's keys, without those that say nothing."""
    settings: dict[str, str | Sequence[str]] = {kind: url}
    if title:
        settings["title"] = title
    if tags:
        settings["tags"] = list(dict.fromkeys(tags))
    return settings


def _key(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower().removesuffix(":443").removesuffix(":80")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"
