"""A hash of what the files of a host say, by which hosts with other files are told apart.

Others read it, so no value of a secret goes into it, and of a secret only where it is kept.
What is a machine's own is left out: its size, network and page, its contact, and channels that another
machine sends to.
"""

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path

from watchdesk.config.secrets import Secret
from watchdesk.config.settings import ChannelSettings, PollingSettings, Settings
from watchdesk.model import Source
from watchdesk.plan import Configured

_BYTES = 4
_OF_MACHINES: Mapping[type, frozenset[str]] = {
    Settings: frozenset(
        (
            *("directory", "storage", "contact", "reload", "heartbeat"),
            *("proxies", "authorities", "web", "sources", "polling", "articles", "channels", "digests"),
        )
    ),
    PollingSettings: frozenset(("concurrency", "workers", "proxy", "ca")),
    ChannelSettings: frozenset(("concurrency", "proxy", "proxies")),
}
"""Fields that may differ, or are taken by themselves."""
_OWN = attrgetter("id", "url", "title")
"""Of a source: what it seldom shares with others."""
_SHARED = attrgetter(
    *("kind", "select", "language", "timezone", "every", "fastest", "slowest", "full_text"),
    *("resolve_links", "user", "paused", "weight", "content", "remove", "tags"),
)


def files_hash(plan: Configured) -> str:
    """Eight digits, the same for machines whose files ask for the same."""
    settings = plan.settings
    digest = blake2b(digest_size=_BYTES)
    parts = (
        plan.rules.version,
        _said(plan.rules.labels),
        plan.templates.fingerprint,
        _said(settings),
        _said(settings.polling),
        _said(settings.articles),
        settings.web.public,
        [_said_of_channel(channel) for _, channel in sorted(settings.channels.items())],
        [_said(digest) for _, digest in sorted(settings.digests.items())],
    )
    digest.update(_bytes(parts))
    digest.update(_bytes(_said_of_sources(settings.sources)))
    return digest.hexdigest()


def _said_of_sources(sources: Mapping[str, Source]) -> object:
    """Quick, for there may be a hundred thousand: what many share is said once, and then by its number."""
    said: list[object] = []
    numbers: dict[object, int] = {}
    last, number = None, 0
    for source_id in sorted(sources):
        source = sources[source_id]
        shared = _SHARED(source), source.password is None, tuple(sorted(source.headers))
        if shared != last:  # few differ from the one before
            last, number = shared, numbers.setdefault(shared, len(numbers))
        said += (*_OWN(source), number)
    return said, [_said(each) for each in numbers]


def _said_of_channel(channel: ChannelSettings) -> object:
    """Of one that is bound to a machine, that machine alone has to know more."""
    return (channel.name, channel.kind, channel.on) if channel.on else _said(channel)


def _said(value: object) -> object:  # noqa: PLR0911 - one for each kind
    """The same for equal settings, whatever process has read them."""
    match value:
        case Secret():
            return value.kind, "" if value.kind == "plain" else value.where
        case _ if names := getattr(type(value), "model_fields", None):  # options of a channel
            return _said_of_fields(value, names)
        case Mapping():
            return sorted((str(key), _said(each)) for key, each in value.items())
        case set() | frozenset():
            return sorted(repr(_said(each)) for each in value)
        case list() | tuple():
            return [_said(each) for each in value]
        case Path():
            return value.name  # where the folders are is the machine's own
        case _ if is_dataclass(value):
            return _said_of_fields(value, [each.name for each in fields(value)])
        case _:  # rest: values of any type, such as numbers, texts and times
            return repr(value)


def _said_of_fields(value: object, names: Collection[str]) -> object:
    own = _OF_MACHINES.get(type(value), frozenset())
    # Of headers, which may hold a login, only the names.
    return [
        (name, sorted(getattr(value, name) or ()) if name == "headers" else _said(getattr(value, name)))
        for name in names
        if name not in own
    ]


def _bytes(said: object) -> bytes:
    return repr(said).encode("utf-8", "surrogatepass")
