"""The addresses that readers of a digest may write to: where replies go, else the operators."""

from collections.abc import Iterable, Iterator, Sequence

from watchdesk.config.settings import ChannelSettings, Settings
from watchdesk.delivery.channels.email import EmailOptions


def contacts_for(settings: Settings, to: Sequence[str]) -> tuple[str, ...]:
    """Mail addresses, each once. Falls back to the desk's `contact`; empty where that is not set either."""
    channels = settings.channels
    replies = list(_replies(channels[name] for name in to if name in channels))
    found = replies or list(_recipients(channels[name] for name in settings.operators if name in channels))
    return tuple(dict.fromkeys(found)) or ((settings.contact,) if settings.contact else ())


def _replies(channels: Iterable[ChannelSettings]) -> Iterator[str]:
    for channel in channels:
        if isinstance(channel.options, EmailOptions):
            yield from (address.spec for address in channel.options.reply_to)


def _recipients(operators: Iterable[ChannelSettings]) -> Iterator[str]:
    for channel in operators:
        if isinstance(channel.options, EmailOptions):
            yield from (address.spec for address in channel.options.reply_to or channel.options.to)
