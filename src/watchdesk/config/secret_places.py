"""Where secrets stand in settings: every one, by the names of the keys that lead to it."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from pydantic import BaseModel

from watchdesk.config.secrets import Secret
from watchdesk.config.settings import ChannelSettings, Settings
from watchdesk.config.web import NO_TOKEN


def secrets_in(settings: Settings) -> Iterator[tuple[str, Secret]]:
    """`channels.desk.password` and the secret, in the order of the settings."""
    yield from _within(settings, "")


def secrets_of_channel(channel: ChannelSettings) -> Iterator[Secret]:
    """Those of its options."""
    return (secret for _, secret in _within(channel.options, ""))


def _within(value: object, path: str) -> Iterator[tuple[str, Secret]]:
    if isinstance(value, Secret):
        if value is not NO_TOKEN:
            yield path, value
    elif isinstance(value, ChannelSettings):  # its options stand under its kind
        yield from _within(value.options, path)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _within(getattr(value, name), _below(path, name))
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _within(one, _below(path, str(name)))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _within(one, path)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _within(getattr(value, field.name), _below(path, field.name))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
